#include "connectors/rest/rest_connector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/http/scripted_http.h"
#include "connectors/rest/cursor.h"
#include "connectors/rest/errors.h"
#include "connectors/rest/fake_sky.h"
#include "connectors/rest/listing.h"
#include "connectors/rest/test_rest.h"

namespace trueup::connectors::rest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(Rest, SendsTheseRequestsForTheExampleOfTheReadme) {
  const auto server = std::make_shared<FakeSky>(2);
  server->Put("a", At("2026-01-01T00:00:00Z"));
  server->Put("b", At("2026-01-01T00:00:00Z"));
  server->Put("c", At("2026-01-01T00:00:01Z"));
  const auto connector = Connect(Example(), server);
  std::string cursor;
  EXPECT_THAT(
      PullAll(*connector, "sites", cursor),
      ElementsAre("a@2026-01-01T00:00:00Z", "b@2026-01-01T00:00:00Z", "c@2026-01-01T00:00:01Z"));
  server->Delete("b", At("2026-02-01T00:00:00Z"));
  EXPECT_THAT(
      PullAll(*connector, "sites", cursor),
      ElementsAre("a@2026-01-01T00:00:00Z", "c@2026-01-01T00:00:01Z", "-b@2026-02-01T00:00:00Z"));
  PullAll(*connector, "sites", cursor);
  EXPECT_EQ(*connector->Count("sites", {}), 2u);
  EXPECT_THAT(connector->ListIds("sites", "", {})->ids, ElementsAre("a", "c"));
  const auto fetched = connector->Fetch("sites", {"a", "gone"}, {});
  ASSERT_EQ(fetched->size(), 1u);
  EXPECT_EQ(fetched->front().row.Find("address.city")->text, "Bern");
  EXPECT_THAT(server->requests(),
              ElementsAre("GET /api/v1/sites?limit=500",
                          "GET /api/v1/sites?limit=500&cursor=0%7C2026-01-01T00%3A00%3A00Z%7Cb",
                          "GET /api/v1/deletions",
                          "GET /api/v1/sites?limit=500&updated_since=2025-12-31T23%3A50%3A01Z",
                          "GET /api/v1/deletions",
                          "GET /api/v1/sites?limit=500&updated_since=2025-12-31T23%3A50%3A01Z",
                          "GET /api/v1/deletions?since=2026-01-31T23%3A50%3A00Z",
                          "GET /api/v1/sites/ids", "GET /api/v1/sites/ids?limit=500",
                          "GET /api/v1/sites/a", "GET /api/v1/sites/gone"));
}

TEST_F(Rest, BeginsAListAgainOnceWhenItsCursorExpired) {
  const auto server = std::make_shared<FakeSky>(2);
  for (const char* id : {"a", "b", "c", "d", "e"}) server->Put(id, At("2026-01-01T00:00:00Z"));
  const auto connector = Connect(Example(), server);
  auto page = connector->Pull("sites", "", {});
  server->Forget();
  page = connector->Pull("sites", page->next_cursor, {});
  ASSERT_TRUE(page.ok()) << page.error().message();
  EXPECT_FALSE(page->gap);
  EXPECT_EQ(page->events.front().ref.id(), "a");
  server->Forget();
  page = connector->Pull("sites", page->next_cursor, {});
  ASSERT_TRUE(page.ok());
  EXPECT_THAT(page->gap.value_or(""), HasSubstr("unknown cursor"));
  EXPECT_EQ(page->next_cursor, "");
}

TEST_F(Rest, FetchesFromTheListWhereThereAreNoSingleRecords) {
  const auto http = std::make_shared<ScriptedHttp>(std::vector<HttpResponse>{
      JsonResponse(200, R"([{"key":1,"n":"x"},{"key":2,"n":"y"}])"), JsonResponse(200, "[]")});
  const auto connector = Connect(
      "{base_url: 'https://x.example/api/', auth: {kind: none}, objects: {site: {path: /sites, "
      "data: "
      "'', id: /key, paging: {kind: page, parameter: p}}}}",
      http);
  const auto fetched = connector->Fetch("site", {"2", "3"}, {});
  ASSERT_TRUE(fetched.ok()) << fetched.error().message();
  ASSERT_EQ(fetched->size(), 1u);
  EXPECT_EQ(fetched->front().ref.text(), "sky/site/2");
  EXPECT_EQ(http->requests()[0].url, "https://x.example/api/sites?p=1");
  EXPECT_EQ(http->requests()[1].url, "https://x.example/api/sites?p=2");
}

TEST_F(Rest, FetchesManyRecordsFromTheListAndNotOneByOne) {
  const auto server = std::make_shared<FakeSky>(500);
  std::vector<std::string> ids;
  for (int i = 0; i < 201; ++i) {
    ids.push_back(std::to_string(1000 + i));
    server->Put(ids.back(), At("2026-01-01T00:00:00Z"));
  }
  const auto connector = Connect(Example(), server);
  EXPECT_EQ(connector->Fetch("sites", ids, {})->size(), 201u);
  EXPECT_THAT(server->requests(), ElementsAre("GET /api/v1/sites?limit=500"));
}

TEST_F(Rest, FailsOnRepliesThatDoNotFitTheSettings) {
  struct Case {
    std::string body;
    std::string expected;
  };
  const Case cases[] = {
      {R"({"rows":[]})", "the reply holds no list at \"/data\""},
      {R"({"data":[{"name":"x"}]})", "a row has no id at \"/id\": {\"name\":\"x\"}"},
      {R"({"data":[{"id":"1","updated_at":"soon"}]})",
       "a row has no ISO 8601 time at \"/updated_at\": \"soon\""},
  };
  for (const Case& c : cases) {
    const auto connector = Connect(
        Example(),
        std::make_shared<ScriptedHttp>(std::vector<HttpResponse>{JsonResponse(200, c.body)}));
    const auto page = connector->Pull("sites", "", {});
    ASSERT_FALSE(page.ok()) << c.body;
    EXPECT_EQ(page.error().kind(), ErrorKind::kInvalid);
    EXPECT_EQ(page.error().message(), "sky: sites: pull: " + c.expected);
  }
}

TEST_F(Rest, SaysThatAPathIsWrong) {
  const auto connector =
      Connect(Example(),
              std::make_shared<ScriptedHttp>(std::vector<HttpResponse>{JsonResponse(404, "{}")}));
  const auto page = connector->Pull("sites", "", {});
  ASSERT_FALSE(page.ok());
  EXPECT_EQ(page.error().kind(), ErrorKind::kInvalid);
  EXPECT_THAT(page.error().message(), HasSubstr("404"));
}

struct PagingCase {
  std::string name;
  PagingSettings paging;
  std::string page;
  std::string link;
  std::string body;
  std::string next;  // "end", or "error"
  std::string url;   // of the next page
};

TEST(RestPaging, FindsTheNextPage) {
  const PagingSettings cursor{PagingKind::kCursor, "c", "/meta/next", 1};
  const PagingSettings page{PagingKind::kPage, "p", "", 1};
  const PagingSettings offset{PagingKind::kOffset, "o", "", 1};
  const PagingSettings link{PagingKind::kLinkHeader, "", "", 1};
  const PagingSettings url{PagingKind::kNextUrl, "", "/next", 1};
  const std::string base = "https://x.example/a?q=1";
  const PagingCase cases[] = {
      {"none", {}, "", "", R"({"data":[1]})", "end", ""},
      {"cursor", cursor, "", "", R"({"meta":{"next":"a b"}})", "a b", base + "&c=a%20b"},
      {"cursor as number", cursor, "", "", R"({"meta":{"next":7}})", "7", base + "&c=7"},
      {"cursor null", cursor, "x", "", R"({"meta":{"next":null}})", "end", ""},
      {"cursor missing", cursor, "x", "", "{}", "end", ""},
      {"cursor repeats", cursor, "x", "", R"({"meta":{"next":"x"}})", "error", ""},
      {"page", page, "", "", R"({"data":[1]})", "2", base + "&p=2"},
      {"short page goes on", page, "9", "", R"({"data":[1]})", "10", base + "&p=10"},
      {"empty page ends", page, "2", "", R"({"data":[]})", "end", ""},
      {"offset", offset, "4", "", R"({"data":[1,2]})", "6", base + "&o=6"},
      {"link", link, "",
       "<https://x.example/p1>; rel=\"prev\", <https://x.example/a?x=1,2>; title=\"a\"; "
       "rel=\"next\"",
       "{}", "https://x.example/a?x=1,2", "https://x.example/a?x=1,2"},
      {"link ends", link, "", "<https://x.example/p1>; rel=\"first\"", "{}", "end", ""},
      {"url", url, "", "", R"({"next":"/a?n=2"})", "/a?n=2", "https://x.example/a?n=2"},
      {"url elsewhere", url, "", "", R"({"next":"https://evil.example/a"})",
       "https://evil.example/a", "error"},
      {"url without tls", url, "", "", R"({"next":"http://x.example/a"})", "http://x.example/a",
       "error"},
  };
  for (const PagingCase& c : cases) {
    const Listing listing{"https://x.example/a", {{"q", "1"}}, c.paging, "/data"};
    HttpHeaders headers;
    if (!c.link.empty()) headers.Add("Link", c.link);
    const auto body = JsonDocument::Parse(c.body);
    const auto next = NextPage(listing, c.page, headers, body->root());
    const std::string got = !next.ok() ? "error" : next->value_or("end");
    EXPECT_EQ(got, c.next) << c.name;
    if (c.url.empty()) continue;
    const auto next_url = PageUrl(listing, got);
    EXPECT_EQ(next_url.ok() ? *next_url : "error", c.url) << c.name;
  }
}

TEST(RestErrors, SaysWhatCommonErrorBodiesSay) {
  for (const char* body : {R"({"message":"why"})", R"({"error":"why"})", R"({"detail":"why"})",
                           R"({"error":{"message":"why"}})", R"({"errors":[{"detail":"why"}]})"}) {
    const auto parsed = JsonDocument::Parse(body);
    const Verdict verdict = JudgeReply(400, {}, parsed->root());
    EXPECT_EQ(verdict.kind, ErrorKind::kInvalid);
    EXPECT_THAT(verdict.text, HasSubstr("why"));
  }
  EXPECT_EQ(JudgeReply(404, {}, {}).kind, ErrorKind::kRejected);
  EXPECT_EQ(JudgeReply(410, {}, {}).kind, ErrorKind::kRejected);
  EXPECT_EQ(JudgeReply(304, {}, {}).action, Verdict::Action::kAccept);
  EXPECT_EQ(JudgeReply(429, {}, {}).action, Verdict::Action::kRetry);
}

TEST(RestCursor, ComesBackFromItsText) {
  Cursor cursor;
  cursor.phase = Cursor::Phase::kDeletions;
  cursor.page = "a\"b";
  cursor.restarted = true;
  cursor.mark = At("2026-01-01T00:00:00.25Z");
  cursor.etag = "W/\"1\"";
  cursor.etag_of = "ab";
  cursor.known = IdSketch(10);
  cursor.known->Add("a");
  cursor.listed = IdSketch(10);
  EXPECT_EQ(Cursor::FromJson(cursor.ToJson())->ToJson(), cursor.ToJson());
  for (const char* text : {"", "{}", R"({"phase":"x"})", R"({"phase":"idle","mark":"soon"})",
                           R"({"phase":"idle","known":"zz"})", R"({"phase":"ids","listed":7})"}) {
    EXPECT_FALSE(Cursor::FromJson(text)) << text;
  }
}

}  // namespace
}  // namespace trueup::connectors::rest
