#include "pipeline/matching/similarity.h"

#include <algorithm>
#include <bit>
#include <bitset>

namespace trueup::pipeline {
namespace {
// Longer words are compared by their first letters only.
constexpr size_t kMaxLength = 64;
}  // namespace

double JaroWinkler(std::string_view a, std::string_view b) {
  a = a.substr(0, kMaxLength);
  b = b.substr(0, kMaxLength);
  if (a == b) return 1;
  if (a.empty() || b.empty()) return 0;
  const size_t reach = std::max(a.size(), b.size()) / 2;
  const size_t window = reach > 0 ? reach - 1 : 0;
  std::bitset<kMaxLength> in_a;
  std::bitset<kMaxLength> in_b;
  size_t common = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const size_t from = i > window ? i - window : 0;
    const size_t to = std::min(b.size(), i + window + 1);
    for (size_t j = from; j < to; ++j) {
      if (in_b[j] || a[i] != b[j]) continue;
      in_a[i] = in_b[j] = true;
      ++common;
      break;
    }
  }
  if (common == 0) return 0;
  size_t turned = 0;
  for (size_t i = 0, j = 0; i < a.size(); ++i) {
    if (!in_a[i]) continue;
    while (!in_b[j]) ++j;
    turned += a[i] != b[j] ? 1 : 0;
    ++j;
  }
  const auto m = static_cast<double>(common);
  const double jaro = (m / static_cast<double>(a.size()) + m / static_cast<double>(b.size()) +
                       (m - static_cast<double>(turned / 2)) / m) /
                      3;
  size_t prefix = 0;
  while (prefix < 4 && prefix < std::min(a.size(), b.size()) && a[prefix] == b[prefix]) ++prefix;
  return jaro + 0.1 * static_cast<double>(prefix) * (1 - jaro);
}

uint64_t LettersOf(std::string_view word) {
  uint64_t letters = 0;
  for (const char c : word.substr(0, kMaxLength)) {
    if (c >= 'a' && c <= 'z') {
      letters |= uint64_t{1} << (c - 'a');
    } else if (c >= '0' && c <= '9') {
      letters |= uint64_t{1} << (26 + c - '0');
    } else {
      letters |= uint64_t{1} << 63;
    }
  }
  return letters;
}

bool AreAlike(std::string_view a, uint64_t letters_a, std::string_view b, uint64_t letters_b,
              double least) {
  if (a == b) return true;
  const auto size_a = static_cast<int>(std::min(a.size(), kMaxLength));
  const auto size_b = static_cast<int>(std::min(b.size(), kMaxLength));
  // Each letter that the other has not is one that cannot match, so no more than these can.
  const int most = std::min(size_a - std::popcount(letters_a & ~letters_b),
                            size_b - std::popcount(letters_b & ~letters_a));
  if (most <= 0) return false;
  const double jaro =
      (static_cast<double>(most) / size_a + static_cast<double>(most) / size_b + 1) / 3;
  constexpr double kMostPrefix = 0.4;
  if (jaro + kMostPrefix * (1 - jaro) < least) return false;
  return JaroWinkler(a, b) >= least;
}

}  // namespace trueup::pipeline
