#include "pipeline/runtime/tasks/slot_opening.h"

#include <utility>

namespace trueup::pipeline {

SlotOpening::SlotOpening(Open open)
    : thread_([this, open = std::move(open)](const std::stop_token& stop) {
        outcome_.emplace(open(progress_, stop));
        done_ = true;
      }) {}

Result<std::unique_ptr<Slot>> SlotOpening::Take() {
  thread_.join();
  return *std::move(outcome_);
}

}  // namespace trueup::pipeline
