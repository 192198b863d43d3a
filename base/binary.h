#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace trueup {

// The building bricks of every stored encoding: varints (LEB128), zig-zag for signed numbers, and
// byte strings behind their length. Keys use big-endian numbers, so that bytewise order is numeric
// order.

void PutVarint(std::string& out, uint64_t number);
void PutSigned(std::string& out, int64_t number);
void PutBytes(std::string& out, std::string_view bytes);
void PutBigEndian64(std::string& out, uint64_t number);
// Eight bytes of a big-endian number. REQUIRES: bytes.size() >= 8.
uint64_t GetBigEndian64(std::string_view bytes);

// Reads what the Put functions wrote, front to back. After the first damage every read gives zero
// or empty and ok() stays false, so a decoder checks once at its end.
class BinaryReader {
 public:
  explicit BinaryReader(std::string_view bytes) : rest_(bytes) {}

  uint64_t Varint();
  int64_t Signed();
  // A view into the bytes given to the constructor.
  std::string_view Bytes();
  uint8_t Byte();

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }
  void Skip(size_t bytes);
  // kCorrupt naming `what` where a read ran past the end.
  Status Check(std::string_view what) const;

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace trueup
