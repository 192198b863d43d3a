#include "connectors/salesforce/deletion_pull.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/salesforce/fake_salesforce.h"
#include "connectors/salesforce/salesforce_connector.h"

namespace trueup::connectors::salesforce {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// Through the connector: deletions are the last step of a pull.
class DeletionPullTest : public testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 5; ++i) server_->Put({IdOf(i), "2026-05-01T00:00:00.000Z", "A", false, ""});
    settings_.login_url = "https://login.example";
    settings_.auth.client_id = "key";
    settings_.auth.client_secret = config::Secret("s3cret&");
    settings_.objects = {{"Account", {}}};
    connector_ = MakeConnector({"sf", settings_, server_, clock_, [] { return 0.5; }});
    Pull();
  }

  static std::string IdOf(int i) { return LongId("001D000001000" + std::to_string(10 + i)); }

  // To its end; the reason of a gap, where there is one.
  std::string Pull() {
    events_.clear();
    for (bool done = false; !done;) {
      auto page = connector_->Pull("Account", cursor_, {});
      EXPECT_TRUE(page.ok()) << page.error().message();
      if (!page.ok()) return "error";
      for (ChangeEvent& event : page->events) events_.push_back(std::move(event));
      cursor_ = page->next_cursor;
      done = page->done;
      if (page->gap) return *page->gap;
    }
    return "";
  }
  std::string PullAfter(std::chrono::minutes duration) {
    clock_->Advance(duration);
    return Pull();
  }

  std::vector<std::string> Deleted() const {
    std::vector<std::string> ids;
    for (const ChangeEvent& event : events_) {
      if (event.deleted) ids.emplace_back(event.ref.id());
    }
    return ids;
  }

  std::shared_ptr<ManualClock> clock_ =
      std::make_shared<ManualClock>(ParseInstant("2026-06-01T00:00:30Z")->at);
  std::shared_ptr<FakeSalesforce> server_ = std::make_shared<FakeSalesforce>(8);
  SalesforceSettings settings_;
  std::unique_ptr<Connector> connector_;
  std::string cursor_;
  std::vector<ChangeEvent> events_;
};

TEST_F(DeletionPullTest, FindsWhatNoQueryShowsAnyMore) {
  server_->Purge(IdOf(1), "2026-06-01T00:05:07.000Z");
  ASSERT_EQ(PullAfter(std::chrono::minutes(20)), "");
  ASSERT_THAT(Deleted(), ElementsAre(IdOf(1)));
  EXPECT_EQ(events_.back().modified, ParseInstant("2026-06-01T00:05:07Z")->at);
  EXPECT_EQ(events_.back().ref.text(), "sf/Account/" + IdOf(1));
  ASSERT_EQ(PullAfter(std::chrono::minutes(20)), "");
  EXPECT_THAT(Deleted(), IsEmpty()) << "once";
}

TEST_F(DeletionPullTest, FindsWhatWasPurgedWhileTheFirstPullWent) {
  server_->Purge(IdOf(1), "2026-05-31T23:58:00.000Z");
  cursor_.clear();
  ASSERT_EQ(Pull(), "");
  EXPECT_THAT(Deleted(), ElementsAre(IdOf(1)));
}

TEST_F(DeletionPullTest, LooksManyUpInAddressesThatAnyServerTakes) {
  constexpr size_t kMany = 1000;
  constexpr size_t kUsualLimit = 8000;
  for (size_t i = 0; i < kMany; ++i) {
    server_->Purge(LongId("001D0000020" + std::to_string(1000 + i)), "2026-06-01T00:05:07.000Z");
  }
  server_->RefuseLongQueries(kUsualLimit);
  ASSERT_EQ(PullAfter(std::chrono::minutes(20)), "");
  EXPECT_THAT(Deleted(), SizeIs(kMany));
}

TEST_F(DeletionPullTest, LeavesWhatTheBinStillHoldsToTheQuery) {
  server_->Put({IdOf(1), "2026-06-01T00:05:00.000Z", "A", true, IdOf(2)});
  ASSERT_EQ(PullAfter(std::chrono::minutes(20)), "");
  ASSERT_THAT(Deleted(), ElementsAre(IdOf(1)));
  EXPECT_EQ(events_.back().merged_into.id(), IdOf(2)) << "which getDeleted does not tell";
}

TEST_F(DeletionPullTest, LooksManyUpInAddressesThatEveryServerTakes) {
  server_->RefuseLongQueries(8000);  // what a common server leaves of its 8 KiB
  const auto gone = [](int i) { return "001D0000020" + std::to_string(1000 + i) + "AAA"; };
  std::vector<std::string> ids;
  for (int i = 0; i < 450; ++i) server_->Purge(ids.emplace_back(gone(i)), "2026-06-01T00:05:00Z");
  ASSERT_EQ(PullAfter(std::chrono::minutes(20)), "");
  EXPECT_EQ(Deleted(), ids);
}

TEST_F(DeletionPullTest, GoesOnWhereTheAnswerEnded) {
  server_->HoldDeletionsFrom("2026-06-01T00:04:00.000Z");
  server_->Purge(IdOf(1), "2026-06-01T00:05:00.000Z");
  ASSERT_EQ(PullAfter(std::chrono::minutes(20)), "");
  EXPECT_THAT(Deleted(), IsEmpty());
  server_->HoldDeletionsFrom("9");
  ASSERT_EQ(PullAfter(std::chrono::minutes(20)), "");
  EXPECT_THAT(Deleted(), ElementsAre(IdOf(1)));
}

TEST_F(DeletionPullTest, IsAGapWhereTheLastAnswerIsOlderThanWhatIsKept) {
  server_->ForgetDeletionsBefore("2026-06-02T00:00:00.000Z");
  EXPECT_THAT(
      PullAfter(std::chrono::hours(24 * 16)),
      HasSubstr("deletions are known up to 2026-05-31T23:59:00Z, and those behind it cannot "
                "be asked for any more: INVALID_REPLICATION_DATE"));
  EXPECT_EQ(cursor_, "");
  EXPECT_EQ(Pull(), "") << "the snapshot that follows is none again";
  EXPECT_THAT(events_, SizeIs(5));
}

TEST_F(DeletionPullTest, SayingThatTheyAreNotKeptForNeverMakesASecondGap) {
  server_->ForgetDeletionsBefore("2027-01-01T00:00:00.000Z");
  EXPECT_THAT(PullAfter(std::chrono::hours(1)), HasSubstr("INVALID_REPLICATION_DATE"));
  EXPECT_EQ(Pull(), "");
  EXPECT_EQ(PullAfter(std::chrono::hours(1)), "");
}

TEST_F(DeletionPullTest, AsksForTheSameOnesAgainWhereItWasRefused) {
  server_->RefuseDeletions("INSUFFICIENT_ACCESS");
  server_->Purge(IdOf(1), "2026-06-01T00:05:00.000Z");
  ASSERT_EQ(PullAfter(std::chrono::minutes(20)), "");
  server_->RefuseDeletions("");
  ASSERT_EQ(PullAfter(std::chrono::minutes(20)), "");
  EXPECT_THAT(Deleted(), ElementsAre(IdOf(1)));
}

TEST_F(DeletionPullTest, AreAskedForNowAndThenOnly) {
  const size_t calls = server_->calls().size();
  ASSERT_EQ(PullAfter(std::chrono::minutes(14)), "");
  EXPECT_THAT(server_->calls(), SizeIs(calls + 1));
  ASSERT_EQ(PullAfter(std::chrono::minutes(1)), "");
  EXPECT_THAT(server_->calls(), SizeIs(calls + 3));
  EXPECT_EQ(server_->calls().back(), "GET sobjects/Account/deleted");
}

TEST_F(DeletionPullTest, GoOnAfterARestart) {
  clock_->Advance(std::chrono::minutes(20));
  auto page = connector_->Pull("Account", cursor_, {});
  ASSERT_TRUE(page.ok());
  ASSERT_FALSE(page->done) << "deletions are to come";
  server_->Purge(IdOf(1), "2026-06-01T00:05:00.000Z");
  connector_ = MakeConnector({"sf", settings_, server_, clock_, [] { return 0.5; }});
  cursor_ = page->next_cursor;
  ASSERT_EQ(Pull(), "");
  EXPECT_THAT(Deleted(), ElementsAre(IdOf(1))) << "after a restart";
}

}  // namespace
}  // namespace trueup::connectors::salesforce
