#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <thread>

#include "base/error.h"
#include "pipeline/runtime/tasks/checkpoint_shelf.h"
#include "pipeline/runtime/tasks/slot.h"

namespace trueup::pipeline {

// Opens a slot in a thread of its own: a checkpoint may take minutes to copy, and the group must
// hear from us meanwhile.
class SlotOpening {
 public:
  using Open =
      std::function<Result<std::unique_ptr<Slot>>(CopyProgress& progress, std::stop_token stop)>;

  explicit SlotOpening(Open open);
  // Tells it to stop, and waits.
  ~SlotOpening() = default;
  SlotOpening(const SlotOpening&) = delete;
  SlotOpening& operator=(const SlotOpening&) = delete;

  bool done() const { return done_; }
  // What came of it, once. REQUIRES: done().
  Result<std::unique_ptr<Slot>> Take();

  // How far the copying of the checkpoint is.
  CopyFigures copied() const { return progress_.figures(); }

 private:
  CopyProgress progress_;
  std::optional<Result<std::unique_ptr<Slot>>> outcome_;
  std::atomic<bool> done_ = false;
  std::jthread thread_;
};

}  // namespace trueup::pipeline
