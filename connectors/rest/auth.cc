#include "connectors/rest/auth.h"

#include <utility>

#include "connectors/http/encoding.h"
#include "connectors/http/oauth.h"
#include "connectors/rest/errors.h"

namespace trueup::connectors::rest {
namespace {

HttpRequest TokenRequest(const AuthSettings& auth) {
  Parameters form{{"grant_type", "client_credentials"},
                  {"client_id", auth.client_id},
                  {"client_secret", auth.client_secret.reveal()}};
  if (!auth.scope.empty()) form.emplace_back("scope", auth.scope);
  HttpRequest request;
  request.method = "POST";
  request.url = auth.token_url;
  request.headers.Add("Content-Type", "application/x-www-form-urlencoded");
  request.headers.Add("Accept", "application/json");
  request.body = EncodeParameters(form);
  return request;
}

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

std::shared_ptr<TokenSource> MakeTokenSource(const RestSettings& settings,
                                             std::shared_ptr<HttpClient> http,
                                             std::shared_ptr<Clock> clock, Random random) {
  auto api =
      std::make_shared<JsonApi>(JsonApi::Parts{std::move(http), nullptr, clock, std::move(random),
                                               settings.http.ToPolicy(), JudgeTokenReply});
  const auto fetch = [api, auth = settings.auth, clock](std::stop_token stop) -> Result<Token> {
    const Instant now = clock->Now();
    TRUEUP_ASSIGN(const JsonReply reply, api->Call(TokenRequest(auth), stop));
    return ReadToken(reply.body.root(), now);
  };
  return std::make_shared<TokenSource>(fetch, clock);
}

// A credential that does not change. A gateway may refuse a good one for a moment, so it is sent
// again; the caller's limit on renewals makes the refusal final.
class FixedAuthorizer : public HeaderAuthorizer {
 public:
  using HeaderAuthorizer::HeaderAuthorizer;
  Result<bool> Renew(const std::string&, std::stop_token) override { return true; }
};

}  // namespace

std::shared_ptr<Authorizer> MakeAuthorizer(const RestSettings& settings,
                                           std::shared_ptr<HttpClient> http,
                                           std::shared_ptr<Clock> clock, Random random) {
  const AuthSettings& auth = settings.auth;
  switch (auth.kind) {
    case AuthKind::kNone: break;
    case AuthKind::kBearer:
      return std::make_shared<FixedAuthorizer>("Authorization", "Bearer " + auth.token.reveal());
    case AuthKind::kBasic:
      return std::make_shared<FixedAuthorizer>("Authorization",
                                               BasicAuthorization(auth.user, auth.password));
    case AuthKind::kHeader:
      return std::make_shared<FixedAuthorizer>(auth.header, auth.value.reveal());
    case AuthKind::kClientCredentials:
      return std::make_shared<BearerAuthorizer>(
          MakeTokenSource(settings, std::move(http), std::move(clock), std::move(random)));
  }
  return nullptr;
}

}  // namespace trueup::connectors::rest
