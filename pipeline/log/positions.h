#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/error.h"
#include "pipeline/log/log.h"

namespace trueup::pipeline {

// How far the tasks have worked off their inboxes, kept where all instances see it: for lag, for
// trimming and for knowing when a run is quiet. Never what a task starts from: that is in its own
// state. Safe from any thread.
class Positions {
 public:
  virtual ~Positions() = default;

  // Each offset is of the first record that is not worked off. The last one committed counts, even
  // if it is lower.
  virtual Status Commit(const std::map<TopicPartition, uint64_t>& positions) = 0;

  // Of these partitions, the ones that have a position. Nothing committed is no position, which is
  // not the same as 0.
  virtual Result<std::map<TopicPartition, uint64_t>> Committed(
      const std::vector<TopicPartition>& of) = 0;
};

}  // namespace trueup::pipeline
