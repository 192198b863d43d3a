#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "connectors/files/settings.h"

namespace trueup::connectors::files {

// A whole file that waits to be taken.
struct WaitingFile {
  std::string name;
  std::string path;
  std::string identity;  // another one for each version of a file
};

// A file that was taken completely.
struct TakenFile {
  std::string name;      // in the folder `done`
  std::string identity;  // that it had while it waited
};

// The folders of one object's inbox. The list of taken files, in the order in which they were
// taken, stands in the folder `done`: it says which files there are the object's and what came
// after what.
//
// A move is written down before it is made: after a crash in between the file waits still and is on
// the list, and whoever sees that moves it (FinishMoves). So a taken file is never taken again, and
// one that is not on the list was never moved. Not safe from several threads; the reading calls may
// run in another process beside it.
class Inbox {
 public:
  struct Parts {
    std::string system;
    std::string object;
    std::string folder;  // that is watched
    std::string pattern;
    InboxSettings settings;
    std::shared_ptr<Clock> clock;
  };
  explicit Inbox(Parts parts) : parts_(std::move(parts)) {}

  // The whole files that fit the pattern, the oldest first (by time of change, then by name). Whole
  // is a file that has not changed for `settle`, or that has something in it and was renamed into
  // place: its status changed at another time than its content, which writing never leaves.
  // kInvalid where the folder cannot be read.
  Result<std::vector<WaitingFile>> Waiting() const;
  // In order of taking. kCorrupt names file and line.
  Result<std::vector<TakenFile>> Taken() const;

  std::string PathOf(const TakenFile& file) const;
  // Where the list of taken files stands.
  std::string ListPath() const;

  // Moves waiting files that are on the list already, which a crash left.
  Status FinishMoves(const std::vector<WaitingFile>& waiting);
  // Moves a file to `done`, under a name with a number where its own is in use there.
  // REQUIRES: everything in it was acknowledged.
  Status MoveToDone(const WaitingFile& file);
  // Moves a file to `rejected`, with the reason beside it.
  Status Reject(const WaitingFile& file, const std::string& reason);

 private:
  Parts parts_;
};

}  // namespace trueup::connectors::files
