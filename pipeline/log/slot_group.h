#pragma once

#include <chrono>
#include <vector>

#include "base/error.h"

namespace trueup::pipeline {

// How what an instance owns has changed. Slots count from 0.
struct Slots {
  std::vector<int> revoked;
  std::vector<int> assigned;
  // The revoked slots are no longer ours, and another instance may have them already: this one was
  // silent for too long. What it still does with them is a zombie's work.
  bool lost = false;

  bool empty() const { return revoked.empty() && assigned.empty(); }
};

// Shares a fixed number of slots out among the instances that run. To be used by one thread.
class SlotGroup {
 public:
  virtual ~SlotGroup() = default;

  // Waits at most `timeout` for a change of what this instance owns; an empty answer is none. The
  // caller must have let go of `revoked` slots before its next call, which is when they may go to
  // another instance. It must call again and again, even while nothing changes: an instance that
  // does not is taken for dead. One change may come as two answers, a slot being revoked and
  // assigned again.
  //
  // kConflict: another process goes by this instance's name, and nothing is owned here any more.
  virtual Result<Slots> Poll(std::chrono::milliseconds timeout) = 0;
};

}  // namespace trueup::pipeline
