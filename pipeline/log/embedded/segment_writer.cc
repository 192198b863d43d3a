#include "pipeline/log/embedded/segment_writer.h"

#include <array>

#include "base/binary.h"
#include "base/hash.h"
#include "pipeline/log/embedded/format.h"

namespace trueup::pipeline::embedded {
namespace {

// Fills in the header of the frame that begins at `begin` of `out` and goes to its end.
void FinishFrame(std::string& out, size_t begin, uint64_t first_offset, uint32_t count,
                 uint64_t durable, uint32_t tag) {
  char* header = out.data() + begin;
  std::memcpy(header, kFrameMagic.data(), kFrameMagic.size());
  PutFixed(header + 8, static_cast<uint32_t>(out.size() - begin - kFrameHeaderBytes));
  PutFixed(header + 12, count);
  PutFixed(header + 16, first_offset);
  PutFixed(header + 24, durable);
  PutFixed(header + 4, Crc32c(std::string_view(out).substr(begin + kFrameChecked), tag));
}

}  // namespace

void AddToIndex(std::vector<FramePlace>& index, const FramePlace& place) {
  if (index.empty() || place.position >= index.back().position + kFrameTarget)
    index.push_back(place);
}

std::string SegmentName(uint64_t first_offset) {
  const std::string digits = std::to_string(first_offset);
  return std::string(kSegmentNameDigits - digits.size(), '0').append(digits).append(kSegmentSuffix);
}

void EncodeFrames(const std::vector<LogEntry>& entries, uint64_t first_offset, uint64_t durable,
                  uint32_t tag, uint64_t position, std::string& out,
                  std::vector<FramePlace>& places) {
  const size_t base = out.size();
  for (size_t next = 0; next < entries.size();) {
    const size_t begin = out.size();
    const size_t first = next;
    out.resize(begin + kFrameHeaderBytes);
    while (next < entries.size() && out.size() - begin < kFrameHeaderBytes + kFrameTarget) {
      PutBytes(out, entries[next].key);
      PutBytes(out, entries[next].value);
      ++next;
    }
    FinishFrame(out, begin, first_offset + first, static_cast<uint32_t>(next - first), durable,
                tag);
    places.push_back({first_offset + first, position + begin - base});
  }
}

void EncodeMark(uint64_t durable, uint32_t tag, std::string& out) {
  const size_t begin = out.size();
  out.resize(begin + kFrameHeaderBytes);
  FinishFrame(out, begin, durable, 0, durable, tag);
}

Result<std::unique_ptr<File>> CreateSegment(FileSystem& file_system, const std::string& folder,
                                            uint64_t first_offset, uint32_t tag) {
  std::array<char, kSegmentHeaderBytes> header{};
  std::memcpy(header.data(), kSegmentMagic.data(), kSegmentMagic.size());
  PutFixed(header.data() + 8, first_offset);
  PutFixed(header.data() + 20, Crc32c({header.data(), 20}, tag));

  const std::string path = folder + "/" + SegmentName(first_offset);
  const std::string draft = path + std::string(kDraftSuffix);
  TRUEUP_ASSIGN(std::unique_ptr<File> file, file_system.Open(draft, OpenMode::kCreate));
  TRUEUP_RETURN_IF_ERROR(file->WriteAt(0, {header.data(), header.size()}));
  TRUEUP_RETURN_IF_ERROR(file->Sync());
  TRUEUP_RETURN_IF_ERROR(file_system.Rename(draft, path));
  TRUEUP_RETURN_IF_ERROR(file_system.SyncFolder(folder));
  return file;
}

}  // namespace trueup::pipeline::embedded
