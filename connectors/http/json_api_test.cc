#include "connectors/http/json_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "connectors/http/scripted_http.h"

namespace trueup::connectors {
namespace {

using std::chrono::seconds;
using Action = Verdict::Action;

struct StatusCase {
  const char* name;
  int status;
  bool json;
  Action action;
  ErrorKind kind;
};

class JudgeByStatusTable : public testing::TestWithParam<StatusCase> {};

TEST_P(JudgeByStatusTable, SaysWhatToDo) {
  const Verdict verdict = JudgeByStatus(GetParam().status, GetParam().json, "");
  EXPECT_EQ(verdict.action, GetParam().action);
  if (verdict.action == Action::kAccept) return;
  EXPECT_EQ(verdict.kind, GetParam().kind);
}

INSTANTIATE_TEST_SUITE_P(
    Table, JudgeByStatusTable,
    testing::Values(StatusCase{"Fine", 200, true, Action::kAccept, {}},
                    StatusCase{"WebPage", 200, false, Action::kRetry, ErrorKind::kTransient},
                    StatusCase{"Redirect", 302, false, Action::kFail, ErrorKind::kInvalid},
                    StatusCase{"BadRequest", 400, true, Action::kFail, ErrorKind::kInvalid},
                    StatusCase{"Unauthorized", 401, false, Action::kRenew, ErrorKind::kDenied},
                    StatusCase{"Forbidden", 403, true, Action::kFail, ErrorKind::kDenied},
                    StatusCase{"NotFound", 404, true, Action::kFail, ErrorKind::kInvalid},
                    StatusCase{"Timeout", 408, false, Action::kRetry, ErrorKind::kTransient},
                    StatusCase{"TooLong", 414, false, Action::kFail, ErrorKind::kInvalid},
                    StatusCase{"TooMany", 429, false, Action::kRetry, ErrorKind::kTransient},
                    StatusCase{"HeadersTooLong", 431, false, Action::kFail, ErrorKind::kInvalid},
                    StatusCase{"ServerError", 500, true, Action::kRetry, ErrorKind::kTransient},
                    StatusCase{"Unavailable", 503, false, Action::kRetry, ErrorKind::kTransient}),
    [](const auto& test) { return test.param.name; });

Verdict PlainJudge(int status, const HttpHeaders&, JsonValue body) {
  return JudgeByStatus(status, body.exists(), body["message"].text());
}

class JsonApiTest : public testing::Test {
 protected:
  JsonApi Make(std::shared_ptr<HttpClient> http, std::shared_ptr<Authorizer> authorizer = nullptr) {
    return JsonApi({std::move(http), std::move(authorizer), clock_, [] { return 0.5; },
                    RetryPolicy(), PlainJudge});
  }
  static HttpRequest Request() {
    HttpRequest request;
    request.url = "https://api.example/things?q=secret";
    return request;
  }
  std::shared_ptr<ManualClock> clock_ = std::make_shared<ManualClock>(FromMicros(0));
};

TEST_F(JsonApiTest, TriesAgainAfterPassingTrouble) {
  auto http = std::make_shared<ScriptedHttp>(std::vector<HttpResponse>{
      HtmlResponse(503), HtmlResponse(200), JsonResponse(200, R"({"a":1})")});
  JsonApi api = Make(http);
  const auto reply = api.Call(Request(), {});
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  EXPECT_EQ(reply->body.root()["a"].integer(), 1);
  EXPECT_EQ(api.calls(), 3U);
  EXPECT_EQ(clock_->Now(), FromMicros(750'000));  // half of 0.5 s, half of 1 s
}

TEST_F(JsonApiTest, TakesNotModifiedWithoutABodyWhereItsJudgeDoes) {
  auto http = std::make_shared<ScriptedHttp>(std::vector<HttpResponse>{HttpResponse{304, {}, ""}});
  JsonApi api({http, nullptr, clock_, [] { return 0.5; }, RetryPolicy(),
               [](int, const HttpHeaders&, JsonValue) { return Verdict(); }});
  const auto reply = api.Call(Request(), {});
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  EXPECT_EQ(reply->status, 304);
  EXPECT_TRUE(reply->body.root().is_null());
}

TEST_F(JsonApiTest, GivesUpAfterItsAttemptsAndSaysWhy) {
  auto http = std::make_shared<ScriptedHttp>(
      [](const HttpRequest&) { return Result<HttpResponse>(HtmlResponse(503)); });
  JsonApi api = Make(http);
  const auto reply = api.Call(Request(), {});
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().kind(), ErrorKind::kTransient);
  EXPECT_EQ(reply.error().message(),
            "GET https://api.example/things: answered with status 503 (attempts: 6)");
  EXPECT_EQ(api.calls(), 6U);
}

TEST_F(JsonApiTest, WaitsAsLongAsItIsToldTo) {
  HttpResponse busy = HtmlResponse(429);
  busy.headers.Add("retry-after", "17");
  auto http =
      std::make_shared<ScriptedHttp>(std::vector<HttpResponse>{busy, JsonResponse(200, "{}")});
  ASSERT_TRUE(Make(http).Call(Request(), {}).ok());
  EXPECT_EQ(clock_->Now(), FromMicros(17'000'000));
}

TEST_F(JsonApiTest, HandsALongRetryAfterToTheCaller) {
  HttpResponse busy = HtmlResponse(429);
  busy.headers.Add("Retry-After", "3600");
  const auto reply =
      Make(std::make_shared<ScriptedHttp>(std::vector<HttpResponse>{busy})).Call(Request(), {});
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().retry_after(), seconds(3600));
}

TEST_F(JsonApiTest, RenewsARefusedTokenAndGoesOn) {
  int fetched = 0;
  auto tokens = std::make_shared<TokenSource>(
      [&](std::stop_token) -> Result<Token> {
        return Token{"t" + std::to_string(++fetched), std::nullopt, ""};
      },
      clock_);
  auto http = std::make_shared<ScriptedHttp>([](const HttpRequest& request) {
    const bool known = request.headers.Find("authorization") == "Bearer t2";
    return Result<HttpResponse>(known ? JsonResponse(200, "{}") : JsonResponse(401, ""));
  });
  ASSERT_TRUE(Make(http, std::make_shared<BearerAuthorizer>(tokens)).Call(Request(), {}).ok());
  EXPECT_EQ(fetched, 2);
}

TEST_F(JsonApiTest, IsDeniedWhereNoNewTokenHelps) {
  auto http = std::make_shared<ScriptedHttp>(
      [](const HttpRequest&) { return Result<HttpResponse>(JsonResponse(401, "")); });
  const auto fixed =
      Make(http, std::make_shared<HeaderAuthorizer>("X-Key", "k")).Call(Request(), {});
  ASSERT_FALSE(fixed.ok());
  EXPECT_EQ(fixed.error().kind(), ErrorKind::kDenied);
}

TEST_F(JsonApiTest, StopsWhileItWaits) {
  std::stop_source stop;
  auto http = std::make_shared<ScriptedHttp>([&](const HttpRequest&) {
    stop.request_stop();
    return Result<HttpResponse>(HtmlResponse(503));
  });
  const auto reply = Make(http).Call(Request(), stop.get_token());
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().kind(), ErrorKind::kCancelled);
}

TEST(TokenSource, RenewsOnceForManyThatWereRefused) {
  auto clock = std::make_shared<ManualClock>(FromMicros(0));
  std::atomic<int> fetched = 0;
  TokenSource tokens(
      [&](std::stop_token) -> Result<Token> {
        return Token{"t" + std::to_string(++fetched), std::nullopt, ""};
      },
      clock);
  ASSERT_EQ(tokens.Get({})->value, "t1");
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { EXPECT_EQ(tokens.Replace("t1", {})->value, "t2"); });
  }
  threads.clear();
  EXPECT_EQ(fetched, 2);
}

TEST(TokenSource, FetchesAnotherBeforeOneExpires) {
  auto clock = std::make_shared<ManualClock>(FromMicros(0));
  int fetched = 0;
  TokenSource tokens(
      [&](std::stop_token) -> Result<Token> {
        return Token{"t" + std::to_string(++fetched), clock->Now() + std::chrono::hours(1), ""};
      },
      clock);
  EXPECT_EQ(tokens.Get({})->value, "t1");
  clock->Advance(std::chrono::minutes(58));
  EXPECT_EQ(tokens.Get({})->value, "t1");
  clock->Advance(std::chrono::minutes(1));
  EXPECT_EQ(tokens.Get({})->value, "t2");
}

TEST(TokenSource, HandsAFailureOnAndTriesAgainNextTime) {
  int asked = 0;
  TokenSource tokens(
      [&](std::stop_token) -> Result<Token> {
        if (++asked == 1) return Error(ErrorKind::kTransient, "down");
        return Token{"t", std::nullopt, ""};
      },
      std::make_shared<ManualClock>(FromMicros(0)));
  EXPECT_FALSE(tokens.Get({}).ok());
  EXPECT_TRUE(tokens.Get({}).ok());
}

}  // namespace
}  // namespace trueup::connectors
