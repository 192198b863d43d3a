#include "connectors/netsuite/netsuite_connector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/http/encoding.h"
#include "connectors/http/scripted_http.h"
#include "connectors/netsuite/auth.h"
#include "connectors/netsuite/cursor.h"
#include "connectors/netsuite/fake_netsuite.h"
#include "connectors/netsuite/suite_api.h"

namespace trueup::connectors::netsuite {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

NetsuiteSettings TestSettings() {
  NetsuiteSettings settings;
  settings.account = "1234567_SB1";
  settings.auth.client_id = "client";
  settings.auth.certificate_id = "certificate";
  settings.auth.private_key = config::Secret(kTestKey);
  settings.auth.algorithm = JwtAlgorithm::kEs256;
  settings.page_size = 3;
  ObjectSettings customer;
  customer.columns = {"companyname", "terms"};
  customer.display = {"terms"};
  settings.objects["customer"] = customer;
  return settings;
}

class Netsuite : public testing::Test {
 protected:
  std::unique_ptr<Connector> Connect(NetsuiteSettings settings) {
    return MakeConnector({"erp", std::move(settings), server_, clock_, [] { return 0.5; }});
  }

  // Pulls to the end; gives "id@modified" or "-id@modified" per event.
  std::vector<std::string> PullAll(Connector& connector, const std::string& object,
                                   std::string& cursor) {
    std::vector<std::string> events;
    for (int pages = 0; pages < 100; ++pages) {
      const auto page = connector.Pull(object, cursor, {});
      EXPECT_TRUE(page.ok()) << page.error().message();
      if (!page.ok()) return events;
      for (const ChangeEvent& event : page->events) {
        events.push_back((event.deleted ? "-" : "") + std::string(event.ref.id()) + "@" +
                         FormatInstant(event.modified));
        if (!event.deleted) last_row_ = event.row;
      }
      cursor = page->next_cursor;
      if (page->done) return events;
    }
    ADD_FAILURE() << "no end";
    return events;
  }

  std::shared_ptr<FakeNetsuite> server_ = std::make_shared<FakeNetsuite>("America/Los_Angeles");
  std::shared_ptr<ManualClock> clock_ =
      std::make_shared<ManualClock>(ParseInstant("2026-12-01T08:00:00Z")->at);
  Row last_row_;
};

TEST_F(Netsuite, SendsTheseQueries) {
  server_->Put(7, {"2026-01-31 09:00:00", {{"companyname", "Acme"}, {"terms", "2"}}});
  const auto connector = Connect(TestSettings());
  std::string cursor;
  EXPECT_THAT(PullAll(*connector, "customer", cursor), ElementsAre("7@2026-01-31T17:00:00Z"));
  EXPECT_EQ(last_row_.Find("lastmodifieddate")->text, "2026-01-31T17:00:00Z");
  EXPECT_EQ(last_row_.Find("terms")->kind, FieldKind::kText);
  EXPECT_FALSE(last_row_.Find("links"));
  const std::string select =
      "SELECT t.id AS id, TO_CHAR(t.lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') AS "
      "lastmodifieddate, TO_CHAR(t.datecreated, 'YYYY-MM-DD HH24:MI:SS') AS datecreated, "
      "t.companyname AS companyname, t.terms AS terms, TO_CHAR(t.custentity_golive, "
      "'YYYY-MM-DD') AS custentity_golive, BUILTIN.DF(t.terms) AS terms_display, a.addr1 AS "
      "billing_addr1, a.city AS billing_city, a.country AS billing_country, a.state AS "
      "billing_state, a.zip AS billing_zip FROM customer t LEFT JOIN "
      "customeraddressbookentityaddress a ON a.nkey = t.defaultbillingaddress";
  const std::string time = "TO_TIMESTAMP(?, 'YYYY-MM-DD HH24:MI:SS')";
  const std::string order =
      " ORDER BY t.lastmodifieddate, t.id, a.addr1, a.city, a.country, a.state, a.zip";
  EXPECT_THAT(server_->queries(),
              ElementsAre("SELECT SESSIONTIMEZONE AS timezone FROM DUAL",
                          "SELECT TO_CHAR(MAX(t.lastmodifieddate), 'YYYY-MM-DD HH24:MI:SS') AS "
                          "stamp FROM customer t",
                          select + " WHERE t.lastmodifieddate <= " + time + order +
                              " | 2026-12-01 00:00:00",
                          "SELECT t.recordid AS id, TO_CHAR(t.deleteddate, 'YYYY-MM-DD "
                          "HH24:MI:SS') AS stamp FROM deletedrecord t WHERE t.type = ? AND "
                          "t.deleteddate >= " +
                              time +
                              " ORDER BY t.deleteddate, t.recordid"
                              " | customer | 2026-01-31 07:00:00"));
}

TEST_F(Netsuite, GoesOnBehindTheLastRowAndLooksBackTwoHours) {
  for (int id = 1; id <= 4; ++id) server_->Put(id, {"2026-01-31 09:00:00", {}});
  const auto connector = Connect(TestSettings());
  std::string cursor;
  EXPECT_EQ(PullAll(*connector, "customer", cursor).size(), 4u);
  EXPECT_THAT(server_->queries()[3],
              HasSubstr("WHERE t.lastmodifieddate >= TO_TIMESTAMP(?, 'YYYY-MM-DD HH24:MI:SS') AND "
                        "(t.lastmodifieddate > TO_TIMESTAMP(?, 'YYYY-MM-DD HH24:MI:SS') OR "
                        "t.id > ?) AND t.lastmodifieddate <= "));
  EXPECT_THAT(server_->queries()[3],
              HasSubstr(" | 2026-01-31 09:00:00 | 2026-01-31 09:00:00 | 3 | "));
  server_->Put(9, {"2026-01-31 08:00:00", {}});
  EXPECT_THAT(PullAll(*connector, "customer", cursor), testing::Contains("9@2026-01-31T16:00:00Z"));
}

// What README.md says a pull costs.
TEST_F(Netsuite, MakesOneCallAPageBesidesThoseThatTheReadmeNames) {
  const auto put = [this](int first, int last) {
    for (int id = first; id <= last; ++id) {
      server_->Put(id, {"2026-01-" + std::to_string(10 + id) + " 09:00:00", {}});
    }
  };
  const auto connector = Connect(TestSettings());
  std::string cursor;
  const auto calls = [&] {
    const size_t before = server_->queries().size();
    PullAll(*connector, "customer", cursor);
    return server_->queries().size() - before;
  };
  put(1, 7);
  EXPECT_EQ(calls(), 2u + 3u + 1u) << "zone and newest stamp, pages of 3 rows, deletions";
  EXPECT_EQ(calls(), 1u + 1u) << "nothing has changed";
  put(8, 11);
  EXPECT_EQ(calls(), 2u + 1u);
  clock_->Advance(std::chrono::minutes(10));
  EXPECT_EQ(calls(), 1u + 1u + 1u) << "the zone again";
}

TEST_F(Netsuite, CountsByTimeOfCreationWithOneCall) {
  server_->Put(1, {"2026-01-31 09:00:00", {{"datecreated", "2025-12-31 15:59:59"}}});
  server_->Put(2, {"2026-01-31 09:00:00", {{"datecreated", "2025-12-31 16:00:00"}}});
  server_->Put(3, {"2026-01-31 09:00:00", {}});
  const auto connector = Connect(TestSettings());
  const std::vector<Instant> bounds = {ParseInstant("2026-01-01T00:00:00Z")->at,
                                       ParseInstant("2026-07-01T07:00:00Z")->at};
  const auto counts = connector->CountCreated("customer", bounds, {});
  ASSERT_TRUE(counts.ok()) << counts.error().message();
  EXPECT_EQ(*counts, (std::vector<uint64_t>{1, 1}));
  const std::string before =
      "COUNT(CASE WHEN t.datecreated < TO_TIMESTAMP(?, 'YYYY-MM-DD HH24:MI:SS') THEN 1 END) AS ";
  EXPECT_THAT(server_->queries(),
              ElementsAre("SELECT SESSIONTIMEZONE AS timezone FROM DUAL",
                          "SELECT " + before + "n0, " + before + "n1 FROM customer t" +
                              " | 2025-12-31 16:00:00 | 2026-07-01 00:00:00"));
}

TEST_F(Netsuite, WhereTheAccountLacksTheTimeOfCreationItCannotCountByIt) {
  server_->Lack("datecreated");
  const auto connector = Connect(TestSettings());
  std::string cursor;
  PullAll(*connector, "customer", cursor);
  const auto counts = connector->CountCreated("customer", {clock_->Now()}, {});
  ASSERT_TRUE(counts.ok()) << counts.error().message();
  EXPECT_FALSE(*counts);
}

TEST_F(Netsuite, ReadsTheRepeatedHourWhole) {
  // Autumn 2026: 01:00-02:00 comes twice on 1 November. More rows than a page, with ids against the
  // order of time.
  std::vector<std::string> expected;
  for (int i = 0; i < 10; ++i) {
    server_->Put(100 - i, {"2026-11-01 01:" + std::to_string(10 + i) + ":00", {}});
  }
  server_->Put(1, {"2026-11-01 00:30:00", {}});
  server_->Put(2, {"2026-11-01 02:30:00", {}});
  const auto connector = Connect(TestSettings());
  std::string cursor;
  const auto events = PullAll(*connector, "customer", cursor);
  const std::set<std::string> distinct(events.begin(), events.end());
  EXPECT_EQ(distinct.size(), 12u);
  EXPECT_THAT(distinct, testing::Contains("91@2026-11-01T08:19:00Z"));
  EXPECT_EQ(Cursor::FromJson(cursor)->mark, "2026-11-01 02:30:00");
}

TEST_F(Netsuite, LosesNoRowAtTheRowLimitWhetherItRefusesOrCutsOff) {
  for (const auto form : {FakeNetsuite::WallForm::kRefuses, FakeNetsuite::WallForm::kCutsOff}) {
    server_ = std::make_shared<FakeNetsuite>("UTC");
    // Most rows share one stamp. A page that is cut off has fewer rows than it asked for.
    for (int id = 1; id <= 20; ++id) server_->Put(id, {"2026-01-31 09:00:00", {}});
    server_->Put(21, {"2026-02-01 09:00:00", {}});
    server_->Wall(form == FakeNetsuite::WallForm::kRefuses ? 5 : 2, form);
    const auto connector = Connect(TestSettings());
    std::string cursor;
    const auto events = PullAll(*connector, "customer", cursor);
    EXPECT_EQ(std::set<std::string>(events.begin(), events.end()).size(), 21u);
    std::string next;
    std::set<std::string> listed;
    do {
      const auto page = connector->ListIds("customer", next, {});
      ASSERT_TRUE(page.ok()) << page.error().message();
      listed.insert(page->ids.begin(), page->ids.end());
      next = page->next;
    } while (!next.empty());
    EXPECT_EQ(listed.size(), 21u);
  }
}

TEST_F(Netsuite, AsksOnceOnlyForMoreRowsThanTheAccountAllows) {
  for (int id = 1; id <= 9; ++id) server_->Put(id, {"2026-01-31 09:00:00", {}});
  server_->Wall(5, FakeNetsuite::WallForm::kRefuses);
  std::string cursor;
  EXPECT_EQ(PullAll(*Connect(TestSettings()), "customer", cursor).size(), 9u);
  const auto sent = server_->queries();
  // Zone, newest stamp, the refused page, 4 pages of rows (the last is empty), deletions.
  EXPECT_EQ(sent.size(), 2u + 1u + 4u + 1u);
  EXPECT_THAT(sent[2], Not(HasSubstr("ROWNUM")));
  EXPECT_THAT(sent[3], testing::StartsWith("SELECT * FROM (SELECT t.id AS id, "));
  EXPECT_THAT(sent[3], HasSubstr(", a.zip) WHERE ROWNUM <= 3"));
}

TEST_F(Netsuite, DropsColumnsThatTheAccountLacks) {
  server_->Put(7, {"2026-01-31 09:00:00", {{"companyname", "Acme"}}});
  server_->Lack("terms");
  server_->Lack("zip");
  const auto connector = Connect(TestSettings());
  std::string cursor;
  EXPECT_EQ(PullAll(*connector, "customer", cursor).size(), 1u);
  EXPECT_THAT(server_->queries().back(), Not(HasSubstr("t.terms")));
  const auto described = connector->Describe({});
  ASSERT_TRUE(described.ok()) << described.error().message();
  for (const FieldInfo& field : described->front().fields) {
    EXPECT_NE(field.name, "billing_zip");
    EXPECT_NE(field.name, "terms_display");
  }
}

TEST_F(Netsuite, DropsNoColumnForAnErrorThatOnlyQuotesIt) {
  const ObjectSettings object = CompleteObject("customer", TestSettings().objects["customer"]);
  const SuiteQueries queries(object);
  const std::set<std::string> address = {"a.addr1", "a.city", "a.country", "a.state", "a.zip"};
  const std::pair<std::string, std::set<std::string>> cases[] = {
      {"Field 'terms' for record 'customer' was not found. Reason: NOT_EXPOSED - Field is marked "
       "as internal",
       {"terms"}},
      {"Field 'zip' for record 'customeraddressbookentityaddress' was not found. Reason: "
       "NOT_EXISTING",
       {"a.zip"}},
      {"Unknown identifier 'terms'. Available identifiers are: {customer=[companyname]}",
       {"terms"}},
      {R"(ORA-00904: "A"."CITY": invalid identifier)", {"a.city"}},
      {"Record 'customeraddressbookentityaddress' was not found.", address},
      {"Field 'defaultbillingaddress' for record 'customer' was not found.", address},
      {"Field 'lastmodifieddate' for record 'customer' was not found.", {}},
      {"Invalid value '2026' for field 'terms'.", {}},
      {"An unexpected error occurred while reading 'companyname'. Error ID: 1", {}},
      {"Your role has no permission for 'customeraddressbookentityaddress'", {}},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(queries.NamedIn(text), expected) << text;
}

TEST_F(Netsuite, ReadsAllRowsAgainWhereAColumnWentOrCame) {
  server_->Put(7, {"2026-01-31 09:00:00", {{"companyname", "Acme"}}});
  server_->Lack("zip");
  auto connector = Connect(TestSettings());
  std::string cursor;
  EXPECT_EQ(PullAll(*connector, "customer", cursor).size(), 1u) << "lacked from the first row on";
  EXPECT_EQ(PullAll(*connector, "customer", cursor).size(), 1u);
  server_->Lack("terms");
  const auto went = connector->Pull("customer", cursor, {});
  ASSERT_TRUE(went.ok()) << went.error().message();
  EXPECT_EQ(went->gap,
            "column terms is there no more, or the role may not see it; column terms_display is "
            "there no more, or the role may not see it");
  EXPECT_EQ(went->next_cursor, "");
  cursor.clear();
  EXPECT_EQ(PullAll(*connector, "customer", cursor).size(), 1u);
  // A column that came is asked for by the next process.
  server_->Lack("");
  connector = Connect(TestSettings());
  const auto came = connector->Pull("customer", cursor, {});
  ASSERT_TRUE(came.ok()) << came.error().message();
  EXPECT_THAT(came->gap.value_or(""),
              HasSubstr("column billing_zip has come, and the rows that were pulled lack it"));
}

TEST_F(Netsuite, FailsWhereTheStampItselfIsMissing) {
  server_->Lack("lastmodifieddate");
  const auto page = Connect(TestSettings())->Pull("customer", "", {});
  ASSERT_FALSE(page.ok());
  EXPECT_EQ(page.error().kind(), ErrorKind::kInvalid);
  EXPECT_THAT(page.error().message(), HasSubstr("erp: customer: pull: "));
}

TEST_F(Netsuite, ReadsTablesWithoutStampsWholeAndSeesWhatVanished) {
  NetsuiteSettings settings = TestSettings();
  settings.objects = {{"term", {}}};
  for (int id = 1; id <= 5; ++id) server_->Put(id, {"", {{"name", "Net " + std::to_string(id)}}});
  const auto connector = Connect(settings);
  std::string cursor;
  EXPECT_EQ(PullAll(*connector, "term", cursor).size(), 5u);
  server_->Delete(2, "2026-01-31 09:00:00");
  EXPECT_THAT(
      PullAll(*connector, "term", cursor),
      ElementsAre("1@1970-01-01T00:00:00Z", "3@1970-01-01T00:00:00Z", "4@1970-01-01T00:00:00Z",
                  "5@1970-01-01T00:00:00Z", "-2@1970-01-01T00:00:00Z"));
}

TEST_F(Netsuite, StartsOverWhenTheSessionsZoneChanged) {
  server_->Put(7, {"2026-01-31 09:00:00", {}});
  std::string cursor;
  PullAll(*Connect(TestSettings()), "customer", cursor);
  server_ = std::make_shared<FakeNetsuite>("UTC");
  const auto page = Connect(TestSettings())->Pull("customer", cursor, {});
  ASSERT_TRUE(page.ok()) << page.error().message();
  EXPECT_EQ(page->gap, "the session's time zone changed from America/Los_Angeles to UTC");
  EXPECT_EQ(page->next_cursor, "");
}

TEST_F(Netsuite, RefusesAZoneThatNobodyKnows) {
  server_ = std::make_shared<FakeNetsuite>("Mars/Base");
  const auto page = Connect(TestSettings())->Pull("customer", "", {});
  ASSERT_FALSE(page.ok());
  EXPECT_THAT(page.error().message(), HasSubstr("set the integration user's to UTC"));
}

TEST_F(Netsuite, FoldsRowsThatAJoinRepeats) {
  const auto http = std::make_shared<ScriptedHttp>(
      std::vector<HttpResponse>{JsonResponse(200, R"({"access_token":"t","expires_in":3600})"),
                                JsonResponse(200, R"({"items":[{"timezone":"UTC"}]})"),
                                JsonResponse(200, R"({"items":[{"stamp":"2026-01-01 00:00:00"}]})"),
                                JsonResponse(200, R"({"items":[
          {"id":"1","lastmodifieddate":"2026-01-01 00:00:00","billing_city":"Bern"},
          {"id":"1","lastmodifieddate":"2026-01-01 00:00:00","billing_city":"Basel"}]})")});
  const auto connector = MakeConnector({"erp", TestSettings(), http, clock_, [] { return 0.5; }});
  const auto page = connector->Pull("customer", "", {});
  ASSERT_TRUE(page.ok()) << page.error().message();
  EXPECT_EQ(page->received, 2u);
  ASSERT_EQ(page->events.size(), 1u);
  EXPECT_EQ(page->events[0].row.Find("billing_city")->text, "Bern");
}

TEST_F(Netsuite, AsksForLessAtOnceWhereTheAccountRefusesMore) {
  const auto http = std::make_shared<ScriptedHttp>(std::vector<HttpResponse>{
      JsonResponse(200, R"({"access_token":"t","expires_in":3600})"),
      JsonResponse(429, R"({"o:errorDetails":[{"o:errorCode":"CONCURRENCY_LIMIT_EXCEEDED"}]})"),
      JsonResponse(200, R"({"items":[]})")});
  const auto turns = std::make_shared<Turns>(4);
  SuiteApi api(
      TestSettings(), http, clock_, [] { return 0.5; }, turns);
  const auto page = api.Run(SessionTimeZone(), 1, {});
  ASSERT_TRUE(page.ok()) << page.error().message();
  EXPECT_EQ(turns->allowed(), 2);
}

TEST_F(Netsuite, SystemsOfOneAccountShareItsTurns) {
  Shared shared;
  NetsuiteSettings settings = TestSettings();
  settings.concurrency = 4;
  const auto turns = TurnsOf(settings, shared);
  settings.concurrency = 3;
  settings.account = "1234567-sb1";
  EXPECT_EQ(TurnsOf(settings, shared), turns);
  EXPECT_EQ(turns->allowed(), 3) << "the smaller number";
  settings.account = "1234567";
  EXPECT_NE(TurnsOf(settings, shared), turns) << "another account than its sandbox";
}

TEST_F(Netsuite, AsksForATokenWithASignedAssertion) {
  const auto request = TokenRequest(TestSettings(), clock_->Now());
  ASSERT_TRUE(request.ok()) << request.error().message();
  EXPECT_EQ(request->url,
            "https://1234567-sb1.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token");
  const std::string prefix =
      "grant_type=client_credentials&client_assertion_type="
      "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=";
  ASSERT_TRUE(request->body.starts_with(prefix));
  EXPECT_THAT(request->body,
              HasSubstr(Base64Url(R"({"iss":"client","scope":["rest_webservices"],"aud":")" +
                                  request->url + R"(","iat":1796112000,"exp":1796113800})")));
}

TEST_F(Netsuite, ReadsTheLifeOfATokenAsNumberOrText) {
  for (const char* life : {"3600", "\"3600\""}) {
    const auto body =
        JsonDocument::Parse(R"({"access_token":"x","expires_in":)" + std::string(life) + "}");
    EXPECT_EQ(ReadToken(body->root(), clock_->Now())->expires,
              clock_->Now() + std::chrono::hours(1));
  }
}

TEST_F(Netsuite, SignsEveryAttemptAnewWithTokens) {
  NetsuiteSettings settings = TestSettings();
  settings.auth.flow = Flow::kTba;
  settings.auth.consumer_key = "ck";
  settings.auth.consumer_secret = config::Secret("cs");
  settings.auth.token_id = "tk";
  settings.auth.token_secret = config::Secret("ts");
  const auto http = std::make_shared<ScriptedHttp>(std::vector<HttpResponse>{
      JsonResponse(401, R"({"o:errorDetails":[{"detail":"no","o:errorCode":"INVALID_LOGIN"}]})"),
      JsonResponse(200, R"({"items":[{"n":"12"}]})")});
  const auto connector = MakeConnector({"erp", settings, http, clock_, [] { return 0.5; }});
  EXPECT_EQ(*connector->Count("customer", {}), 12u);
  const auto requests = http->requests();
  ASSERT_EQ(requests.size(), 2u);
  const auto first = *requests[0].headers.Find("Authorization");
  EXPECT_TRUE(first.starts_with("OAuth realm=\"1234567_SB1\"")) << first;
  EXPECT_NE(first, *requests[1].headers.Find("Authorization"));
}

}  // namespace
}  // namespace trueup::connectors::netsuite
