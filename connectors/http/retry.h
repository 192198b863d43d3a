#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string_view>

#include "base/instant.h"

namespace trueup::connectors {

// Gives numbers in [0, 1). Handed in, so that tests know the jitter.
using Random = std::function<double()>;
// A generator seeded by the machine. Safe from any thread.
Random SystemRandom();

struct RetryPolicy {
  int max_attempts = 6;
  std::chrono::milliseconds first_wait = std::chrono::milliseconds(500);
  std::chrono::milliseconds longest_wait = std::chrono::seconds(30);
  // No wait may end later than this after the first attempt began.
  std::chrono::milliseconds total = std::chrono::minutes(3);
};

// How an attempt ended that was not a success.
struct FailedAttempt {
  int number = 1;  // the first is 1
  bool worth_repeating = true;
  std::chrono::milliseconds elapsed{0};                  // since the first attempt began
  std::optional<std::chrono::milliseconds> retry_after;  // where the other side said so
};

// How long to wait before the next attempt, or nothing: give up. Exponential back-off with full
// jitter, `random` in [0, 1); never shorter than what the other side asked for. Pure.
std::optional<std::chrono::milliseconds> NextWait(const RetryPolicy& policy,
                                                  const FailedAttempt& attempt, double random);

// Reads the value of a Retry-After header: seconds, or an HTTP date ("Sun, 06 Nov 1994 08:49:37
// GMT"; one in the past is 0). Nothing where it is neither.
std::optional<std::chrono::milliseconds> ParseRetryAfter(std::string_view text, Instant now);

}  // namespace trueup::connectors
