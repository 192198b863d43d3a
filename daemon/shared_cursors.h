#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "base/error.h"
#include "pipeline/log/log.h"

namespace trueup::daemon {

// The cursors of all systems where every instance of a cluster finds them, in a compacted topic:
// whoever begins to pull a system goes on where the last one stopped. An instance that pulls on
// after it lost the system may move a cursor back; then some rows are read once more. Safe from any
// thread.
class SharedCursors {
 public:
  // `log` must outlive the object.
  explicit SharedCursors(pipeline::Log& log) : log_(log) {}

  // As of now; empty: from the beginning.
  Result<std::string> Find(const std::string& system, const std::string& object);

  // Returns when the log has it. REQUIRES: the log has acknowledged every row that the cursor
  // passes.
  Status Move(const std::string& system, const std::string& object, const std::string& cursor);

  // Everything is to be read from the beginning.
  Status Forget();

 private:
  Status ReadOn();
  Status Append(const std::vector<pipeline::LogEntry>& entries);

  pipeline::Log& log_;
  std::mutex mutex_;                            // of what follows
  std::map<std::string, std::string> cursors_;  // by key in the topic
  uint64_t offset_ = 0;                         // next to be read
};

}  // namespace trueup::daemon
