#include "base/binary.h"

namespace trueup {

void PutLongVarint(std::string& out, uint64_t number) {
  while (number >= 0x80) {
    out.push_back(static_cast<char>(number | 0x80));
    number >>= 7;
  }
  out.push_back(static_cast<char>(number));
}

void PutSigned(std::string& out, int64_t number) {
  PutVarint(out, (static_cast<uint64_t>(number) << 1) ^ static_cast<uint64_t>(number >> 63));
}

void PutBigEndian64(std::string& out, uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(number >> shift));
}

uint64_t GetBigEndian64(std::string_view bytes) {
  uint64_t number = 0;
  for (size_t i = 0; i < 8; ++i) number = number << 8 | static_cast<uint8_t>(bytes[i]);
  return number;
}

uint64_t BinaryReader::LongVarint() {
  uint64_t number = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (rest_.empty()) break;
    const auto byte = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    number |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return number;
  }
  ok_ = false;
  rest_ = {};
  return 0;
}

int64_t BinaryReader::Signed() {
  const uint64_t number = Varint();
  return static_cast<int64_t>(number >> 1) ^ -static_cast<int64_t>(number & 1);
}

Status BinaryReader::Check(std::string_view what) const {
  if (ok_) return {};
  return Error(ErrorKind::kCorrupt, std::string(what) + " is cut short or damaged");
}

}  // namespace trueup
