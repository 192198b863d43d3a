// kafka_topology BOOTSTRAP PREFIX STATE_FOLDER: trueup's side of tests/bench/kafka_bench.py, until
// SIGTERM.
#include <pthread.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <future>
#include <iostream>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "pipeline/log/kafka/kafka_log.h"
#include "pipeline/stages/families.h"
#include "tests/bench/kafka_topology/stages.h"

namespace trueup::bench {
namespace {

using pipeline::Log;
using pipeline::Store;
using pipeline::Task;
using pipeline::TopicPartition;
using Tasks = std::vector<std::unique_ptr<Task>>;

constexpr int kPartitions = 4;
constexpr size_t kThreads = 2;
// How soon a thread without work looks at its inboxes again: it has several, and waits at one.
constexpr std::chrono::milliseconds kLook{3};

Result<Tasks> MakeTasks(const Topology& topology, Log& log, Store& store) {
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

// Steps through the tasks that are this thread's, one after the other: while one waits for its
// acknowledgement the others work.
Status Work(const Tasks& tasks, size_t thread, Log& log, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    bool worked = false;
    for (size_t i = thread; i < tasks.size(); i += kThreads) {
      TRUEUP_ASSIGN(const bool stepped, tasks[i]->Step());
      worked = worked || stepped;
    }
    if (!worked) {
      const Task& last = *tasks[tasks.size() - kThreads + thread];
      log.WaitFor(last.inbox(), last.position().offset, kLook, stop);
    }
  }
  for (size_t i = thread; i < tasks.size(); i += kThreads) {
    TRUEUP_RETURN_IF_ERROR(tasks[i]->Finish());
  }
  return {};
}

// One broker to start from; topics are named whole.
pipeline::KafkaOptions KafkaOptionsOf(const std::string& broker) {
  pipeline::KafkaOptions options;
  options.brokers = {broker};
  options.prefix.clear();
  options.properties["compression.codec"] = "lz4";
  return options;
}

// Two threads, until the process is told to end or one of them fails.
Status Run(const std::string& brokers, const std::string& prefix, const std::string& folder) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  const Topology topology{prefix, kPartitions};
  TRUEUP_ASSIGN(const auto log, pipeline::OpenKafkaLog(KafkaOptionsOf(brokers)));
  pipeline::StoreOptions options;
  options.families = pipeline::FamilyNames();
  TRUEUP_ASSIGN(const auto store, Store::Open(folder, options));
  TRUEUP_ASSIGN(const Tasks tasks, MakeTasks(topology, *log, *store));
  std::vector<Status> outcomes(kThreads);
  {
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i](const std::stop_token& stop) {
        outcomes[i] = Work(tasks, i, *log, stop);
        if (!outcomes[i].ok()) kill(getpid(), SIGTERM);
      });
    }
    int signal = 0;
    sigwait(&ends, &signal);
    for (std::jthread& thread : threads) thread.request_stop();
  }
  for (Status& outcome : outcomes) TRUEUP_RETURN_IF_ERROR(std::move(outcome));
  return {};
}

}  // namespace
}  // namespace trueup::bench

int main(int count, char** arguments) {
  if (count != 4) {
    std::cerr << "usage: kafka_topology BOOTSTRAP PREFIX STATE_FOLDER\n";
    return 2;
  }
  const trueup::Status status = trueup::bench::Run(arguments[1], arguments[2], arguments[3]);
  if (status.ok()) return 0;
  std::cerr << "kafka_topology: " << status.error().message() << "\n";
  return 1;
}
