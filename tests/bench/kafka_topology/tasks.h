#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "pipeline/log/log.h"
#include "pipeline/runtime/tasks/task.h"
#include "tests/bench/kafka_topology/stages.h"

namespace trueup::bench {

constexpr int kPartitions = 4;
// A thread has every second task.
constexpr size_t kThreads = 2;

using Tasks = std::vector<std::unique_ptr<pipeline::Task>>;

// Opens the topology's tasks over a log that has the sources' topics.
Result<Tasks> MakeTasks(const Topology& topology, pipeline::Log& log, pipeline::Store& store);

// Steps once through the tasks that are this thread's. True: one of them had something to do.
Result<bool> StepThrough(const Tasks& tasks, size_t thread);

}  // namespace trueup::bench
