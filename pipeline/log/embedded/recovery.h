#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "pipeline/log/embedded/file_system.h"
#include "pipeline/log/embedded/segment_writer.h"

namespace trueup::pipeline::embedded {

// What the last segment of a partition holds after its torn tail, if any, was cut.
struct RecoveredSegment {
  uint64_t end_offset = 0;
  uint64_t bytes = 0;   // of the file: where the next frame goes
  bool marked = false;  // ends with the mark of a clean close
  std::vector<FramePlace> places;
};

// Checks every frame of a partition's last segment, cuts a torn tail (with a line in the log) and
// syncs the file, so that all that is left is durable. Damage before the tail is kCorrupt;
// format.md says how the two are told apart.
Result<RecoveredSegment> RecoverSegment(File& file, const std::string& path, uint64_t first_offset,
                                        uint32_t tag);

}  // namespace trueup::pipeline::embedded
