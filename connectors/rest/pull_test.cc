#include "connectors/rest/pull.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/http/scripted_http.h"
#include "connectors/rest/fake_sky.h"
#include "connectors/rest/test_rest.h"

namespace trueup::connectors::rest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kHead = "base_url: https://x.example\nauth: {kind: bearer, token: {env: T}}\n";
// Rows as they change, and ids.
const std::string kByIds =
    kHead +
    "objects: {sites: {path: /api/v1/sites, modified: /updated_at, updated_since: updated_since, "
    "paging: {kind: cursor, parameter: cursor, pointer: /next_cursor}, "
    "ids: {path: /api/v1/sites/ids}, fetch: '/api/v1/sites/{id}'}}\n"
    "deletions: {by: ids, differences: 10}\n";
// One list that is read whole.
const std::string kWhole =
    kHead +
    "objects: {sites: {path: /api/v1/sites, modified: /updated_at, etag: true, "
    "paging: {kind: cursor, parameter: cursor, pointer: /next_cursor}}}\n";

class RestPull : public Rest {
 protected:
  static std::shared_ptr<FakeSky> Sky(size_t page_cap) {
    auto sky = std::make_shared<FakeSky>(page_cap);
    for (const char* id : {"a", "b", "c"}) sky->Put(id, At("2026-01-01T00:00:00Z"));
    return sky;
  }
};

TEST_F(RestPull, TellsAnIdThatIsListedNoMoreAsDeleted) {
  const auto sky = Sky(2);
  std::string cursor;
  EXPECT_THAT(PullAll(*Connect(kByIds, sky), "sites", cursor), SizeIs(3));
  sky->Delete("b", At("2026-02-01T00:00:00Z"));
  sky->Put("d", At("2026-03-01T00:00:00Z"));
  // Each page may be the last before a restart.
  EXPECT_THAT(PullAll(*Connect(kByIds, sky), "sites", cursor),
              ElementsAre("a@2026-01-01T00:00:00Z", "c@2026-01-01T00:00:00Z",
                          "d@2026-03-01T00:00:00Z", "-b@2026-03-01T00:00:00Z"));
  EXPECT_THAT(PullAll(*Connect(kByIds, sky), "sites", cursor),
              ElementsAre("d@2026-03-01T00:00:00Z"));
}

TEST_F(RestPull, RepeatsADeletionThatWasNotAcknowledged) {
  const auto sky = Sky(10);
  const auto connector = Connect(kByIds, sky);
  std::string cursor;
  PullAll(*connector, "sites", cursor);
  sky->Delete("b", At("2026-02-01T00:00:00Z"));
  for (int times = 0; times < 2; ++times) {
    std::string from = cursor;
    EXPECT_THAT(PullAll(*connector, "sites", from), testing::Contains("-b@2026-01-01T00:00:00Z"));
  }
}

TEST_F(RestPull, DoesNotBelieveAListOfIdsThatMissedARow) {
  const auto sky = Sky(10);
  const auto connector = Connect(kByIds, sky);
  std::string cursor;
  PullAll(*connector, "sites", cursor);
  sky->HideOnce("b");
  for (int pulls = 0; pulls < 2; ++pulls) {
    EXPECT_THAT(PullAll(*connector, "sites", cursor),
                testing::Each(testing::Not(testing::StartsWith("-"))));
  }
  sky->Delete("b", At("2026-02-01T00:00:00Z"));
  EXPECT_THAT(PullAll(*connector, "sites", cursor), testing::Contains("-b@2026-01-01T00:00:00Z"));
}

TEST_F(RestPull, ReportsAGapWhereTooManyIdsWent) {
  const auto sky = std::make_shared<FakeSky>(1'000);
  for (int i = 0; i < 500; ++i) sky->Put("s" + std::to_string(i), At("2026-01-01T00:00:00Z"));
  const auto connector = Connect(kByIds, sky);
  std::string cursor;
  PullAll(*connector, "sites", cursor);
  for (int i = 0; i < 300; ++i) sky->Delete("s" + std::to_string(i), At("2026-02-01T00:00:00Z"));
  auto page = connector->Pull("sites", cursor, {});
  page = connector->Pull("sites", page->next_cursor, {});
  ASSERT_TRUE(page.ok()) << page.error().message();
  EXPECT_THAT(page->gap.value_or(""), HasSubstr("deletions.differences: 10"));
  EXPECT_FALSE(page->done);
  cursor = page->next_cursor;
  EXPECT_THAT(PullAll(*connector, "sites", cursor), SizeIs(200));
  sky->Delete("s499", At("2026-03-01T00:00:00Z"));
  EXPECT_THAT(PullAll(*connector, "sites", cursor),
              testing::Contains("-s499@2026-01-01T00:00:00Z"));
}

TEST_F(RestPull, KeepsItsCursorSmallHoweverManyIdsThereAre) {
  const auto sky = std::make_shared<FakeSky>(100'000);
  for (int i = 0; i < 20'000; ++i) sky->Put("s" + std::to_string(i), At("2026-01-01T00:00:00Z"));
  std::string cursor;
  PullAll(*Connect(kByIds, sky), "sites", cursor);
  EXPECT_LT(cursor.size(), 5'000u);
}

TEST_F(RestPull, BelievesThatAListDidNotChange) {
  const auto sky = Sky(10);
  sky->GiveETags();
  const auto connector = Connect(kWhole, sky);
  std::string cursor;
  EXPECT_THAT(PullAll(*connector, "sites", cursor), SizeIs(3));
  EXPECT_THAT(PullAll(*Connect(kWhole, sky), "sites", cursor), IsEmpty());
  EXPECT_THAT(PullAll(*connector, "sites", cursor), IsEmpty());
  sky->Put("d", At("2026-02-01T00:00:00Z"));
  EXPECT_THAT(PullAll(*connector, "sites", cursor), SizeIs(4));
}

TEST_F(RestPull, AsksForAListThatItHasToldTheIdsOfOnlyOnce) {
  const std::string settings = kWhole + "deletions: {by: ids}\n";
  const auto sky = Sky(10);
  sky->GiveETags();
  std::string cursor;
  // An ETag from before the ids were wanted does not keep them away.
  PullAll(*Connect(kWhole, sky), "sites", cursor);
  EXPECT_THAT(PullAll(*Connect(settings, sky), "sites", cursor), SizeIs(3));
  EXPECT_THAT(PullAll(*Connect(settings, sky), "sites", cursor), IsEmpty());
  const size_t before = sky->requests().size();
  sky->Delete("b", At("2026-02-01T00:00:00Z"));
  EXPECT_THAT(
      PullAll(*Connect(settings, sky), "sites", cursor),
      ElementsAre("a@2026-01-01T00:00:00Z", "c@2026-01-01T00:00:00Z", "-b@2026-01-01T00:00:00Z"));
  EXPECT_EQ(sky->requests().size(), before + 2);  // the list, and a second look for b
}

TEST_F(RestPull, KeepsNoETagOfOnePageOfSeveral) {
  const auto http = std::make_shared<ScriptedHttp>([](const HttpRequest& request) {
    EXPECT_FALSE(request.headers.Find("If-None-Match"));
    const bool first = request.url.find("cursor=") == std::string::npos;
    HttpResponse response = JsonResponse(200, first ? R"({"data":[{"id":1}],"next_cursor":"x"})"
                                                    : R"({"data":[{"id":2}],"next_cursor":null})");
    response.headers.Add("ETag", "\"all\"");
    return response;
  });
  const auto connector = Connect(kWhole, http);
  std::string cursor;
  EXPECT_THAT(PullAll(*connector, "sites", cursor), SizeIs(2));
  EXPECT_THAT(PullAll(*connector, "sites", cursor), SizeIs(2));
}

TEST_F(RestPull, RefusesAnAnswerOfNothingNewThatWasNotAskedFor) {
  const auto connector = Connect(
      kWhole, std::make_shared<ScriptedHttp>(std::vector<HttpResponse>{HttpResponse{304, {}, ""}}));
  const auto page = connector->Pull("sites", "", {});
  ASSERT_FALSE(page.ok());
  EXPECT_EQ(page.error().kind(), ErrorKind::kInvalid);
}

TEST_F(RestPull, SpacesItsRequests) {
  const auto sky = Sky(1);
  const auto connector = Connect(kWhole + "rate_limit: {requests: 2, per: 1m}\n", sky);
  const Instant start = clock_->Now();
  std::string cursor;
  PullAll(*connector, "sites", cursor);
  EXPECT_EQ(sky->requests().size(), 3u);
  EXPECT_EQ(clock_->Now() - start, std::chrono::seconds(60));
}

}  // namespace
}  // namespace trueup::connectors::rest
