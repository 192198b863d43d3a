#include "connectors/netsuite/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace trueup::connectors::netsuite {
namespace {

using testing::HasSubstr;

struct JudgeCase {
  int status;
  std::string body;
  Verdict::Action action;
  ErrorKind kind;
  std::string text;
};

TEST(NetsuiteErrors, KnowsWhatARefusalMeans) {
  using Action = Verdict::Action;
  const auto form = [](const std::string& code, const std::string& detail) {
    return R"({"title":"T","o:errorDetails":[{"detail":")" + detail + R"(","o:errorCode":")" +
           code + "\"}]}";
  };
  const JudgeCase cases[] = {
      {200, R"({"items":[]})", Action::kAccept, ErrorKind::kInvalid, ""},
      {200, R"({"page":"maintenance"})", Action::kRetry, ErrorKind::kTransient, "without rows"},
      {400, form("INVALID_PARAMETER", "Field 'x'"), Action::kFail, ErrorKind::kInvalid,
       "INVALID_PARAMETER: Field 'x'"},
      {400, form("SSS_REQUEST_LIMIT_EXCEEDED", "slow down"), Action::kRetry, ErrorKind::kTransient,
       "slow down"},
      {401, form("INVALID_LOGIN", "no"), Action::kRenew, ErrorKind::kDenied, "INVALID_LOGIN: no"},
      {403, form("INSUFFICIENT_PERMISSION", "no"), Action::kFail, ErrorKind::kDenied, "no"},
      {429, form("CONCURRENCY_LIMIT_EXCEEDED", "Request blocked."), Action::kRetry,
       ErrorKind::kTransient, "CONCURRENCY_LIMIT_EXCEEDED: Request blocked."},
      {500, form("UNEXPECTED_ERROR", "Error ID: 1"), Action::kRetry, ErrorKind::kTransient,
       "Error ID: 1"},
      {500, form("UNEXPECTED_ERROR", "Field 'x' for record 'y' was not found."), Action::kFail,
       ErrorKind::kInvalid, "Field 'x'"},
  };
  for (const JudgeCase& c : cases) {
    const auto body = JsonDocument::Parse(c.body);
    const Verdict verdict = JudgeSuiteReply(c.status, {}, body->root());
    EXPECT_EQ(verdict.action, c.action) << c.body;
    if (c.action == Action::kAccept) continue;
    EXPECT_EQ(verdict.kind, c.kind) << c.body;
    EXPECT_THAT(verdict.text, HasSubstr(c.text));
  }
  const auto refused = JsonDocument::Parse(R"({"error":"invalid_grant"})");
  EXPECT_EQ(JudgeTokenReply(400, {}, refused->root()).kind, ErrorKind::kDenied);
}

}  // namespace
}  // namespace trueup::connectors::netsuite
