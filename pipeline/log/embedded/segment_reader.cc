#include "pipeline/log/embedded/segment_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/binary.h"
#include "base/hash.h"
#include "pipeline/log/embedded/format.h"

namespace trueup::pipeline::embedded {
namespace {

constexpr size_t kReadBytes = 256 << 10;

Error Damaged(const std::string& path, uint64_t position, std::string_view what) {
  return {ErrorKind::kCorrupt, "log segment " + path + " is damaged at byte " +
                                   std::to_string(position) + ": " + std::string(what)};
}

}  // namespace

SegmentReader::SegmentReader(File& file, std::string path, uint32_t tag, uint64_t position,
                             uint64_t limit)
    : file_(file), path_(std::move(path)), tag_(tag), position_(position), limit_(limit) {}

Status SegmentReader::CheckHeader(File& file, const std::string& path, uint64_t first_offset,
                                  uint32_t tag) {
  std::array<char, kSegmentHeaderBytes> header{};
  TRUEUP_ASSIGN(const size_t got, file.ReadAt(0, header.data(), header.size()));
  if (got < header.size()) return Damaged(path, got, "the header is cut off");
  if (std::string_view(header.data(), kSegmentMagic.size()) != kSegmentMagic) {
    return Damaged(path, 0, "not a segment, or of another version");
  }
  if (GetFixed<uint32_t>(header.data() + 20) != Crc32c({header.data(), 20}, tag)) {
    return Damaged(path, 20, "the header's checksum is wrong, or it belongs to another log");
  }
  if (GetFixed<uint64_t>(header.data() + 8) != first_offset) {
    return Damaged(path, 8, "the first offset is not that of its name");
  }
  return {};
}

Result<std::string_view> SegmentReader::Fill(size_t bytes) {
  const uint64_t left = limit_ - position_;
  const auto wanted = static_cast<size_t>(std::min<uint64_t>(bytes, left));
  const bool inside =
      position_ >= buffer_position_ && position_ <= buffer_position_ + buffer_.size();
  const size_t skip = inside ? static_cast<size_t>(position_ - buffer_position_) : buffer_.size();
  if (!inside || buffer_.size() - skip < wanted) {
    buffer_.erase(0, skip);
    buffer_position_ = position_;
    const size_t have = buffer_.size();
    const auto size = static_cast<size_t>(std::min<uint64_t>(std::max(wanted, kReadBytes), left));
    buffer_.resize(size);
    TRUEUP_ASSIGN(const size_t got,
                  file_.ReadAt(position_ + have, buffer_.data() + have, size - have));
    buffer_.resize(have + got);
    return std::string_view(buffer_);
  }
  return std::string_view(buffer_).substr(skip);
}

Result<std::optional<Frame>> SegmentReader::FrameHere() {
  TRUEUP_ASSIGN(std::string_view bytes, Fill(kFrameHeaderBytes));
  if (bytes.size() < kFrameHeaderBytes || !bytes.starts_with(kFrameMagic))
    return std::optional<Frame>();
  const uint64_t size = kFrameHeaderBytes + uint64_t{GetFixed<uint32_t>(bytes.data() + 8)};
  if (size > limit_ - position_) return std::optional<Frame>();
  TRUEUP_ASSIGN(bytes, Fill(static_cast<size_t>(size)));
  if (bytes.size() < size) return std::optional<Frame>();
  bytes = bytes.substr(0, static_cast<size_t>(size));
  if (GetFixed<uint32_t>(bytes.data() + 4) != Crc32c(bytes.substr(kFrameChecked), tag_)) {
    return std::optional<Frame>();
  }
  Frame frame;
  frame.position = position_;
  frame.bytes = size;
  frame.count = GetFixed<uint32_t>(bytes.data() + 12);
  frame.first_offset = GetFixed<uint64_t>(bytes.data() + 16);
  frame.durable = GetFixed<uint64_t>(bytes.data() + 24);
  frame.body = bytes.substr(kFrameHeaderBytes);
  return std::optional<Frame>(frame);
}

Result<std::optional<Frame>> SegmentReader::Next() {
  if (position_ >= limit_) return std::optional<Frame>();
  TRUEUP_ASSIGN(std::optional<Frame> frame, FrameHere());
  if (!frame) return Damaged(path_, position_, "no whole record frame with a right checksum");
  position_ += frame->bytes;
  return frame;
}

Result<std::optional<Frame>> SegmentReader::Search() {
  while (position_ + kFrameHeaderBytes <= limit_) {
    TRUEUP_ASSIGN(const std::string_view bytes, Fill(kFrameHeaderBytes));
    const size_t found = bytes.find(kFrameMagic);
    if (found == std::string_view::npos) {
      // The magic may begin in the last three bytes.
      if (bytes.size() < kFrameHeaderBytes) break;
      position_ += bytes.size() - (kFrameMagic.size() - 1);
      continue;
    }
    position_ += found;
    TRUEUP_ASSIGN(std::optional<Frame> frame, FrameHere());
    if (frame) {
      position_ += frame->bytes;
      return frame;
    }
    ++position_;
  }
  position_ = limit_;
  return std::optional<Frame>();
}

Status TakeRecords(const Frame& frame, const std::string& path, uint64_t offset, size_t max_records,
                   size_t max_bytes, std::vector<LogRecord>& records, size_t& bytes) {
  BinaryReader body(frame.body);
  for (uint64_t at = frame.first_offset; at < frame.end_offset(); ++at) {
    const std::string_view key = body.Bytes();
    const std::string_view value = body.Bytes();
    if (!body.ok()) return Damaged(path, frame.position, "fewer records than the frame says");
    if (at < offset) continue;
    if (records.size() >= max_records || (!records.empty() && bytes >= max_bytes)) return {};
    bytes += key.size() + value.size();
    records.push_back({at, std::string(key), std::string(value)});
  }
  if (!body.at_end()) return Damaged(path, frame.position, "more bytes than the frame's records");
  return {};
}

}  // namespace trueup::pipeline::embedded
