#include "daemon/count_auditor.h"

#include <gtest/gtest.h>

#include "daemon/testing/audit_fixture.h"

namespace trueup::daemon {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr auto kLongAgo = Instant(hours(1));

class CountAuditorTest : public AuditFixture {
 protected:
  CountAuditorTest() {
    source_.counts_created = true;
    for (const char* id : {"1", "2"}) Hold(Create(id, kLongAgo));
    Hold(Create("3", kStart - hours(1)));
  }

  ChangeEvent& Create(const std::string& id, Instant created) {
    ChangeEvent& event = source_.Put(id, created);
    event.created = created;
    return event;
  }

  // One cycle; whether ids are to be listed.
  bool Run() { return auditor_.Run(source_, "Account", clock_->Now(), std::stop_token()).value(); }
  CountProof Proof() { return auditor_.ProofOf("Account").value(); }

  CountAuditor auditor_{Parts(), minutes(15)};
};

TEST_F(CountAuditorTest, AsksOnceAnInterval) {
  for (int minute = 0; minute < 31; ++minute) {
    EXPECT_FALSE(Run());
    clock_->Advance(minutes(1));
  }
  EXPECT_EQ(source_.counts, 3) << "after 0, 15 and 30 minutes";
  EXPECT_EQ(Proof().as_of, kStart + minutes(30) - kSettling);
  EXPECT_EQ(Proof().counted, 3U);
  EXPECT_EQ(Proof().differing, 0U);
}

TEST_F(CountAuditorTest, WhatDiffersTwiceInARowAsksForAListAndNotAgainForTheSame) {
  source_.rows.erase("3");
  EXPECT_FALSE(Run()) << "a deletion may be on its way";
  EXPECT_EQ(Proof().differing, 1U);
  clock_->Advance(minutes(1));
  EXPECT_TRUE(Run()) << "in the next cycle";
  for (int i = 0; i < 3; ++i) {
    clock_->Advance(minutes(15));
    EXPECT_FALSE(Run()) << "a list did not help";
  }
  source_.rows.erase("2");
  clock_->Advance(minutes(15));
  EXPECT_FALSE(Run());
  EXPECT_TRUE(Run()) << "another difference";
}

TEST_F(CountAuditorTest, WhatIsOnItsWayAsksForNone) {
  Create("4", kLongAgo);
  EXPECT_FALSE(Run());
  Hold(source_.rows.at("4"));
  Create("5", kLongAgo + hours(24 * 40));
  EXPECT_FALSE(Run()) << "another window";
  Hold(source_.rows.at("5"));
  EXPECT_FALSE(Run());
  EXPECT_EQ(Proof().differing, 0U);
}

TEST_F(CountAuditorTest, LeavesOutWhatIsYoung) {
  Create("4", kStart - minutes(9));
  EXPECT_FALSE(Run());
  EXPECT_EQ(Proof().counted, 3U);
  EXPECT_EQ(Proof().differing, 0U);
}

TEST_F(CountAuditorTest, ASourceThatCannotCountSoHasNoProof) {
  source_.counts_created = false;
  EXPECT_FALSE(Run());
  EXPECT_FALSE(auditor_.ProofOf("Account"));
}

TEST_F(CountAuditorTest, LeavesThePullingItsHalfOfTheBudget) {
  source_.usage.own = 50;
  source_.usage.own_allowed = 100;
  EXPECT_FALSE(Run());
  EXPECT_EQ(source_.counts, 0);
}

TEST_F(CountAuditorTest, ASourceThatFailsIsAskedAgainAnIntervalLater) {
  source_.error = Error(ErrorKind::kTransient, "no answer");
  EXPECT_FALSE(auditor_.Run(source_, "Account", clock_->Now(), std::stop_token()).ok());
  source_.error.reset();
  EXPECT_FALSE(Run());
  EXPECT_EQ(source_.counts, 0);
  clock_->Advance(minutes(15));
  EXPECT_FALSE(Run());
  EXPECT_EQ(source_.counts, 1);
}

}  // namespace
}  // namespace trueup::daemon
