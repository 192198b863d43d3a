#include "connectors/salesforce/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trueup::connectors::salesforce {
namespace {

using Action = Verdict::Action;

struct ReplyCase {
  const char* name;
  int status;
  const char* body;
  Action action;
  ErrorKind kind;
  const char* text;
};

Verdict Judged(Verdict (*judge)(int, const HttpHeaders&, JsonValue), const ReplyCase& reply) {
  const auto body = JsonDocument::Parse(reply.body);
  return judge(reply.status, {}, body.ok() ? body->root() : JsonValue());
}

void ExpectVerdict(const Verdict& verdict, const ReplyCase& reply) {
  EXPECT_EQ(verdict.action, reply.action);
  if (reply.action == Action::kAccept) return;
  EXPECT_EQ(verdict.kind, reply.kind);
  EXPECT_THAT(verdict.text, testing::HasSubstr(reply.text));
}

class JudgeReplyTable : public testing::TestWithParam<ReplyCase> {};

TEST_P(JudgeReplyTable, SaysWhatToDo) { ExpectVerdict(Judged(JudgeReply, GetParam()), GetParam()); }

constexpr auto kInvalid = ErrorKind::kInvalid;
constexpr auto kDenied = ErrorKind::kDenied;
constexpr auto kTransient = ErrorKind::kTransient;

INSTANTIATE_TEST_SUITE_P(
    Table, JudgeReplyTable,
    testing::Values(
        ReplyCase{"Fine", 200, R"({"done":true})", Action::kAccept, kInvalid, ""},
        ReplyCase{"WebPageInstead", 200, "<html>", Action::kRetry, kTransient, "not JSON"},
        ReplyCase{"EmptyBody", 200, "", Action::kRetry, kTransient, "not JSON"},
        ReplyCase{"ExpiredSession", 401,
                  R"([{"message":"Session expired","errorCode":"INVALID_SESSION_ID"}])",
                  Action::kRenew, kDenied, "Session expired"},
        ReplyCase{"SessionThatNoTokenCures", 401,
                  R"([{"message":"This session is not valid for use with the REST API",)"
                  R"("errorCode":"INVALID_SESSION_ID"}])",
                  Action::kFail, kDenied, "not valid"},
        ReplyCase{"DailyLimit", 403,
                  R"([{"message":"TotalRequests Limit exceeded.",)"
                  R"("errorCode":"REQUEST_LIMIT_EXCEEDED"}])",
                  Action::kFail, kTransient, "daily API allowance"},
        ReplyCase{"ConcurrencyLimit", 403,
                  R"([{"message":"ConcurrentRequests (Concurrent API Requests) Limit exceeded.",)"
                  R"("errorCode":"REQUEST_LIMIT_EXCEEDED"}])",
                  Action::kRetry, kTransient, "ConcurrentRequests"},
        ReplyCase{"ApiDisabled", 403,
                  R"([{"message":"not enabled","errorCode":"API_DISABLED_FOR_ORG"}])",
                  Action::kFail, kDenied, "API_DISABLED_FOR_ORG"},
        ReplyCase{"QueryTimeoutIsTheConnectors", 400,
                  R"([{"message":"too long","errorCode":"QUERY_TIMEOUT"}])", Action::kAccept,
                  kInvalid, ""},
        ReplyCase{"ExpiredLocatorIsTheConnectors", 400,
                  R"([{"message":"x","errorCode":"INVALID_QUERY_LOCATOR"}])", Action::kAccept,
                  kInvalid, ""},
        ReplyCase{"MalformedQuery", 400,
                  R"([{"message":"unexpected token","errorCode":"MALFORMED_QUERY"}])",
                  Action::kFail, kInvalid, "unexpected token"},
        ReplyCase{"MaintenanceWith406", 406, "", Action::kRetry, kTransient, "406"},
        ReplyCase{"MaintenanceWith420", 420, "<html>", Action::kRetry, kTransient, "420"},
        ReplyCase{"RetiredVersion", 410, "[]", Action::kFail, kInvalid, "api_version"},
        ReplyCase{"TooLongIsTheConnectors", 414, "<html>", Action::kAccept, kInvalid, ""},
        ReplyCase{"HeadersTooLongToo", 431, "<html>", Action::kAccept, kInvalid, ""},
        ReplyCase{"NothingToSay", 204, "", Action::kAccept, kInvalid, ""},
        ReplyCase{"ServerError", 500,
                  R"([{"message":"An unexpected error","errorCode":"UNKNOWN_EXCEPTION"}])",
                  Action::kRetry, kTransient, "UNKNOWN_EXCEPTION"}),
    [](const auto& test) { return test.param.name; });

TEST(JudgeReply, SaysWhenAUsedUpAllowanceIsWorthAnotherLook) {
  const auto body =
      JsonDocument::Parse(R"([{"message":"TotalRequests","errorCode":"REQUEST_LIMIT_EXCEEDED"}])");
  EXPECT_EQ(JudgeReply(403, {}, body->root()).retry_after, std::chrono::minutes(15));
}

TEST(JudgeReply, TakesACsvPageAsItIs) {
  HttpHeaders headers;
  headers.Add("Content-Type", "text/csv; charset=UTF-8");
  EXPECT_EQ(JudgeReply(200, headers, {}).action, Action::kAccept);
  EXPECT_EQ(JudgeReply(500, headers, {}).action, Action::kRetry);
}

class JudgeTokenReplyTable : public testing::TestWithParam<ReplyCase> {};

TEST_P(JudgeTokenReplyTable, SaysWhatToDo) {
  ExpectVerdict(Judged(JudgeTokenReply, GetParam()), GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Table, JudgeTokenReplyTable,
    testing::Values(
        ReplyCase{"Fine", 200, R"({"access_token":"x"})", Action::kAccept, kInvalid, ""},
        ReplyCase{"RefusedWithADescription", 400,
                  R"({"error":"invalid_grant","error_description":"audience is invalid"})",
                  Action::kFail, kDenied, "invalid_grant: audience is invalid"},
        ReplyCase{"RefusedWithoutADescription", 400, R"({"error":"invalid_client"})", Action::kFail,
                  kDenied, "invalid_client"},
        ReplyCase{"TooOften", 400, R"({"error":"rate_limit_exceeded"})", Action::kRetry, kTransient,
                  "rate_limit_exceeded"},
        ReplyCase{"Unauthorized", 401, "", Action::kFail, kDenied, "401"},
        ReplyCase{"Down", 503, "<html>", Action::kRetry, kTransient, "503"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace trueup::connectors::salesforce
