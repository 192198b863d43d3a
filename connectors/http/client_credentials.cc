#include "connectors/http/client_credentials.h"

#include <utility>

#include "connectors/http/encoding.h"
#include "connectors/http/oauth.h"

namespace trueup::connectors {
namespace {

HttpRequest TokenRequest(const ClientCredentials& credentials) {
  HttpRequest request;
  request.method = "POST";
  request.url = credentials.token_url;
  request.headers.Add("Content-Type", "application/x-www-form-urlencoded");
  request.headers.Add("Accept", "application/json");
  Parameters form{{"grant_type", "client_credentials"}};
  if (credentials.sent_in == ClientCredentials::SentIn::kHeader) {
    const config::Secret secret(PercentEncode(credentials.client_secret.reveal()));
    request.headers.Add("Authorization",
                        BasicAuthorization(PercentEncode(credentials.client_id), secret));
  } else {
    form.emplace_back("client_id", credentials.client_id);
    form.emplace_back("client_secret", credentials.client_secret.reveal());
  }
  if (!credentials.scope.empty()) form.emplace_back("scope", credentials.scope);
  request.body = EncodeParameters(form);
  return request;
}

Verdict JudgeTokenReply(int status, const HttpHeaders&, JsonValue body) {
  Verdict verdict = JudgeByStatus(status, body.exists(), WhatItSaid(body));
  if (status == 400 || status == 401 || status == 403) {
    verdict.action = Verdict::Action::kFail;
    verdict.kind = ErrorKind::kDenied;
  }
  return verdict;
}

}  // namespace

Result<Token> ReadToken(JsonValue body, Instant now) {
  Token token;
  token.value = body["access_token"].text();
  if (token.value.empty()) {
    return Error(ErrorKind::kTransient, "the token service answered without an access token");
  }
  if (const auto seconds = body["expires_in"].integer()) {
    token.expires = now + std::chrono::seconds(*seconds);
  }
  return token;
}

std::shared_ptr<TokenSource> MakeTokenSource(const ClientCredentials& credentials,
                                             std::shared_ptr<HttpClient> http,
                                             std::shared_ptr<Clock> clock, Random random,
                                             const RetryPolicy& policy) {
  auto api = std::make_shared<JsonApi>(
      JsonApi::Parts{std::move(http), nullptr, clock, std::move(random), policy, JudgeTokenReply});
  const auto fetch = [api, credentials, clock](std::stop_token stop) -> Result<Token> {
    const Instant now = clock->Now();
    TRUEUP_ASSIGN(const JsonReply reply, api->Call(TokenRequest(credentials), stop));
    return ReadToken(reply.body.root(), now);
  };
  return std::make_shared<TokenSource>(fetch, clock);
}

}  // namespace trueup::connectors
