#include "connectors/http/retry.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <memory>
#include <mutex>
#include <random>
#include <string>

namespace trueup::connectors {
namespace {

using std::chrono::milliseconds;

std::optional<int> Digits(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

// "06 Nov 1994 08:49:37 GMT"
std::optional<Instant> ReadHttpDate(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 24 || text.substr(20) != " GMT") return std::nullopt;
  const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(3, 3));
  const auto day = Digits(text.substr(0, 2));
  const auto year = Digits(text.substr(7, 4));
  const auto hour = Digits(text.substr(12, 2));
  const auto minute = Digits(text.substr(15, 2));
  const auto second = Digits(text.substr(18, 2));
  if (month == kMonths.end() || !day || !year || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{
      std::chrono::year(*year),
      std::chrono::month(static_cast<unsigned>(month - kMonths.begin()) + 1),
      std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return Instant(Date(date)) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second);
}

}  // namespace

Random SystemRandom() {
  struct Generator {
    std::mutex mutex;
    std::mt19937_64 engine{std::random_device{}()};
  };
  return [generator = std::make_shared<Generator>()] {
    const std::lock_guard lock(generator->mutex);
    return std::uniform_real_distribution<double>(0, 1)(generator->engine);
  };
}

std::optional<milliseconds> NextWait(const RetryPolicy& policy, const FailedAttempt& attempt,
                                     double random) {
  if (!attempt.worth_repeating || attempt.number >= policy.max_attempts) return std::nullopt;
  const double doubled =
      static_cast<double>(policy.first_wait.count()) * std::pow(2.0, attempt.number - 1);
  const double ceiling = std::min(doubled, static_cast<double>(policy.longest_wait.count()));
  milliseconds wait(static_cast<int64_t>(ceiling * random));
  if (attempt.retry_after) wait = std::max(wait, *attempt.retry_after);
  if (attempt.elapsed + wait > policy.total) return std::nullopt;
  return wait;
}

std::optional<milliseconds> ParseRetryAfter(std::string_view text, Instant now) {
  if (const auto seconds = Digits(text)) {
    if (*seconds < 0) return std::nullopt;
    return std::chrono::seconds(*seconds);
  }
  const size_t comma = text.find(", ");
  if (comma == text.npos) return std::nullopt;
  const auto date = ReadHttpDate(text.substr(comma + 2));
  if (!date) return std::nullopt;
  const auto wait = std::chrono::ceil<milliseconds>(*date - now);
  return std::max(wait, milliseconds(0));
}

}  // namespace trueup::connectors
