#include "connectors/http/retry.h"

#include <gtest/gtest.h>

namespace trueup::connectors {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct WaitCase {
  const char* name;
  FailedAttempt attempt;
  double random;
  std::optional<milliseconds> wait;
};

class NextWaitTable : public testing::TestWithParam<WaitCase> {};

// first wait 500 ms, longest 30 s, total 3 min, six attempts
TEST_P(NextWaitTable, DecidesWhetherAndHowLong) {
  EXPECT_EQ(NextWait(RetryPolicy(), GetParam().attempt, GetParam().random), GetParam().wait);
}

INSTANTIATE_TEST_SUITE_P(
    Table, NextWaitTable,
    testing::Values(
        WaitCase{"FirstWaitsUpToTheFirstWait", {1, true, seconds(0), {}}, 0.5, milliseconds(250)},
        WaitCase{"JitterMayBeZero", {1, true, seconds(0), {}}, 0.0, milliseconds(0)},
        WaitCase{"EachFailureDoubles", {3, true, seconds(0), {}}, 0.5, milliseconds(1'000)},
        WaitCase{"LastAttemptGivesUp", {6, true, seconds(0), {}}, 0.5, std::nullopt},
        WaitCase{"NotWorthRepeating", {1, false, seconds(0), {}}, 0.5, std::nullopt},
        WaitCase{"RetryAfterIsObeyed", {1, true, seconds(0), seconds(20)}, 0.5, seconds(20)},
        WaitCase{"RetryAfterIsNoUpperBound", {5, true, seconds(0), seconds(1)}, 0.5, seconds(4)},
        WaitCase{"RetryAfterBeyondTheTotalGivesUp",
                 {1, true, seconds(0), std::chrono::hours(1)},
                 0.5,
                 std::nullopt},
        WaitCase{"TotalIsUsedUp", {2, true, seconds(180), {}}, 0.5, std::nullopt}),
    [](const auto& test) { return test.param.name; });

TEST(NextWait, NeverExceedsTheLongestWait) {
  RetryPolicy policy;
  policy.max_attempts = 100;
  EXPECT_LE(*NextWait(policy, {60, true, seconds(0), {}}, 0.999), policy.longest_wait);
}

TEST(RetryAfter, IsSecondsOrAnHttpDate) {
  const Instant now = ParseInstant("1994-11-06T08:49:30Z")->at;
  EXPECT_EQ(ParseRetryAfter("120", now), seconds(120));
  EXPECT_EQ(ParseRetryAfter("0", now), seconds(0));
  EXPECT_EQ(ParseRetryAfter("Sun, 06 Nov 1994 08:49:37 GMT", now), seconds(7));
  EXPECT_EQ(ParseRetryAfter("Sun, 06 Nov 1994 08:49:00 GMT", now), seconds(0));
  for (const char* text : {"", "-1", "soon", "Sun, 06 Foo 1994 08:49:37 GMT", "1.5"}) {
    EXPECT_EQ(ParseRetryAfter(text, now), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace trueup::connectors
