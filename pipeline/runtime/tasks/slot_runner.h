#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "pipeline/runtime/tasks/slot.h"

namespace trueup::pipeline {

// How one task stands, for those who watch it.
struct TaskStatus {
  TopicPartition inbox;
  TaskPosition position;
  bool waits_for_cut = false;
  Task::Replay replay;
  uint64_t batches = 0;         // committed here
  uint64_t unacknowledged = 0;  // bytes that were sent and that the log has not acknowledged
};

// Works a slot's tasks in a thread of its own, from the making of the object to its end.
class SlotRunner {
 public:
  SlotRunner(std::unique_ptr<Slot> slot, std::shared_ptr<Clock> clock);
  ~SlotRunner() { Stop(); }
  SlotRunner(const SlotRunner&) = delete;
  SlotRunner& operator=(const SlotRunner&) = delete;

  // Commits what is under way, and ends.
  void Stop();

  // As of the last commits.
  std::vector<TaskStatus> tasks() const;
  // Why it stopped; nothing: it works.
  std::optional<Error> failure() const;
  const Slot& slot() const { return *slot_; }

 private:
  void Run(std::stop_token stop);
  void Note();

  const std::unique_ptr<Slot> slot_;
  const std::shared_ptr<Clock> clock_;
  mutable std::mutex mutex_;
  std::vector<TaskStatus> tasks_;
  std::optional<Error> failure_;
  std::jthread thread_;
};

}  // namespace trueup::pipeline
