#include "daemon/auditor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/testing/audit_fixture.h"

namespace trueup::daemon {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto kLongAgo = Instant(std::chrono::hours(1));

class AuditorTest : public AuditFixture {
 protected:
  // With contents on another day.
  Status Run() {
    Auditor auditor(
        Parts(), {std::chrono::hours(24), std::chrono::minutes(15), std::chrono::hours(24 * 365)});
    return auditor.RunDue(source_, {"Account"}, clock_->Now(), std::stop_token());
  }

  AuditRecord Record() { return *intake_->audits().Find("crm", "Account"); }
};

TEST_F(AuditorTest, IsDueAtOnceAndThenOnceADay) {
  Hold(source_.Put("1", kLongAgo));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Run().ok());
  EXPECT_EQ(source_.lists, 1);
  clock_->Advance(std::chrono::hours(24));
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(source_.lists, 2);
  EXPECT_EQ(LogEnd(), 0U);
  const Instant later = kStart + std::chrono::hours(24);
  EXPECT_EQ(Record().proof, (IdProof{later, later, 1, 1, 0, 0, 0}));
}

TEST_F(AuditorTest, DeliversWhatDiffersAndLooksAgainUntilItIsCured) {
  const ChangeEvent gone = source_.Put("1", kLongAgo);
  Hold(gone);
  source_.rows.clear();
  const ChangeEvent missing = source_.Put("2", kLongAgo);
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(LogEnd(), 2U);
  EXPECT_EQ(Record().proof, (IdProof{kStart, kStart, 1, 1, 1, 1, 0}));
  EXPECT_THAT(Findings(), IsEmpty()) << "a cure is on its way";

  clock_->Advance(std::chrono::minutes(1));
  ASSERT_TRUE(Run().ok());  // not worked off: found again, and dropped as a repeat
  EXPECT_EQ(source_.lists, 2);
  EXPECT_EQ(LogEnd(), 2U);

  ChangeEvent deletion = gone;
  deletion.deleted = true;
  Hold(deletion);
  Hold(missing);
  clock_->Advance(std::chrono::minutes(2));
  ASSERT_TRUE(Run().ok());
  EXPECT_TRUE(Record().proof->equal());
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(source_.lists, 3);
}

TEST_F(AuditorTest, ADifferenceThatStaysIsListedMoreAndMoreSeldom) {
  source_.Put("1", kLongAgo);
  for (int minute = 0; minute < 24 * 60; ++minute) {
    ASSERT_TRUE(Run().ok());
    clock_->Advance(std::chrono::minutes(1));
  }
  EXPECT_EQ(source_.lists, 11) << "after 0, 1, 3, 7, ... 1023 minutes";
}

TEST_F(AuditorTest, WhatStaysDifferentIsAFindingUntilItIsCured) {
  const ChangeEvent gone = source_.Put("gone", kLongAgo);
  Hold(gone);
  source_.rows.clear();
  const ChangeEvent missing = source_.Put("missing", kLongAgo);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(Run().ok());
    clock_->Advance(std::chrono::hours(1));
  }
  const auto findings = Findings();
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_THAT(findings.at("crm/Account/missing"), HasSubstr("the source lists it"));
  EXPECT_THAT(findings.at("crm/Account/gone"), HasSubstr("no longer has it"));

  Hold(missing);
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(Findings().size(), 1U);
  ChangeEvent deletion = gone;
  deletion.deleted = true;
  Hold(deletion);
  clock_->Advance(std::chrono::hours(1));
  ASSERT_TRUE(Run().ok());
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(AuditorTest, CountsThatDifferTwiceHaveIdsListedAtOnce) {
  ChangeEvent& event = source_.Put("1", kLongAgo);
  event.created = kLongAgo;
  Hold(event);
  source_.counts_created = true;
  Auditor auditor(Parts(),
                  {std::chrono::hours(24), std::chrono::minutes(15), std::chrono::hours(24 * 365)});
  const auto cycle = [&] {
    clock_->Advance(std::chrono::minutes(1));
    return auditor.RunDue(source_, {"Account"}, clock_->Now(), std::stop_token());
  };
  ASSERT_TRUE(cycle().ok());
  ASSERT_EQ(source_.lists, 1);
  source_.rows.clear();
  clock_->Advance(std::chrono::minutes(14));
  ASSERT_TRUE(cycle().ok());
  EXPECT_EQ(source_.lists, 1);
  ASSERT_TRUE(cycle().ok());
  EXPECT_EQ(source_.lists, 2);
  EXPECT_EQ(LogEnd(), 1U) << "what is gone is retired";
}

TEST_F(AuditorTest, ARecordThatIsListedAndNeverShownIsAFinding) {
  source_.listed_in_vain = {"ghost"};
  ASSERT_TRUE(Run().ok());
  EXPECT_TRUE(Record().proof->equal()) << "gone since it was listed, for all that is known";
  EXPECT_THAT(Findings(), IsEmpty());
  clock_->Advance(std::chrono::minutes(1));
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(Record().proof->missing, 1U);
  EXPECT_THAT(Findings(), ElementsAre(testing::Key("crm/Account/ghost")));
  source_.listed_in_vain.clear();
  clock_->Advance(std::chrono::hours(1));
  ASSERT_TRUE(Run().ok());
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(AuditorTest, DoesNotBelieveThatMostRecordsAreGone) {
  for (int i = 0; i < 300; ++i) Hold(source_.Put(std::to_string(i), kLongAgo));
  source_.rows.clear();
  for (int i = 0; i < 2; ++i) {
    const Status audited = Run();
    ASSERT_FALSE(audited.ok());
    EXPECT_THAT(audited.error().message(), HasSubstr("crm/Account: 300 of 300 records are gone"));
    clock_->Advance(std::chrono::hours(1));
  }
  EXPECT_EQ(LogEnd(), 0U);
  EXPECT_THAT(Record().error, HasSubstr("300 of 300 records are gone"));
  EXPECT_THAT(Findings(), IsEmpty()) << "one word about all of them is enough";
}

TEST_F(AuditorTest, AnAuditThatFailedIsMadeAgainWhenTheSourceWantsIt) {
  source_.error = Error(ErrorKind::kTransient, "no answer").RetryAfter(std::chrono::minutes(15));
  EXPECT_FALSE(Run().ok());
  EXPECT_FALSE(Record().proof);
  EXPECT_EQ(Record().error, "no answer");
  source_.error.reset();
  clock_->Advance(std::chrono::minutes(14));
  EXPECT_TRUE(Run().ok());
  EXPECT_EQ(source_.lists, 0) << "too early";
  clock_->Advance(std::chrono::minutes(1));
  EXPECT_TRUE(Run().ok());
  EXPECT_TRUE(Record().proof);
  EXPECT_EQ(Record().error, "");
}

}  // namespace
}  // namespace trueup::daemon
