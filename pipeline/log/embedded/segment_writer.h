#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "pipeline/log/embedded/file_system.h"
#include "pipeline/log/log.h"

namespace trueup::pipeline::embedded {

// Where a frame begins: the sparse index is made of these.
struct FramePlace {
  uint64_t offset = 0;    // of the frame's first record
  uint64_t position = 0;  // in the segment's file
};

// Adds a frame's place, unless the last one of the index is near enough to read on from there.
void AddToIndex(std::vector<FramePlace>& index, const FramePlace& place);

// The name of the segment that begins with `first_offset`.
std::string SegmentName(uint64_t first_offset);

// Adds `entries` to `out` as frames. `position` is where out's first byte will stand in the file;
// the begin of each frame is added to `places`. `durable` is the offset below which everything is
// synced.
void EncodeFrames(const std::vector<LogEntry>& entries, uint64_t first_offset, uint64_t durable,
                  uint32_t tag, uint64_t position, std::string& out,
                  std::vector<FramePlace>& places);

// Adds a frame without records: the witness that everything below `durable` was synced.
void EncodeMark(uint64_t durable, uint32_t tag, std::string& out);

// Makes the segment that begins with `first_offset` in `folder`, durable with its header and its
// name, open for reading and writing.
Result<std::unique_ptr<File>> CreateSegment(FileSystem& file_system, const std::string& folder,
                                            uint64_t first_offset, uint32_t tag);

}  // namespace trueup::pipeline::embedded
