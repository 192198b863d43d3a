#include "pipeline/runtime/tasks/slot_runner.h"

#include <utility>

#include "base/logging.h"

namespace trueup::pipeline {
namespace {
constexpr std::chrono::milliseconds kIdleWait{5};
}  // namespace

SlotRunner::SlotRunner(std::unique_ptr<Slot> slot, std::shared_ptr<Clock> clock)
    : slot_(std::move(slot)), clock_(std::move(clock)) {
  Note();
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

void SlotRunner::Stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void SlotRunner::Run(std::stop_token stop) {
  Status outcome;
  while (outcome.ok() && !stop.stop_requested()) {
    const auto worked = slot_->Step();
    if (!worked.ok()) {
      outcome = worked.error();
      break;
    }
    Note();
    if (!*worked) clock_->Wait(kIdleWait, stop);
  }
  if (outcome.ok()) outcome = slot_->Finish();
  Note();
  if (outcome.ok()) return;
  LogError("pipeline",
           "slot " + std::to_string(slot_->number()) + " stops: " + outcome.error().message());
  const std::lock_guard lock(mutex_);
  failure_ = outcome.error();
}

void SlotRunner::Note() {
  std::vector<TaskStatus> tasks;
  for (const auto& task : slot_->tasks()) {
    tasks.push_back({task->inbox(), task->position(), task->waits_for_cut(), task->replay(),
                     task->batches(), task->unacknowledged()});
  }
  const std::lock_guard lock(mutex_);
  tasks_ = std::move(tasks);
}

std::vector<TaskStatus> SlotRunner::tasks() const {
  const std::lock_guard lock(mutex_);
  return tasks_;
}

std::optional<Error> SlotRunner::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

}  // namespace trueup::pipeline
