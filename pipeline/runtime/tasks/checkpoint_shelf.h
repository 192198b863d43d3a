#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "pipeline/log/log.h"

namespace trueup::pipeline {

// Where the tasks of a slot stood when a checkpoint of their store was made: what they need of
// their inboxes begins here.
using CheckpointPositions = std::map<TopicPartition, uint64_t>;

// How much of a folder is copied.
struct CopyFigures {
  uint64_t files = 0;
  uint64_t files_in_all = 0;
  uint64_t bytes = 0;
  uint64_t bytes_in_all = 0;
};

// Counts along with a copy for those who watch it. Safe from any thread.
class CopyProgress {
 public:
  void Expect(uint64_t files, uint64_t bytes);
  void AddFile(uint64_t bytes);
  CopyFigures figures() const { return {files_, files_in_all_, bytes_, bytes_in_all_}; }

 private:
  std::atomic<uint64_t> files_ = 0, files_in_all_ = 0, bytes_ = 0, bytes_in_all_ = 0;
};

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
  // none. kCancelled: `stop` was requested first.
  virtual Result<bool> Fetch(int slot, const std::string& folder, CopyProgress& progress,
                             std::stop_token stop) = 0;
  // What the kept copies need of the inboxes: they may be trimmed up to here. Empty: there is no
  // copy.
  virtual Result<CheckpointPositions> Needed(int slot) = 0;
};

// A shelf in a folder that all instances share. Keeps the last two of each slot.
std::unique_ptr<CheckpointShelf> MakeFolderShelf(std::string folder);

}  // namespace trueup::pipeline
