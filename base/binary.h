#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace trueup {

// The building bricks of every stored encoding: varints (LEB128), zig-zag for signed numbers, and
// byte strings behind their length. Keys use big-endian numbers, so that bytewise order is numeric
// order.

void PutLongVarint(std::string& out, uint64_t number);
inline void PutVarint(std::string& out, uint64_t number) {
  // Nearly all are short.
  if (number < 0x80) return out.push_back(static_cast<char>(number));
  PutLongVarint(out, number);
}
void PutSigned(std::string& out, int64_t number);
inline void PutBytes(std::string& out, std::string_view bytes) {
  PutVarint(out, bytes.size());
  out.append(bytes);
}
void PutBigEndian64(std::string& out, uint64_t number);
// Eight bytes of a big-endian number. REQUIRES: bytes.size() >= 8.
uint64_t GetBigEndian64(std::string_view bytes);

// Reads what the Put functions wrote, front to back. After the first damage every read gives zero
// or empty and ok() stays false, so a decoder checks once at its end.
class BinaryReader {
 public:
  explicit BinaryReader(std::string_view bytes) : rest_(bytes) {}

  uint64_t Varint() {
    if (!rest_.empty() && static_cast<uint8_t>(rest_.front()) < 0x80) return Byte();
    return LongVarint();
  }
  int64_t Signed();
  // A view into the bytes given to the constructor.
  std::string_view Bytes() {
    const uint64_t size = Varint();
    const std::string_view bytes = rest_.substr(0, size);
    Skip(size);
    return ok_ ? bytes : std::string_view();
  }
  uint8_t Byte() {
    const uint8_t byte = rest_.empty() ? 0 : static_cast<uint8_t>(rest_.front());
    Skip(1);
    return byte;
  }

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }
  void Skip(size_t bytes) {
    if (bytes > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return;
    }
    rest_.remove_prefix(bytes);
  }
  // kCorrupt naming `what` where a read ran past the end.
  Status Check(std::string_view what) const;

 private:
  uint64_t LongVarint();

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace trueup
