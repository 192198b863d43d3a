#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "pipeline/log/embedded/file_system.h"
#include "pipeline/log/embedded/segment_writer.h"
#include "pipeline/log/log.h"

namespace trueup::pipeline::embedded {

// One frame of a segment. `body` lives until the reader moves on.
struct Frame {
  uint64_t position = 0;
  uint64_t bytes = 0;  // header and body
  uint64_t first_offset = 0;
  uint32_t count = 0;
  uint64_t durable = 0;
  std::string_view body;

  uint64_t end_offset() const { return first_offset + count; }
};

// Reads the frames of one segment, front to back. For one thread.
class SegmentReader {
 public:
  // `file` outlives the reader. Frames are read from `position` (of a frame's begin) up to `limit`
  // bytes of the file.
  SegmentReader(File& file, std::string path, uint32_t tag, uint64_t position, uint64_t limit);

  // kCorrupt unless the file begins with the header of the segment of `first_offset` of this log.
  static Status CheckHeader(File& file, const std::string& path, uint64_t first_offset,
                            uint32_t tag);

  // The next frame; nothing at the limit. kCorrupt, naming file and position, where no whole frame
  // stands: the position is then still that of the bad place.
  Result<std::optional<Frame>> Next();

  // The next whole frame at or behind the position, wherever it begins: how recovery looks behind a
  // bad place.
  Result<std::optional<Frame>> Search();

  uint64_t position() const { return position_; }

 private:
  // Makes at least `bytes` from position_ on available, fewer at the limit; the view of what is
  // there.
  Result<std::string_view> Fill(size_t bytes);
  // The frame at position_, if a whole one that checks out stands there.
  Result<std::optional<Frame>> FrameHere();

  File& file_;
  std::string path_;
  uint32_t tag_;
  uint64_t position_;
  uint64_t limit_;
  std::string buffer_;
  uint64_t buffer_position_ = 0;
};

// Adds the records of `frame` from `offset` on to `records`, until these are `max_records` or
// `max_bytes` are used up; `bytes` counts. kCorrupt where the body does not hold what the header
// says.
Status TakeRecords(const Frame& frame, const std::string& path, uint64_t offset, size_t max_records,
                   size_t max_bytes, std::vector<LogRecord>& records, size_t& bytes);

}  // namespace trueup::pipeline::embedded
