#include "daemon/object_audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/fake_source.h"

namespace trueup::daemon {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto kMoment = Instant(std::chrono::seconds(1000));
constexpr auto kBefore = kMoment - std::chrono::seconds(10);
constexpr auto kBehind = kMoment + std::chrono::seconds(10);

Difference Compare(FakeSource& source, const HeldRecords& held) {
  auto difference = CompareIds(source, "crm", "Account", held, kMoment, std::stop_token());
  EXPECT_TRUE(difference.ok());
  return *std::move(difference);
}

TEST(CompareIds, FindsNothingWhereBothHoldTheSame) {
  FakeSource source;
  source.Put("1", kBefore);
  source.Put("2", kBefore);
  const Difference difference = Compare(source, {{"1", kBefore}, {"2", kBefore}});
  EXPECT_TRUE(difference.none());
  EXPECT_EQ(difference.listed, 2U);
  EXPECT_EQ(source.fetches, 0);
}

TEST(CompareIds, FetchesWhatIsMissingHere) {
  FakeSource source;
  source.Put("1", kBefore);
  source.Put("2", kBefore);
  const Difference difference = Compare(source, {{"1", kBefore}});
  EXPECT_THAT(difference.missing, ElementsAre("2"));
  EXPECT_EQ(difference.listed, 2U);
  EXPECT_EQ(difference.cures.at("2").modified, kBefore);
  EXPECT_FALSE(difference.cures.at("2").deleted);
}

TEST(CompareIds, WhatTheSourceNoLongerShowsIsADeletionWithoutADate) {
  FakeSource source;
  const Difference difference = Compare(source, {{"1", kBefore}});
  EXPECT_THAT(difference.extra, ElementsAre("1"));
  EXPECT_TRUE(difference.cures.at("1").deleted);
  EXPECT_EQ(ToMicros(difference.cures.at("1").modified), 0);
}

TEST(CompareIds, TakesTheSourcesOwnDeletionWhereItShowsOne) {
  FakeSource source;
  source.Put("1", kBefore).deleted = true;
  const Difference difference = Compare(source, {{"1", kBefore}});
  EXPECT_THAT(difference.extra, ElementsAre("1"));
  EXPECT_EQ(difference.cures.at("1").modified, kBefore);
}

TEST(CompareIds, ADeletionDatedBeforeWhatIsHeldGoesWithoutItsDate) {
  FakeSource source;
  source.Put("1", kBefore - std::chrono::seconds(5)).deleted = true;
  const Difference difference = Compare(source, {{"1", kBefore}});
  EXPECT_THAT(difference.extra, ElementsAre("1"));
  EXPECT_EQ(ToMicros(difference.cures.at("1").modified), 0);
}

TEST(CompareIds, SetsAsideWhatChangedBehindTheMoment) {
  FakeSource source;
  source.Put("changed", kBehind);
  source.Put("created", Instant()).created = kBehind;  // an object without stamps
  source.Put("deleted", kBehind).deleted = true;
  const Difference difference = Compare(source, {{"deleted", kBefore}, {"came and went", kBehind}});
  EXPECT_TRUE(difference.none());
  EXPECT_THAT(difference.cures, IsEmpty());
  EXPECT_EQ(difference.set_aside, 4U);
  EXPECT_EQ(difference.listed, 0U);
}

TEST(CompareIds, ARowThatWasListedAndIsGoneOrWasNotListedAndIsThereIsNoDifference) {
  FakeSource source;
  source.Put("moved", kBefore);
  source.unlisted.insert("moved");
  source.listed_in_vain.insert("went");
  const Difference difference = Compare(source, {{"moved", kBefore}});
  EXPECT_TRUE(difference.none());
  EXPECT_EQ(difference.listed, 1U);
}

TEST(CompareIds, FetchesTwoHundredIdsACall) {
  FakeSource source;
  for (int i = 0; i < 401; ++i) source.Put(std::to_string(i), kBefore);
  const Difference difference = Compare(source, {});
  EXPECT_EQ(difference.missing.size(), 401U);
  EXPECT_EQ(source.fetches, 3);
  EXPECT_EQ(source.most_ids, 200U);
}

TEST(CompareIds, FailsWithTheSource) {
  FakeSource source;
  source.error = Error(ErrorKind::kTransient, "no answer");
  EXPECT_FALSE(CompareIds(source, "crm", "Account", {}, kMoment, std::stop_token()).ok());
}

}  // namespace
}  // namespace trueup::daemon
