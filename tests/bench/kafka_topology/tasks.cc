#include "tests/bench/kafka_topology/tasks.h"

#include <future>
#include <string>

#include "base/problems.h"

namespace trueup::bench {

using pipeline::Task;
using pipeline::TopicPartition;

Result<Tasks> MakeTasks(const Topology& topology, pipeline::Log& log, pipeline::Store& store) {
  Problems problems;
  const auto catalog =
      mappings::Catalog::Load(TRUEUP_SOURCE_DIR "/tests/bench/kafka_topology/mappings", problems);
  if (catalog == nullptr) return Error(ErrorKind::kInvalid, problems.ToText());
  TRUEUP_RETURN_IF_ERROR(log.MakeTopic(topology.rows(), {kPartitions, false}));
  Tasks tasks;
  for (int partition = 0; partition < topology.partitions; ++partition) {
    for (size_t system = 0; system < Systems().size(); ++system) {
      tasks.push_back(
          std::make_unique<Task>(TopicPartition{topology.source(Systems()[system]), partition},
                                 MakeMapper(catalog, topology, system), log, store));
    }
    tasks.push_back(std::make_unique<Task>(TopicPartition{topology.rows(), partition},
                                           MakeReconciler(catalog, topology), log, store));
  }
  // Each asks the brokers some questions: all at once.
  std::vector<std::future<Status>> opened;
  for (const auto& task : tasks) {
    opened.push_back(std::async(std::launch::async, [&task] { return task->Open(); }));
  }
  for (std::future<Status>& open : opened) TRUEUP_RETURN_IF_ERROR(open.get());
  return tasks;
}

Result<bool> StepThrough(const Tasks& tasks, size_t thread) {
  bool worked = false;
  for (size_t i = thread; i < tasks.size(); i += kThreads) {
    TRUEUP_ASSIGN(const bool stepped, tasks[i]->Step());
    worked = worked || stepped;
  }
  return worked;
}

}  // namespace trueup::bench
