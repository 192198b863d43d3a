#include "daemon/worked_off.h"

#include <gtest/gtest.h>

namespace trueup::daemon {
namespace {

const Instant kFirst = FromMicros(1'000'000);
const Instant kSecond = FromMicros(2'000'000);

TEST(WorkedOff, APullIsWorkedOffWhenThePipelineRestedTwiceBehindIt) {
  WorkedOff worked_off;
  worked_off.Look(std::nullopt, 7);
  EXPECT_EQ(worked_off.at(), std::nullopt);
  worked_off.Look(kFirst, 8);
  worked_off.Look(kFirst, 9);
  EXPECT_EQ(worked_off.at(), std::nullopt) << "that rest may have begun before the pull ended";
  worked_off.Look(kFirst, 10);
  EXPECT_EQ(worked_off.at(), kFirst);
  worked_off.Look(kFirst, 50);
  EXPECT_EQ(worked_off.at(), kFirst);
}

TEST(WorkedOff, ANewerPullDoesNotHideThatAnOlderOneIsWorkedOff) {
  WorkedOff worked_off;
  worked_off.Look(kFirst, 1);
  worked_off.Look(kSecond, 2);
  worked_off.Look(kSecond, 3);
  EXPECT_EQ(worked_off.at(), kFirst);
  worked_off.Look(kSecond, 4);
  EXPECT_EQ(worked_off.at(), kFirst);
  worked_off.Look(kSecond, 5);
  EXPECT_EQ(worked_off.at(), kSecond);
}

}  // namespace
}  // namespace trueup::daemon
