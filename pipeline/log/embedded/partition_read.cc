// The reading half of Partition: it holds the lock only to find the place, and reads without it.
#include <algorithm>
#include <iterator>
#include <utility>

#include "pipeline/log/embedded/format.h"
#include "pipeline/log/embedded/partition.h"
#include "pipeline/log/embedded/segment_reader.h"

namespace trueup::pipeline::embedded {
namespace {

// The last frame of `places` that begins at or before `offset`; the segment's first frame where
// there is none.
FramePlace FrameBefore(const std::vector<FramePlace>& places, uint64_t offset,
                       uint64_t first_offset) {
  const auto behind = std::upper_bound(
      places.begin(), places.end(), offset,
      [](uint64_t wanted, const FramePlace& place) { return wanted < place.offset; });
  if (behind == places.begin()) return {first_offset, kSegmentHeaderBytes};
  return *std::prev(behind);
}

}  // namespace

Result<std::vector<LogRecord>> Partition::Read(uint64_t offset, size_t max_records,
                                               size_t max_bytes) {
  std::vector<LogRecord> records;
  size_t bytes = 0;
  while (records.size() < max_records && (records.empty() || bytes < max_bytes)) {
    TRUEUP_ASSIGN(std::optional<Slice> slice, Locate(offset));
    if (!slice) break;
    if (slice->sealed) TRUEUP_RETURN_IF_ERROR(IndexSealed(*slice, offset));
    TRUEUP_RETURN_IF_ERROR(ReadSlice(*slice, offset, max_records, max_bytes, records, bytes));
  }
  return records;
}

// Where to read `offset`; nothing at the durable end. The file is opened under the lock, so that
// Trim cannot come between.
Result<std::optional<Partition::Slice>> Partition::Locate(uint64_t offset) {
  const std::lock_guard lock(mutex_);
  const uint64_t first = segments_.empty() ? 0 : segments_.front()->first_offset;
  if (offset < first || offset > durable_offset_) {
    return Error(ErrorKind::kInvalid, "offset " + std::to_string(offset) + " of " + settings_.name +
                                          " is not in the log: it holds " + std::to_string(first) +
                                          " to " + std::to_string(durable_offset_));
  }
  if (offset == durable_offset_) return std::optional<Slice>();
  const auto behind =
      std::upper_bound(segments_.begin(), segments_.end(), offset,
                       [](uint64_t wanted, const std::shared_ptr<Segment>& segment) {
                         return wanted < segment->first_offset;
                       });
  Slice slice;
  slice.segment = *std::prev(behind);
  slice.sealed = behind != segments_.end();
  if (slice.sealed) {
    TRUEUP_ASSIGN(std::unique_ptr<File> file,
                  settings_.file_system->Open(slice.segment->path, OpenMode::kRead));
    TRUEUP_ASSIGN(slice.limit, file->Size());
    slice.file = std::move(file);
    slice.end_offset = (*behind)->first_offset;
  } else {
    slice.file = file_;
    slice.limit = durable_bytes_;
    slice.end_offset = durable_offset_;
    slice.start = FrameBefore(slice.segment->places, offset, slice.segment->first_offset);
  }
  return std::optional<Slice>(std::move(slice));
}

// Finds the place in a sealed segment, whose index is made on first use. An index that ends at
// damage is fine: whoever reads on from there meets it.
Status Partition::IndexSealed(Slice& slice, uint64_t offset) {
  Segment& segment = *slice.segment;
  const std::lock_guard lock(segment.mutex);
  if (!segment.indexed) {
    SegmentReader reader(*slice.file, segment.path, settings_.tag, kSegmentHeaderBytes,
                         slice.limit);
    while (true) {
      const Result<std::optional<Frame>> next = reader.Next();
      if (!next.ok() && next.error().kind() != ErrorKind::kCorrupt) return next.error();
      if (!next.ok() || !*next) break;
      AddToIndex(segment.places, {(*next)->first_offset, (*next)->position});
    }
    segment.indexed = true;
  }
  slice.start = FrameBefore(segment.places, offset, segment.first_offset);
  return {};
}

// Adds records from `offset` on, which moves behind the last one taken.
Status Partition::ReadSlice(const Slice& slice, uint64_t& offset, size_t max_records,
                            size_t max_bytes, std::vector<LogRecord>& records, size_t& bytes) {
  const std::string& path = slice.segment->path;
  SegmentReader reader(*slice.file, path, settings_.tag, slice.start.position, slice.limit);
  uint64_t due = slice.start.offset;
  while (offset < slice.end_offset && records.size() < max_records &&
         (records.empty() || bytes < max_bytes)) {
    TRUEUP_ASSIGN(const std::optional<Frame> frame, reader.Next());
    if (!frame || frame->first_offset != due) {
      const std::string found = frame ? "offset " + std::to_string(frame->first_offset) : "the end";
      return Error(ErrorKind::kCorrupt, "log segment " + path + " is damaged at byte " +
                                            std::to_string(frame ? frame->position : slice.limit) +
                                            ": " + found + " where offset " + std::to_string(due) +
                                            " was due");
    }
    due = frame->end_offset();
    if (due <= offset) continue;
    TRUEUP_RETURN_IF_ERROR(
        TakeRecords(*frame, path, offset, max_records, max_bytes, records, bytes));
    if (!records.empty()) offset = records.back().offset + 1;
  }
  return {};
}

}  // namespace trueup::pipeline::embedded
