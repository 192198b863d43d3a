#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/error.h"
#include "pipeline/log/embedded/file_system.h"
#include "pipeline/log/log.h"

namespace trueup::pipeline {

struct EmbeddedLogOptions {
  // A new segment is begun when the last one has this size. Trim works by whole segments.
  uint64_t segment_bytes = 64 << 20;
  // What was appended is synced at most this long after, without anybody asking. Zero: only Sync
  // makes durable.
  std::chrono::milliseconds flush_interval{50};
  // Null: the machine's. Outlives the log.
  embedded::FileSystem* file_system = nullptr;
};

// Opens, or makes, the log in `folder` (on a local file system; pipeline/log/embedded/format.md is
// its layout). A torn tail that a crash left is cut off, with a line in the log. kConflict, naming
// the holder, where a process has it open; kCorrupt, naming file and position, where something that
// was durable is damaged.
Result<std::unique_ptr<Log>> OpenEmbeddedLog(const std::string& folder,
                                             const EmbeddedLogOptions& options = {});

}  // namespace trueup::pipeline
