#include "daemon/contents_auditor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/testing/audit_fixture.h"

namespace trueup::daemon {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto kWeek = hours(7 * 24);
constexpr auto kLongAgo = Instant(hours(1));

class ContentsAuditorTest : public AuditFixture {
 protected:
  ContentsAuditorTest() { EXPECT_TRUE(intake_->contents().Note("crm", "Account", Due()).ok()); }

  // A record of an object whose first comparison is due.
  static ContentsRecord Due() {
    ContentsRecord record;
    record.next = kStart;
    return record;
  }

  // One cycle with room for so many rows; what is left of them.
  Result<size_t> Run(size_t rows = ContentsAuditor::kRowsPerCycle) {
    ContentsAuditor auditor(Parts(), kWeek);
    TRUEUP_RETURN_IF_ERROR(auditor.Run(source_, "Account", clock_->Now(), rows, std::stop_token()));
    return rows;
  }

  ContentsRecord Record() { return intake_->contents().Find("crm", "Account").value(); }

  // Rows that are held as the source has them, "100" and on.
  void HoldRows(int count) {
    for (int i = 0; i < count; ++i) Hold(source_.Put(std::to_string(100 + i), kLongAgo));
  }

  // The row has another value, as old as it was.
  void Drift(const std::string& id, const std::string& value) {
    ChangeEvent& event = source_.rows.at(id);
    event.row = {};
    event.row.AddText("Name", value);
  }
};

TEST_F(ContentsAuditorTest, TheFirstComparisonIsDueAnIntervalBehindTheFirstSight) {
  HoldRows(1);
  ASSERT_TRUE(intake_->contents().Note("crm", "Account", {}).ok());
  EXPECT_TRUE(Run().ok());
  EXPECT_EQ(Record().next, kStart + kWeek);
  EXPECT_EQ(source_.fetches, 0);
  clock_->Advance(kWeek);
  EXPECT_TRUE(Run().ok());
  EXPECT_EQ(source_.fetches, 1);
  EXPECT_EQ(Record().proof->tally, (ContentsTally{1, 0, 0}));
  EXPECT_EQ(Record().next, kStart + kWeek + kWeek);
}

TEST_F(ContentsAuditorTest, IsSpreadOverCyclesAndGoesOnWhereItWas) {
  HoldRows(5);
  source_.ids_per_fetch = 1;
  EXPECT_EQ(*Run(2), 0U);
  EXPECT_EQ(Record().pass->after, "101");
  EXPECT_EQ(Record().pass->tally, (ContentsTally{2, 0, 0}));
  EXPECT_EQ(*Run(0), 0U) << "another object had all of the cycle";
  EXPECT_EQ(Record().pass->after, "101");
  EXPECT_EQ(*Run(2), 0U);
  clock_->Advance(minutes(1));
  EXPECT_EQ(*Run(2), 1U);
  EXPECT_FALSE(Record().pass);
  EXPECT_EQ(Record().proof, (ContentsProof{kStart, kStart + minutes(1), {5, 0, 0}}));
  EXPECT_EQ(source_.fetches, 5);
  EXPECT_EQ(*Run(2), 2U) << "a week is not over";
}

TEST_F(ContentsAuditorTest, WhereEverythingIsReadItIsReadOnce) {
  HoldRows(30);
  source_.ids_per_fetch = connectors::Connector::kIdsPerReading;
  EXPECT_EQ(*Run(10), 0U);
  EXPECT_EQ(source_.fetches, 1);
  EXPECT_EQ(Record().proof->tally.compared, 30U);
}

TEST_F(ContentsAuditorTest, DeliversWhatDriftedAndSeesThatItIsHeld) {
  HoldRows(3);
  Drift("101", "another");
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(Record().proof->tally, (ContentsTally{3, 1, 0}));
  EXPECT_EQ(LogEnd(), 1U);
  EXPECT_THAT(Record().delivered, ElementsAre(testing::Key("101")));
  EXPECT_FALSE(Record().next) << "at once, in the next cycle";

  Hold(source_.rows.at("101"));
  ASSERT_TRUE(Run().ok());
  EXPECT_THAT(Record().delivered, IsEmpty());
  EXPECT_EQ(Record().next, kStart + kWeek);
  EXPECT_EQ(source_.fetches, 1) << "what is held as delivered needs no other look at the source";
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(ContentsAuditorTest, ARowThatChangesAllTheTimeIsNoFinding) {
  HoldRows(1);
  Drift("100", "Monday");
  ASSERT_TRUE(Run().ok());
  Hold(source_.rows.at("100"));
  Drift("100", "Tuesday");
  ASSERT_TRUE(Run().ok());
  EXPECT_THAT(Findings(), IsEmpty()) << "what was delivered is held";
  clock_->Advance(kWeek);
  ASSERT_TRUE(Run().ok());
  Hold(source_.rows.at("100"));
  ASSERT_TRUE(Run().ok());
  EXPECT_THAT(Findings(), IsEmpty());
  EXPECT_EQ(Record().proof->tally.differing, 1U);
  EXPECT_EQ(LogEnd(), 2U);
}

TEST_F(ContentsAuditorTest, ARowThatWasPulledAgainSinceIsNoFinding) {
  HoldRows(1);
  Drift("100", "formula");
  ASSERT_TRUE(Run().ok());
  Hold(source_.Put("100", kLongAgo + minutes(5)));
  ASSERT_TRUE(Run().ok());
  EXPECT_THAT(Findings(), IsEmpty());
  EXPECT_THAT(Record().delivered, IsEmpty());
}

TEST_F(ContentsAuditorTest, WhatStaysDifferentIsAFindingUntilItIsCured) {
  HoldRows(2);
  Drift("100", "refused");  // by a pipeline that holds it with a newer stamp
  ASSERT_TRUE(Run().ok());
  EXPECT_THAT(Findings(), IsEmpty()) << "a cure is on its way";
  ASSERT_TRUE(Run().ok());
  EXPECT_THAT(Findings().at("crm/Account/100"), HasSubstr("its contents here are other ones"));
  EXPECT_EQ(Record().next, kStart + minutes(1));
  clock_->Advance(minutes(1));
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(Record().next, kStart + minutes(3)) << "more and more seldom";
  EXPECT_EQ(Record().stated.size(), 1U);

  Hold(source_.rows.at("100"));
  clock_->Advance(minutes(2));
  ASSERT_TRUE(Run().ok());
  EXPECT_THAT(Findings(), IsEmpty());
  EXPECT_EQ(Record().next, kStart + kWeek);
}

TEST_F(ContentsAuditorTest, AFindingStaysWhileTheNextComparisonIsUnderWay) {
  HoldRows(2);
  Drift("100", "refused");
  ASSERT_TRUE(Run().ok());
  ASSERT_TRUE(Run().ok());
  clock_->Advance(kWeek);
  source_.ids_per_fetch = 1;
  ASSERT_TRUE(Run(1).ok());
  ASSERT_TRUE(Record().pass);
  EXPECT_EQ(Findings().size(), 1U);
}

TEST_F(ContentsAuditorTest, WaitsWithoutTheBudgetAndGoesOnWhereItWas) {
  HoldRows(4);
  source_.ids_per_fetch = 1;
  ASSERT_TRUE(Run(2).ok());
  source_.usage.own = 60;
  source_.usage.own_allowed = 100;
  EXPECT_EQ(*Run(2), 2U);
  EXPECT_THAT(Record().waits, HasSubstr("60 of 100 calls"));
  EXPECT_EQ(Record().error, "") << "nothing is wrong";
  EXPECT_EQ(Record().pass->after, "101");
  source_.usage = {};
  ASSERT_TRUE(Run(3).ok());
  EXPECT_EQ(source_.fetches, 2) << "not at once";
  clock_->Advance(minutes(15));
  ASSERT_TRUE(Run(3).ok());
  EXPECT_EQ(Record().waits, "");
  EXPECT_EQ(Record().proof->tally.compared, 4U);
  EXPECT_EQ(source_.fetches, 4) << "no row twice";
}

TEST_F(ContentsAuditorTest, ASourceThatFailsCostsNoProgress) {
  HoldRows(3);
  source_.ids_per_fetch = 1;
  ASSERT_TRUE(Run(2).ok());
  source_.error = Error(ErrorKind::kTransient, "no answer").RetryAfter(minutes(5));
  const auto failed = Run();
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().message(), "audit of the contents of crm/Account: no answer");
  EXPECT_EQ(Record().error, "no answer");
  EXPECT_EQ(Record().pass->after, "101");
  EXPECT_EQ(Record().next, kStart + minutes(5));
  source_.error.reset();
  clock_->Advance(minutes(5));
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(Record().error, "");
  EXPECT_EQ(Record().proof->tally.compared, 3U);
}

TEST_F(ContentsAuditorTest, WhatIsYoungIsLeftToThePulling) {
  HoldRows(1);
  source_.Put("100", kStart - minutes(9)).row.AddText("Phone", "1");
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(Record().proof->tally, (ContentsTally{0, 0, 1}));
}

TEST_F(ContentsAuditorTest, AShorterIntervalCounts) {
  HoldRows(1);
  ASSERT_TRUE(Run().ok());
  ContentsAuditor hourly(Parts(), hours(1));
  size_t rows = 10;
  ASSERT_TRUE(hourly.Run(source_, "Account", clock_->Now(), rows, std::stop_token()).ok());
  EXPECT_EQ(Record().next, kStart + hours(1));
}

}  // namespace
}  // namespace trueup::daemon
