#include "pipeline/log/embedded/recovery.h"

#include <optional>
#include <utility>

#include "base/logging.h"
#include "pipeline/log/embedded/format.h"
#include "pipeline/log/embedded/segment_reader.h"

namespace trueup::pipeline::embedded {
namespace {

// Whether a whole frame behind `position` says that offset `lost` had been synced.
Result<bool> WasDurable(File& file, const std::string& path, uint32_t tag, uint64_t position,
                        uint64_t size, uint64_t lost) {
  SegmentReader behind(file, path, tag, position, size);
  while (true) {
    TRUEUP_ASSIGN(const std::optional<Frame> frame, behind.Search());
    if (!frame) return false;
    if (frame->durable > lost) return true;
  }
}

Status CutTail(File& file, const std::string& path, uint64_t keep, uint64_t size,
               uint64_t end_offset) {
  LogWarning("log", "cut a torn tail of " + std::to_string(size - keep) + " bytes from " + path +
                        ": it ends at offset " + std::to_string(end_offset) + " now");
  return file.Truncate(keep);
}

}  // namespace

Result<RecoveredSegment> RecoverSegment(File& file, const std::string& path, uint64_t first_offset,
                                        uint32_t tag) {
  TRUEUP_ASSIGN(const uint64_t size, file.Size());
  RecoveredSegment found;
  found.end_offset = first_offset;
  SegmentReader reader(file, path, tag, kSegmentHeaderBytes, size);
  while (true) {
    found.bytes = reader.position();
    Result<std::optional<Frame>> next = reader.Next();
    if (!next.ok()) {
      if (next.error().kind() != ErrorKind::kCorrupt) return std::move(next).error();
      TRUEUP_ASSIGN(const bool damage,
                    WasDurable(file, path, tag, found.bytes + 1, size, found.end_offset));
      if (damage) return std::move(next).error();
      TRUEUP_RETURN_IF_ERROR(CutTail(file, path, found.bytes, size, found.end_offset));
      break;
    }
    if (!*next) break;
    const Frame& frame = **next;
    if (frame.first_offset != found.end_offset) {
      return Error(ErrorKind::kCorrupt, "log segment " + path + " is damaged at byte " +
                                            std::to_string(frame.position) + ": offset " +
                                            std::to_string(frame.first_offset) + " where " +
                                            std::to_string(found.end_offset) + " was due");
    }
    found.end_offset = frame.end_offset();
    found.marked = frame.count == 0 && frame.durable == found.end_offset;
    AddToIndex(found.places, {frame.first_offset, frame.position});
  }
  TRUEUP_RETURN_IF_ERROR(file.Sync());
  return found;
}

}  // namespace trueup::pipeline::embedded
