#include "pipeline/runtime/tasks/standbys.h"

#include <utility>
#include <vector>

#include "base/logging.h"

namespace trueup::pipeline {
namespace {

void Warn(int number, const Error& error) {
  LogWarning("pipeline",
             "the standby of slot " + std::to_string(number) + " begins again: " + error.message());
}

}  // namespace

Standbys::Standbys(Log& log, Positions& positions, std::shared_ptr<Clock> clock,
                   std::chrono::milliseconds wait, Open open)
    : log_(log),
      positions_(positions),
      clock_(std::move(clock)),
      wait_(wait),
      open_(std::move(open)),
      changed_(clock_->Elapsed()) {}

Status Standbys::Follow(const std::set<int>& slots) {
  if (slots != wanted_) {
    wanted_ = slots;
    changed_ = clock_->Elapsed();
  }
  for (auto at = standbys_.begin(); at != standbys_.end();) {
    if (Advance(at->first, at->second)) {
      ++at;
    } else {
      at = standbys_.erase(at);
      changed_ = clock_->Elapsed();
    }
  }
  if (clock_->Elapsed() - changed_ >= wait_) {
    for (const int number : wanted_) {
      if (!standbys_.contains(number)) Begin(number);
    }
  }
  return ShowWorkedOff();
}

void Standbys::Begin(int number) {
  standbys_[number].opening = std::make_unique<SlotOpening>(
      [this, number](CopyProgress& progress, const std::stop_token& stop) {
        return open_(number, log_, progress, stop);
      });
}

bool Standbys::Advance(int number, Standby& standby) {
  if (standby.opening && standby.opening->done()) {
    auto slot = standby.opening->Take();
    standby.opening.reset();
    if (!slot.ok()) {
      Warn(number, slot.error());
      return false;
    }
    standby.runner = std::make_unique<SlotRunner>(*std::move(slot), clock_);
  }
  if (!standby.runner) return true;
  const auto failure = standby.runner->failure();
  if (failure) Warn(number, *failure);
  return !failure;
}

Status Standbys::ShowWorkedOff() {
  std::vector<TopicPartition> inboxes;
  for (const auto& [number, standby] : standbys_) {
    if (!standby.runner) continue;
    for (const TaskStatus& task : standby.runner->tasks()) inboxes.push_back(task.inbox);
  }
  if (inboxes.empty()) return {};
  TRUEUP_ASSIGN(const auto worked_off, positions_.Committed(inboxes));
  log_.Show(worked_off);
  return {};
}

std::unique_ptr<Standby> Standbys::Release(int number) {
  const auto found = standbys_.find(number);
  if (found == standbys_.end()) return nullptr;
  auto standby = std::make_unique<Standby>(std::move(found->second));
  standbys_.erase(found);
  return standby;
}

std::map<int, uint64_t> Standbys::behind() const {
  std::map<int, uint64_t> behind;
  for (const auto& [number, standby] : standbys_) {
    if (!standby.runner) continue;
    uint64_t& entries = behind[number];
    for (const TaskStatus& task : standby.runner->tasks()) {
      const uint64_t shown = log_.shown(task.inbox);
      if (shown > task.position.offset) entries += shown - task.position.offset;
    }
  }
  return behind;
}

}  // namespace trueup::pipeline
