#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace trueup::pipeline::embedded {

// The numbers of format.md. Whoever changes one changes the magic too.
inline constexpr std::string_view kSegmentMagic{"TUPSEG\0\1", 8};
inline constexpr std::string_view kFrameMagic{"TUF1", 4};
inline constexpr size_t kSegmentHeaderBytes = 24;  // magic 8, first offset 8, zero 4, checksum 4
inline constexpr size_t kFrameHeaderBytes =
    32;  // magic 4, checksum 4, size 4, count 4, first 8, durable 8
inline constexpr size_t kFrameChecked = 8;  // the checksum covers the frame from here to its end
inline constexpr size_t kFrameTarget = 64 << 10;  // a frame is closed when its body has this size
inline constexpr size_t kMaxRecordBytes = 64 << 20;  // key and value of one record together
inline constexpr std::string_view kSegmentSuffix = ".log";
inline constexpr std::string_view kDraftSuffix = ".part";
inline constexpr size_t kSegmentNameDigits = 20;

static_assert(std::endian::native == std::endian::little, "the files are little-endian");

template <class Number>
void PutFixed(char* at, Number number) {
  std::memcpy(at, &number, sizeof number);
}

template <class Number>
Number GetFixed(const char* at) {
  Number number;
  std::memcpy(&number, at, sizeof number);
  return number;
}

}  // namespace trueup::pipeline::embedded
