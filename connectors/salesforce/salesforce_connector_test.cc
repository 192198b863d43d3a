#include "connectors/salesforce/salesforce_connector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "connectors/http/scripted_http.h"
#include "connectors/salesforce/auth.h"
#include "connectors/salesforce/cursor.h"
#include "connectors/salesforce/fake_salesforce.h"
#include "connectors/salesforce/soql.h"

namespace trueup::connectors::salesforce {
namespace {

SalesforceSettings TestSettings() {
  SalesforceSettings settings;
  settings.login_url = "https://login.example";
  settings.auth.client_id = "key";
  settings.auth.client_secret = config::Secret("s3cret&");
  settings.objects = {{"Account", {}}};
  return settings;
}

// What every connector promises is in tests/contract; here is what only Salesforce has.
class SalesforceConnectorTest : public testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 20; ++i) {
      const Instant stamp = ParseInstant("2026-01-01T00:00:00Z")->at + std::chrono::hours(i);
      server_->Put(
          {LongId("001D000001000" + std::to_string(10 + i)), SoqlInstant(stamp), "A", false, ""});
    }
    connector_ = MakeConnector({"sf", TestSettings(), server_, clock_, [] { return 0.5; }});
  }

  void UseRestOnly(MappedFields mapped = std::nullopt) {
    SalesforceSettings settings = TestSettings();
    settings.bulk.from_rows = 0;
    connector_ =
        MakeConnector({"sf", settings, server_, clock_, [] { return 0.5; }, std::move(mapped)});
  }
  // A daemon whose mapping reads these fields; by REST only.
  void MapOnly(std::set<std::string> fields) {
    std::map<std::string, std::set<std::string>> mapped;
    mapped["Account"] = std::move(fields);
    UseRestOnly(std::move(mapped));
  }

  std::set<std::string> PullAll(std::string cursor) {
    std::set<std::string> ids;
    for (bool done = false; !done;) {
      auto page = connector_->Pull("Account", cursor, {});
      EXPECT_TRUE(page.ok()) << page.error().message();
      if (!page.ok()) return ids;
      EXPECT_EQ(page->gap, std::nullopt);
      for (const ChangeEvent& event : page->events) ids.insert(event.ref.text());
      done = page->done;
      cursor_ = cursor = page->next_cursor;
    }
    return ids;
  }

  std::shared_ptr<ManualClock> clock_ =
      std::make_shared<ManualClock>(ParseInstant("2026-06-01T00:00:00Z")->at);
  std::shared_ptr<FakeSalesforce> server_ = std::make_shared<FakeSalesforce>(8);
  std::unique_ptr<Connector> connector_;
  std::string cursor_;  // behind the last page
};

TEST_F(SalesforceConnectorTest, LeavesOutAnOptionalObjectThatTheUserMayNotRead) {
  SalesforceSettings settings = TestSettings();
  settings.objects["AccountHistory"].optional = true;
  connector_ = MakeConnector({"sf", settings, server_, clock_, [] { return 0.5; }});
  const auto described = connector_->Describe({});
  ASSERT_TRUE(described.ok()) << described.error().message();
  ASSERT_EQ(described->size(), 1U);
  EXPECT_EQ(described->front().name, "Account");
  const size_t calls = server_->calls().size();
  const auto page = connector_->Pull("AccountHistory", "where it stood", {});
  ASSERT_TRUE(page.ok()) << page.error().message();
  EXPECT_TRUE(page->done);
  EXPECT_EQ(page->next_cursor, "where it stood");
  EXPECT_EQ(server_->calls().size(), calls) << "it is known";
  clock_->Advance(settings.describe_every);
  EXPECT_TRUE(connector_->Pull("AccountHistory", "", {}).ok());
  EXPECT_EQ(server_->calls().size(), calls + 1) << "it is looked at again";
  EXPECT_FALSE(connector_->Count("AccountHistory", {}).ok()) << "nobody says that it has no rows";

  settings.objects["AccountHistory"].optional = false;
  connector_ = MakeConnector({"sf", settings, server_, clock_, [] { return 0.5; }});
  EXPECT_FALSE(connector_->Describe({}).ok());
}

TEST_F(SalesforceConnectorTest, AsksOneQueryForManyPages) {
  EXPECT_EQ(PullAll("").size(), 20U);
  EXPECT_THAT(server_->queries(),
              testing::ElementsAre("SELECT COUNT() FROM Account WHERE SystemModstamp <= "
                                   "2026-05-31T23:59:00.000Z",
                                   "SELECT Id,Name,CreatedDate,LastModifiedDate,IsDeleted,"
                                   "SystemModstamp,MasterRecordId FROM Account WHERE "
                                   "SystemModstamp <= 2026-05-31T23:59:00.000Z ORDER BY "
                                   "SystemModstamp, Id"));
}

TEST_F(SalesforceConnectorTest, BeginsTheNextPullALookbackBeforeTheNewestRow) {
  PullAll("");
  PullAll(cursor_);
  EXPECT_THAT(server_->queries().back(),
              testing::HasSubstr("SystemModstamp >= 2026-01-01T18:50:00.000Z AND"));
}

// What README.md says a pull costs.
TEST_F(SalesforceConnectorTest, MakesOneCallAPageAndNoOtherBetweenTheLooksAtFieldsAndDeletions) {
  UseRestOnly();
  const auto calls_of = [this](std::string cursor) {
    const size_t before = server_->calls().size();
    PullAll(std::move(cursor));
    return server_->calls().size() - before;
  };
  constexpr size_t kPages = 3;  // of 8 rows, for 20
  EXPECT_EQ(calls_of(""), 1 + kPages + 1) << "describe, pages, deletions";
  EXPECT_EQ(calls_of(cursor_), 1U) << "nothing has changed";
  for (int i = 0; i < 20; ++i) {
    server_->Put({LongId("001D000002000" + std::to_string(10 + i)), "2026-06-01T00:02:00.000Z", "A",
                  false, ""});
  }
  clock_->Advance(std::chrono::minutes(10));
  EXPECT_EQ(calls_of(cursor_), kPages);
  clock_->Advance(std::chrono::minutes(5));
  EXPECT_EQ(calls_of(cursor_), kPages + 1) << "deletions; and the lookback reads all pages again";
  clock_->Advance(std::chrono::minutes(45));
  EXPECT_EQ(calls_of(cursor_), 1 + kPages + 1) << "describe, deletions";
  EXPECT_EQ(calls_of(cursor_), kPages);
}

TEST_F(SalesforceConnectorTest, CountsByMonthOfCreationWithOneCall) {
  PullAll("");
  const size_t calls = server_->calls().size();
  const std::vector<Instant> bounds = {ParseInstant("2025-01-01T00:00:00Z")->at,
                                       ParseInstant("2026-01-01T00:00:00Z")->at,
                                       ParseInstant("2026-05-05T05:05:05Z")->at};
  const auto counts = connector_->CountCreated("Account", bounds, {});
  ASSERT_TRUE(counts.ok()) << counts.error().message();
  EXPECT_EQ(*counts, (std::vector<uint64_t>{0, 20, 0}));
  EXPECT_EQ(server_->calls().size(), calls + 1);
  EXPECT_EQ(server_->queries().back(),
            "SELECT CALENDAR_YEAR(CreatedDate) y, CALENDAR_MONTH(CreatedDate) m, COUNT(Id) n FROM "
            "Account WHERE IsDeleted = false AND CreatedDate < 2026-05-05T05:05:05.000Z GROUP BY "
            "CALENDAR_YEAR(CreatedDate), CALENDAR_MONTH(CreatedDate)");
}

TEST_F(SalesforceConnectorTest, HalvesAQueryThatTakesTooLong) {
  UseRestOnly();
  server_->TimeOutQueriesOver(5);
  EXPECT_EQ(PullAll("").size(), 20U);
  const auto cursor = Cursor::FromText(cursor_);
  ASSERT_TRUE(cursor.ok());
  EXPECT_EQ(cursor->mark, ParseInstant("2026-01-01T19:00:00Z")->at);
}

TEST_F(SalesforceConnectorTest, HalvesTheRestOfAQueryWhoseNextPageTakesTooLong) {
  UseRestOnly();
  const auto first = connector_->Pull("Account", "", {});
  ASSERT_TRUE(first.ok());
  server_->TimeOutPages(1);
  EXPECT_EQ(PullAll(first->next_cursor).size(), 12U);
  const auto queries = server_->queries();
  ASSERT_EQ(queries.size(), 3U);
  // From the last row, of 07:00 on the first day, to half of what is left to the last minute.
  EXPECT_THAT(queries[1], testing::HasSubstr("SystemModstamp >= 2026-01-01T07:00:00.000Z AND "
                                             "SystemModstamp <= 2026-03-17T15:29:30.000Z AND"));
  EXPECT_THAT(queries[2], testing::HasSubstr("SystemModstamp >= 2026-03-17T15:29:30.000Z AND "
                                             "SystemModstamp <= 2026-05-31T23:59:00.000Z ORDER"));
}

TEST_F(SalesforceConnectorTest, GoesOnFromTheLastRowWhereTheLocatorIsForgotten) {
  UseRestOnly();
  const auto first = connector_->Pull("Account", "", {});
  ASSERT_TRUE(first.ok());
  ASSERT_EQ(first->events.size(), 8U);
  server_->ForgetLocators();
  const std::set<std::string> rest = PullAll(first->next_cursor);
  EXPECT_EQ(rest.size(), 12U);
  for (const ChangeEvent& event : first->events) EXPECT_EQ(rest.count(event.ref.text()), 0U);
  EXPECT_EQ(server_->queries().size(), 2U) << "the restart asks once, not page by page";
}

TEST_F(SalesforceConnectorTest, GivesUpOnAQueryThatStaysTooLong) {
  UseRestOnly();
  for (int i = 0; i < 9; ++i) {
    server_->Put({LongId("001D000002000" + std::to_string(10 + i)), "2026-02-01T00:00:00.000Z", "A",
                  false, ""});
  }
  server_->TimeOutQueriesOver(5);
  std::string cursor;
  for (int i = 0; i < 100; ++i) {
    const auto page = connector_->Pull("Account", cursor, {});
    if (!page.ok()) {
      EXPECT_EQ(page.error().kind(), ErrorKind::kTransient);
      EXPECT_THAT(page.error().message(), testing::HasSubstr("QUERY_TIMEOUT"));
      return;
    }
    ASSERT_FALSE(page->done);
    cursor = page->next_cursor;
  }
  FAIL() << "no end";
}

TEST_F(SalesforceConnectorTest, SaysThatAQueryIsTooLongWhereNoJobMayHelp) {
  UseRestOnly();
  ASSERT_TRUE(connector_->Describe({}).ok());
  server_->RefuseLongQueries(60);
  const auto page = connector_->Pull("Account", "", {});
  ASSERT_FALSE(page.ok());
  EXPECT_EQ(page.error().kind(), ErrorKind::kInvalid);
  EXPECT_THAT(page.error().message(), testing::HasSubstr("too long for the server (414); list"));
}

// That it is no gap, PullAll sees to.
TEST_F(SalesforceConnectorTest, ReadsEverythingAgainForANewFieldThatAMappingReads) {
  MapOnly({"Name", "New__c"});
  PullAll("");
  server_->AddField("New__c");
  EXPECT_EQ(PullAll(cursor_).size(), 1U) << "the describe is young";
  clock_->Advance(std::chrono::hours(1));
  EXPECT_EQ(PullAll(cursor_).size(), 20U);
  EXPECT_THAT(server_->queries().back(), testing::HasSubstr(",New__c FROM Account WHERE System"));
  EXPECT_EQ(PullAll(cursor_).size(), 1U) << "once";
}

TEST_F(SalesforceConnectorTest, ReadsNothingAgainForAFieldThatNoMappingReadsUntilOneDoes) {
  MapOnly({"Name"});
  PullAll("");
  server_->AddField("New__c");
  server_->RemoveField("LastModifiedDate");
  clock_->Advance(std::chrono::hours(1));
  EXPECT_EQ(PullAll(cursor_).size(), 1U);
  EXPECT_THAT(server_->queries().back(),
              testing::HasSubstr("SELECT Id,Name,CreatedDate,IsDeleted,SystemModstamp,"
                                 "MasterRecordId,New__c FROM"));
  MapOnly({"Name", "New__c"});
  EXPECT_EQ(PullAll(cursor_).size(), 20U);
}

TEST_F(SalesforceConnectorTest, GoesOnWithoutAFieldThatGoesInTheMiddleOfAPull) {
  MapOnly({"Name"});
  const auto first = connector_->Pull("Account", "", {});
  ASSERT_TRUE(first.ok());
  ASSERT_EQ(first->events.size(), 8U);
  server_->RemoveField("LastModifiedDate");
  server_->ForgetLocators();
  EXPECT_EQ(PullAll(first->next_cursor).size(), 12U);
}

TEST_F(SalesforceConnectorTest, ReadsEverythingAgainWithoutAFieldThatAMappingReads) {
  MapOnly({"Name"});
  PullAll("");
  server_->RemoveField("Name");
  EXPECT_EQ(PullAll(cursor_).size(), 20U);
  EXPECT_THAT(server_->queries().back(), testing::HasSubstr("SELECT Id,CreatedDate,"));
}

TEST_F(SalesforceConnectorTest, DeliversAMergeWithItsWinner) {
  PullAll("");
  const std::string loser = LongId("001D00000100010");
  const std::string winner = LongId("001D00000100011");
  server_->Put({loser, "2026-01-02T00:00:00.000Z", "A", true, winner});
  const auto page = connector_->Pull("Account", cursor_, {});
  ASSERT_TRUE(page.ok());
  const ChangeEvent& event = page->events.back();
  EXPECT_TRUE(event.deleted);
  EXPECT_EQ(event.merged_into.text(), "sf/Account/" + winner);
}

TEST_F(SalesforceConnectorTest, KnowsTheAllowanceFromTheStart) {
  server_->Allow(100, 100);
  server_->Use(81);
  const auto described = connector_->Describe({});
  ASSERT_FALSE(described.ok());
  EXPECT_THAT(server_->calls(), testing::ElementsAre("GET limits"));
  const ApiUsage usage = connector_->Usage();
  EXPECT_EQ(usage.allowed, 100);
  EXPECT_EQ(usage.own, 1);
  EXPECT_EQ(usage.own_allowed, 25);
}

TEST_F(SalesforceConnectorTest, EndsEarlyWhereTheBudgetIsUsedUpAndGoesOnFromItsCursor) {
  UseRestOnly();
  server_->Allow(100, 100);
  ASSERT_TRUE(connector_->Describe({}).ok());
  server_->Use(78);
  std::set<std::string> early;
  std::string cursor;
  for (int pages = 0; pages < 2; ++pages) {
    const auto page = connector_->Pull("Account", cursor, {});
    ASSERT_TRUE(page.ok()) << page.error().message();
    for (const ChangeEvent& event : page->events) early.insert(event.ref.text());
    cursor = page->next_cursor;
  }
  const size_t calls = server_->calls().size();
  const auto paused = connector_->Pull("Account", cursor, {});
  ASSERT_FALSE(paused.ok());
  EXPECT_EQ(paused.error().kind(), ErrorKind::kTransient);
  EXPECT_EQ(paused.error().message(),
            "sf: Account: reading changes: paused for the API budget: 80 of 100 calls a day are "
            "used by everybody (api_budget.total)");
  EXPECT_FALSE(connector_->Count("Account", {}).ok()) << "the budget is one for all calls";
  EXPECT_EQ(server_->calls().size(), calls) << "nothing was sent";

  server_->Use(10);
  clock_->Advance(std::chrono::minutes(15));
  const std::set<std::string> rest = PullAll(cursor);
  EXPECT_EQ(early.size(), 16U);
  EXPECT_EQ(rest.size(), 4U) << "it went on where it stopped";
  early.insert(rest.begin(), rest.end());
  EXPECT_EQ(early.size(), 20U);
}

TEST_F(SalesforceConnectorTest, SignsInAgainWhenTheSessionEnds) {
  PullAll("");
  server_->ExpireTokens();
  EXPECT_TRUE(connector_->Count("Account", {}).ok());
  EXPECT_EQ(server_->sign_ins(), 2);
}

TEST_F(SalesforceConnectorTest, NamesSystemObjectAndWorkInItsErrors) {
  const auto page = connector_->Pull("Acount", "", {});
  ASSERT_FALSE(page.ok());
  EXPECT_EQ(page.error().message(), "sf: Acount: reading changes: the config names no such object");
}

TEST(TokenRequest, IsAFormWithTheCredentials) {
  const auto request = TokenRequest(TestSettings(), FromMicros(0));
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->url, "https://login.example/services/oauth2/token");
  EXPECT_EQ(request->body, "grant_type=client_credentials&client_id=key&client_secret=s3cret%26");
}

TEST(TokenRequest, IsDeniedForGoodWhereTheServerRefusesIt) {
  SalesforceSettings settings = TestSettings();
  settings.auth.client_secret = config::Secret("wrong");
  auto server = std::make_shared<FakeSalesforce>(8);
  const auto connector = MakeConnector(
      {"sf", settings, server, std::make_shared<ManualClock>(FromMicros(0)), [] { return 0.5; }});
  const auto described = connector->Describe({});
  ASSERT_FALSE(described.ok());
  EXPECT_EQ(described.error().kind(), ErrorKind::kDenied);
  EXPECT_THAT(described.error().message(), testing::HasSubstr("invalid_client"));
  EXPECT_THAT(described.error().message(), testing::Not(testing::HasSubstr("wrong")));
}

}  // namespace
}  // namespace trueup::connectors::salesforce
