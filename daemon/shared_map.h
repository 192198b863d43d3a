#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "base/error.h"
#include "pipeline/log/log.h"

namespace trueup::daemon {

// Values by key where every instance of a cluster finds them, in a compacted topic: whoever begins
// to pull a system goes on where the last one stopped. An instance that works on after it lost the
// system may put an older value back: only what may be repeated can be kept here. Safe from any
// thread.
class SharedMap {
 public:
  // `log` must outlive the object. `topic` has one partition.
  SharedMap(pipeline::Log& log, const std::string& topic) : log_(log), where_{topic, 0} {}

  // As of now; empty: there is none.
  Result<std::string> Find(const std::string& key);
  Result<std::map<std::string, std::string>> All();

  // Return when the log has it. An empty value takes the key away.
  Status Put(const std::string& key, const std::string& value);
  Status Clear();

 private:
  Status ReadOn();
  Status Append(const std::vector<pipeline::LogEntry>& entries);

  pipeline::Log& log_;
  const pipeline::TopicPartition where_;
  std::mutex mutex_;                           // of what follows
  std::map<std::string, std::string> values_;  // by key
  uint64_t offset_ = 0;                        // next to be read
};

}  // namespace trueup::daemon
