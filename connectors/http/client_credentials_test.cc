#include "connectors/http/client_credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/http/scripted_http.h"

namespace trueup::connectors {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ClientCredentialsTest : public testing::Test {
 protected:
  // A token by these credentials, from a service that answers so.
  Result<Token> Ask(const ClientCredentials& credentials, HttpResponse answer) {
    http_ = std::make_shared<ScriptedHttp>(std::vector<HttpResponse>{std::move(answer)});
    return MakeTokenSource(
               credentials, http_, clock_, [] { return 0.5; }, RetryPolicy())
        ->Get({});
  }
  HttpRequest Asked() const { return http_->requests().at(0); }

  const ClientCredentials credentials_{"https://sso/token", "me & co", config::Secret("hu/sh"),
                                       "a b"};
  const std::shared_ptr<ManualClock> clock_ = std::make_shared<ManualClock>(Instant());
  std::shared_ptr<ScriptedHttp> http_;
};

TEST_F(ClientCredentialsTest, AsksWithTheSecretInTheForm) {
  const auto token =
      Ask(credentials_, JsonResponse(200, R"({"access_token":"t","expires_in":300})"));
  ASSERT_TRUE(token.ok()) << token.error().message();
  EXPECT_EQ(token->value, "t");
  EXPECT_EQ(token->expires, Instant() + std::chrono::seconds(300));
  EXPECT_EQ(Asked().url, "https://sso/token");
  EXPECT_EQ(
      Asked().body,
      "grant_type=client_credentials&client_id=me%20%26%20co&client_secret=hu%2Fsh&scope=a%20b");
  EXPECT_FALSE(Asked().headers.Find("Authorization"));
}

TEST_F(ClientCredentialsTest, OrInTheHeader) {
  ClientCredentials credentials = credentials_;
  credentials.sent_in = ClientCredentials::SentIn::kHeader;
  credentials.scope.clear();
  const auto token = Ask(credentials, JsonResponse(200, R"({"access_token":"t"})"));
  ASSERT_TRUE(token.ok()) << token.error().message();
  EXPECT_FALSE(token->expires);
  EXPECT_EQ(Asked().body, "grant_type=client_credentials");
  // "me%20%26%20co:hu%2Fsh"
  EXPECT_EQ(Asked().headers.Find("Authorization"), "Basic bWUlMjAlMjYlMjBjbzpodSUyRnNo");
}

TEST_F(ClientCredentialsTest, ARefusalIsOfTheCredentialsAndHidesThem) {
  const auto refused =
      Ask(credentials_,
          JsonResponse(400, R"({"error":"invalid_client","error_description":"no such client"})"));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind(), ErrorKind::kDenied);
  EXPECT_THAT(refused.error().message(), AllOf(HasSubstr("https://sso/token"),
                                               HasSubstr("no such client"), Not(HasSubstr("hu"))));
}

TEST_F(ClientCredentialsTest, AnAnswerWithoutATokenIsTriedAgainLater) {
  EXPECT_EQ(Ask(credentials_, JsonResponse(200, "{}")).error().kind(), ErrorKind::kTransient);
}

}  // namespace
}  // namespace trueup::connectors
