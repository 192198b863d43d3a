#include "connectors/salesforce/bulk_pull.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "connectors/salesforce/fake_salesforce.h"
#include "connectors/salesforce/salesforce_connector.h"

namespace trueup::connectors::salesforce {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// What the contract says is in tests/contract, which runs by Bulk as well; here is how jobs end.
class BulkPullTest : public testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 20; ++i) {
      const Instant stamp = ParseInstant("2026-01-01T00:00:00Z")->at + std::chrono::hours(i);
      server_->Put({LongId("001D000001000" + std::to_string(10 + i)), SoqlInstant(stamp),
                    "A " + std::to_string(i), false, ""});
    }
    settings_.login_url = "https://login.example";
    settings_.auth.client_id = "key";
    settings_.auth.client_secret = config::Secret("s3cret&");
    settings_.objects = {{"Account", {}}};
    settings_.bulk.from_rows = 10;
    Restart();
  }

  void Restart() {
    connector_ = MakeConnector({"sf", settings_, server_, clock_, [] { return 0.5; }});
  }

  Page Pull(const std::string& cursor) {
    auto page = connector_->Pull("Account", cursor, {});
    EXPECT_TRUE(page.ok()) << page.error().message();
    if (page.ok()) return *std::move(page);
    Page end;
    end.done = true;
    return end;
  }

  // Pulls to the end; each record once, with its content.
  std::map<std::string, Hash128> PullAll(std::string cursor) {
    std::map<std::string, Hash128> found;
    for (int pages = 0; pages < 1'000; ++pages) {
      const Page page = Pull(cursor);
      for (const ChangeEvent& event : page.events) found[event.ref.text()] = event.ContentHash();
      cursor_ = cursor = page.next_cursor;
      if (page.done) return found;
      if (page.wait) clock_->Advance(*page.wait);
    }
    ADD_FAILURE() << "no end";
    return found;
  }

  // Pulls until the job is complete and its first page is delivered; the cursor behind it.
  std::string PullFirstRows() {
    std::string cursor;
    for (int pages = 0; pages < 10; ++pages) {
      const Page page = Pull(cursor);
      cursor = page.next_cursor;
      if (!page.events.empty()) return cursor;
    }
    ADD_FAILURE() << "no rows";
    return cursor;
  }

  SalesforceSettings settings_;
  std::shared_ptr<ManualClock> clock_ =
      std::make_shared<ManualClock>(ParseInstant("2026-06-01T00:00:00Z")->at);
  std::shared_ptr<FakeSalesforce> server_ = std::make_shared<FakeSalesforce>(8);
  std::unique_ptr<Connector> connector_;
  std::string cursor_;  // behind the last page
};

TEST_F(BulkPullTest, ASnapshotOfManyRowsGoesByOneUnorderedJob) {
  EXPECT_THAT(PullAll(""), SizeIs(20));
  EXPECT_THAT(server_->queries(), ElementsAre("SELECT COUNT() FROM Account WHERE SystemModstamp <= "
                                              "2026-05-31T23:59:00.000Z"));
  EXPECT_THAT(server_->jobs(),
              ElementsAre("75000000000: SELECT Id,Name,CreatedDate,LastModifiedDate,IsDeleted,"
                          "SystemModstamp,MasterRecordId FROM Account WHERE SystemModstamp <= "
                          "2026-05-31T23:59:00.000Z"));
}

TEST_F(BulkPullTest, RestDoesWhatTheShareOfTheDaysJobsDoesNot) {
  server_->Allow(1000, 4);  // of which a quarter is ours
  ASSERT_TRUE(connector_->Describe({}).ok());
  EXPECT_THAT(PullAll(""), SizeIs(20));
  EXPECT_THAT(PullAll(""), SizeIs(20));
  EXPECT_THAT(server_->jobs(), SizeIs(1));
}

TEST_F(BulkPullTest, RowsAreThoseOfRest) {
  server_->Put({LongId("001D00000100011"), "2026-01-01T00:00:00.250Z", "a \"b\"", true, "001X"});
  const auto by_bulk = PullAll("");
  EXPECT_THAT(server_->queries(), SizeIs(1)) << "only the count goes by REST";
  settings_.bulk.from_rows = 0;
  Restart();
  EXPECT_EQ(PullAll(""), by_bulk);
  EXPECT_THAT(server_->jobs(), SizeIs(1));
}

TEST_F(BulkPullTest, ACountThatTakesTooLongIsOneOfManyRows) {
  server_->TimeOutQueriesOver(5);
  EXPECT_THAT(PullAll(""), SizeIs(20));
  EXPECT_THAT(server_->queries(), SizeIs(1));
  EXPECT_THAT(server_->jobs(), SizeIs(1));
}

TEST_F(BulkPullTest, FewRowsGoByRest) {
  settings_.bulk.from_rows = 21;
  Restart();
  EXPECT_THAT(PullAll(""), SizeIs(20));
  EXPECT_THAT(server_->jobs(), IsEmpty());
}

TEST_F(BulkPullTest, AnIncrementIsCountedByItsFirstReply) {
  PullAll("");
  const size_t before = server_->queries().size();
  EXPECT_THAT(PullAll(cursor_), SizeIs(1));
  EXPECT_EQ(server_->queries().size(), before + 1);
  EXPECT_THAT(server_->jobs(), SizeIs(1));
  for (int i = 0; i < 10; ++i) {
    server_->Put({LongId("001D000002000" + std::to_string(10 + i)), "2026-02-01T00:00:00.000Z", "B",
                  false, ""});
  }
  EXPECT_THAT(PullAll(cursor_), SizeIs(11));
  EXPECT_THAT(server_->jobs(), SizeIs(2));
  EXPECT_THAT(server_->jobs().back(), HasSubstr("SystemModstamp >= 2026-01-01T18:50:00.000Z AND"));
  // The mark is that of the newest row, though the job gave it first.
  EXPECT_EQ(Cursor::FromText(cursor_)->mark, ParseInstant("2026-02-01T00:00:00Z")->at);
}

TEST_F(BulkPullTest, HandsTheJobOutAndLeavesTheWaitingToTheCaller) {
  server_->EndJobs(1'000, "JobComplete", 0);
  const Page made = Pull("");
  EXPECT_THAT(made.events, IsEmpty());
  EXPECT_FALSE(made.done);
  EXPECT_EQ(made.wait, std::chrono::milliseconds(200));
  EXPECT_EQ(Cursor::FromText(made.next_cursor)->query->job->id, "75000000000");
  EXPECT_THAT(server_->calls(), Each(Not("GET jobs/query/75000000000")));
  // Each call is one look, and the older the job, the longer the wait for the next one.
  for (const auto& [age, wait] : {std::pair{0, 200}, {10'000, 2'000}, {1'000'000, 15'000}}) {
    clock_->Advance(std::chrono::milliseconds(age));
    const size_t before = server_->calls().size();
    const Page looked = Pull(made.next_cursor);
    EXPECT_THAT(looked.events, IsEmpty());
    EXPECT_EQ(looked.next_cursor, made.next_cursor);
    EXPECT_EQ(looked.wait, std::chrono::milliseconds(wait));
    EXPECT_EQ(server_->calls().size(), before + 1);
  }
}

TEST_F(BulkPullTest, ARestartGoesOnWithTheSameJobFromTheSameRow) {
  std::string cursor = PullFirstRows();
  Restart();
  EXPECT_THAT(PullAll(cursor), SizeIs(12));
  EXPECT_THAT(server_->jobs(), SizeIs(1));
}

TEST_F(BulkPullTest, GivesALongPageInPartsAndGoesOnInItsMiddle) {
  server_ = std::make_shared<FakeSalesforce>(100'000);
  for (int i = 0; i < 5'000; ++i) {
    server_->Put({LongId("001D00000" + std::to_string(100'000 + i)), "2026-01-01T00:00:00.000Z",
                  "A", false, ""});
  }
  Restart();
  const std::string cursor = PullFirstRows();
  EXPECT_EQ(Cursor::FromText(cursor)->query->job->skip, 2'000U);
  const auto pages = [&] {
    const auto calls = server_->calls();
    return std::count(calls.begin(), calls.end(), "GET jobs/query/75000000000/results");
  };
  const Page second = Pull(cursor);
  EXPECT_THAT(second.events, SizeIs(2'000));
  EXPECT_EQ(pages(), 1) << "the page is asked for once";
  Restart();
  EXPECT_THAT(PullAll(second.next_cursor), SizeIs(1'000));
  EXPECT_EQ(pages(), 2);
}

TEST_F(BulkPullTest, AJobThatIsGoneIsMadeAnewFromTheStretchsStart) {
  const std::string cursor = PullFirstRows();
  Restart();
  server_->ForgetLocators();
  EXPECT_THAT(PullAll(cursor), SizeIs(20));
  EXPECT_THAT(server_->jobs(), SizeIs(2));
}

TEST_F(BulkPullTest, AnExpiredLocatorReadsTheResultAgain) {
  const std::string cursor = PullFirstRows();
  server_->ExpireJobLocators();
  EXPECT_THAT(PullAll(cursor), SizeIs(20));
  EXPECT_THAT(server_->jobs(), SizeIs(1));
}

TEST_F(BulkPullTest, AnAbortedJobIsMadeAnew) {
  server_->EndJobs(1, "Aborted", 1);
  EXPECT_THAT(PullAll(""), SizeIs(20));
  EXPECT_THAT(server_->jobs(), SizeIs(2));
}

TEST_F(BulkPullTest, AFailedJobIsHalved) {
  server_->EndJobs(1, "Failed", 1);
  EXPECT_THAT(PullAll(""), SizeIs(20));
  ASSERT_THAT(server_->jobs(), SizeIs(3));
  EXPECT_THAT(server_->jobs()[1], HasSubstr("SystemModstamp <= 2012-"));
  EXPECT_THAT(server_->jobs()[2], HasSubstr("SystemModstamp <= 2026-05-31T23:59:00.000Z"));
}

TEST_F(BulkPullTest, AfterThreeLostJobsRestDoesIt) {
  server_->EndJobs(1, "Failed", 1'000);
  EXPECT_THAT(PullAll(""), SizeIs(20));
  EXPECT_THAT(server_->jobs(), SizeIs(3));
  EXPECT_THAT(server_->queries(), Contains(HasSubstr("ORDER BY SystemModstamp, Id")));
}

TEST_F(BulkPullTest, RestDoesItWhereTheServerMakesNoJob) {
  server_->RefuseJobs();
  EXPECT_THAT(PullAll(""), SizeIs(20));
  EXPECT_THAT(server_->calls(), Contains("POST jobs/query").Times(1));
}

TEST_F(BulkPullTest, AJobThatTakesTooLongIsAbortedAndLost) {
  settings_.bulk.job_limit = std::chrono::minutes(10);
  Restart();
  server_->EndJobs(1'000'000, "JobComplete", 0);
  EXPECT_THAT(PullAll(""), SizeIs(20));
  EXPECT_THAT(server_->calls(), Contains("PATCH jobs/query/75000000000"));
  EXPECT_THAT(server_->jobs(), SizeIs(3));
}

TEST_F(BulkPullTest, AResultThatLacksRowsIsNoResult) {
  server_->CutResults(3);
  EXPECT_THAT(PullAll(""), SizeIs(20));
  EXPECT_THAT(server_->queries(), Contains(HasSubstr("ORDER BY SystemModstamp, Id")));
}

TEST_F(BulkPullTest, ReadsPagesWithAndWithoutAHeader) {
  server_->HideHeaders();
  EXPECT_THAT(PullAll(""), SizeIs(20));
  EXPECT_THAT(server_->jobs(), SizeIs(1));
}

TEST_F(BulkPullTest, ManyPagesComeAtOnceAndInOrder) {
  settings_.bulk.page_rows = 8;
  server_->ListPages();
  for (int i = 0; i < 80; ++i) {
    server_->Put({LongId("001D000003000" + std::to_string(10 + i)), "2026-02-01T00:00:00.000Z", "B",
                  false, ""});
  }
  Restart();
  EXPECT_THAT(PullAll(""), SizeIs(100));
  const auto calls = server_->calls();
  EXPECT_EQ(std::count(calls.begin(), calls.end(), "GET jobs/query/75000000000/results"), 13);
  // The list of 13 pages has three at a time.
  EXPECT_EQ(std::count(calls.begin(), calls.end(), "GET jobs/query/75000000000/resultPages"), 5);
}

TEST_F(BulkPullTest, ARestartFindsItsPageOnTheList) {
  settings_.bulk.page_rows = 8;
  server_->ListPages();
  Restart();
  std::string cursor = PullFirstRows();
  EXPECT_EQ(Cursor::FromText(cursor)->query->job->locator, "L8");
  Restart();
  EXPECT_THAT(PullAll(cursor), SizeIs(12));
  EXPECT_THAT(server_->jobs(), SizeIs(1));
}

TEST_F(BulkPullTest, GoesOnFromPageToPageWhereTheListLacksIt) {
  settings_.bulk.page_rows = 5;
  Restart();
  const std::string cursor = PullFirstRows();
  EXPECT_EQ(Cursor::FromText(cursor)->query->job->locator, "L5");
  server_->ListPages();
  Restart();
  EXPECT_THAT(PullAll(cursor), SizeIs(15));
  EXPECT_THAT(server_->jobs(), SizeIs(1));
}

TEST_F(BulkPullTest, AQueryTooLongForAnAddressGoesByBulk) {
  PullAll("");
  server_->RefuseLongQueries(60);
  EXPECT_THAT(PullAll(cursor_), SizeIs(1));
  EXPECT_THAT(server_->jobs(), SizeIs(2));
}

TEST_F(BulkPullTest, SoDoesOneWhoseHeadersAreTooLarge) {
  ASSERT_TRUE(connector_->Describe({}).ok());
  server_->RefuseLongQueries(60, 431);
  EXPECT_THAT(PullAll(""), SizeIs(20));
  EXPECT_THAT(server_->jobs(), SizeIs(1));
}

TEST_F(BulkPullTest, RemovesAJobWhenItsRowsAreStored) {
  std::string cursor = PullFirstRows();
  while (cursor.find("75000000000") != cursor.npos) cursor = Pull(cursor).next_cursor;
  EXPECT_THAT(server_->calls(), Not(Contains("DELETE jobs/query/75000000000")));
  Pull(cursor);
  EXPECT_THAT(server_->calls(), Contains("DELETE jobs/query/75000000000"));
}

TEST_F(BulkPullTest, AbortsAJobWhoseRowsMustBeReadAgain) {
  const Page made = Pull("");
  server_->AddField("New__c");
  ASSERT_TRUE(connector_->Describe({}).ok());
  EXPECT_THAT(PullAll(made.next_cursor), SizeIs(20));
  EXPECT_THAT(server_->calls(), Contains("PATCH jobs/query/75000000000"));
  EXPECT_THAT(server_->jobs(), ElementsAre(HasSubstr("75000000000"), HasSubstr(",New__c FROM")));
}

TEST_F(BulkPullTest, JobsOfOtherClientsLeaveTheRowsToRest) {
  server_->Allow(1'000, 100);
  ASSERT_TRUE(connector_->Describe({}).ok());
  server_->UseJobs(80);
  clock_->Advance(std::chrono::minutes(15));
  EXPECT_THAT(PullAll(""), SizeIs(20));
  EXPECT_THAT(server_->jobs(), IsEmpty());
}

TEST_F(BulkPullTest, FieldsOfOtherObjectsStayWithRest) {
  settings_.objects["Account"].fields = {"all", "Owner.Name"};
  Restart();
  EXPECT_THAT(PullAll(""), SizeIs(20));
  EXPECT_THAT(server_->jobs(), IsEmpty());
}

}  // namespace
}  // namespace trueup::connectors::salesforce
