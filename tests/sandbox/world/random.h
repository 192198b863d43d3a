#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace trueup::sandbox {

// A small deterministic generator (SplitMix64): the same numbers on every platform, unlike the
// distributions of <random>. Two generators with different salts are independent, so that one part
// of the world can change its use of randomness without changing the others.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  Random(uint64_t seed, std::string_view salt) : state_(Mix(seed ^ Hash(salt))) {}
  Random(uint64_t seed, std::string_view salt, uint64_t index)
      : state_(Mix(Mix(seed ^ Hash(salt)) + index * 0x9e3779b97f4a7c15ULL)) {}

  uint64_t Next() { return Mix(state_ += 0x9e3779b97f4a7c15ULL); }
  // 0 <= result < bound. REQUIRES bound > 0.
  uint64_t Below(uint64_t bound) { return Next() % bound; }
  // low <= result <= high.
  int64_t Between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(Below(static_cast<uint64_t>(high - low + 1)));
  }
  bool Chance(double probability) {
    return static_cast<double>(Next() >> 11) * 0x1.0p-53 < probability;
  }
  template <class List>
  const auto& Pick(const List& list) {
    return std::data(list)[Below(std::size(list))];
  }

 private:
  static uint64_t Mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  static uint64_t Hash(std::string_view text) {
    uint64_t hash = 0xcbf29ce484222325ULL;
    for (unsigned char c : text) hash = (hash ^ c) * 0x100000001b3ULL;
    return hash;
  }

  uint64_t state_;
};

}  // namespace trueup::sandbox
