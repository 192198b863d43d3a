#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/error.h"
#include "pipeline/log/log.h"

namespace trueup::pipeline {

// Where the tasks of a slot stood when a checkpoint of their store was made: what they need of
// their inboxes begins here.
using CheckpointPositions = std::map<TopicPartition, uint64_t>;

// Copies of the states of slots, where every instance finds them: a slot that comes to an instance
// without a state, or with one that is too old, begins from the newest. A shelf is a place for
// whole folders and their positions, so that one over an object store can stand beside the one over
// a shared folder. Safe from several threads, one a slot.
class CheckpointShelf {
 public:
  virtual ~CheckpointShelf() = default;

  // Takes a copy of `folder`, which is complete or not there at all, and keeps those few copies
  // that have come furthest: what an instance copies that is no longer the owner may be older.
  virtual Status Put(int slot, const std::string& folder, const CheckpointPositions& positions) = 0;
  // Brings the copy that has come furthest into `folder`, which is not there yet. False: there is
  // none.
  virtual Result<bool> Fetch(int slot, const std::string& folder) = 0;
  // What the kept copies need of the inboxes: they may be trimmed up to here. Empty: there is no
  // copy.
  virtual Result<CheckpointPositions> Needed(int slot) = 0;
};

// A shelf in a folder that all instances share. Keeps the last two of each slot.
std::unique_ptr<CheckpointShelf> MakeFolderShelf(std::string folder);

}  // namespace trueup::pipeline
