#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace trueup {

// A 128-bit hash of bytes. The function (XXH3) and its results are fixed: ids and stored hashes
// depend on them.
struct Hash128 {
  uint64_t high = 0;
  uint64_t low = 0;

  friend bool operator==(const Hash128&, const Hash128&) = default;
  friend auto operator<=>(const Hash128&, const Hash128&) = default;

  // Sixteen bytes, big-endian; and 32 hexadecimal digits.
  std::string ToBytes() const;
  // Takes back what ToBytes() gave. REQUIRES: it did.
  static Hash128 FromBytes(std::string_view bytes);
  std::string ToHex() const;
};

Hash128 HashBytes(std::string_view bytes);
uint64_t HashBytes64(std::string_view bytes);

// `prefix` + 13 characters (lower case and digits without 0 1 l o) of the hash's upper 64 bits:
// short ids that people can read out ("a-7kq2m9x4t8w5c").
std::string ShortId(std::string_view prefix, std::string_view bytes);

// The CRC-32C (Castagnoli) checksum of bytes, continuing from `seed`.
uint32_t Crc32c(std::string_view bytes, uint32_t seed = 0);

// SHA-256 as hexadecimal digits: for digests that people compare.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void Update(std::string_view bytes);
  // Ends the computation. REQUIRES: called once.
  std::string FinishHex();

 private:
  void* context_;
};

}  // namespace trueup
