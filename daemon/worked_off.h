#pragma once

#include <cstdint>
#include <optional>

#include "base/instant.h"

namespace trueup::daemon {

// Follows what was pulled of one object through the pipeline: up to which pull everything is worked
// off. A pull is followed to its end before a newer one takes its place, so that a pipeline that
// rests more seldom than the object is pulled makes the answer older, not nothing.
class WorkedOff {
 public:
  // When the object was last pulled to its end, and then, how often the pipeline has been at rest
  // (Pipeline::idle_rounds). To be called now and then.
  void Look(const std::optional<Instant>& caught_up, uint64_t idle_rounds);

  // Nothing: no pull is worked off yet.
  const std::optional<Instant>& at() const { return at_; }

 private:
  std::optional<Instant> at_;
  std::optional<Instant> followed_;
  uint64_t begun_at_ = 0;  // idle rounds when it began to be followed
};

}  // namespace trueup::daemon
