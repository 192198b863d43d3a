#include "connectors/netsuite/auth.h"

#include <utility>

#include "connectors/http/client_credentials.h"
#include "connectors/http/encoding.h"
#include "connectors/http/oauth.h"
#include "connectors/netsuite/errors.h"

namespace trueup::connectors::netsuite {
namespace {

// NetSuite accepts less than an hour.
constexpr std::chrono::minutes kAssertionLife(30);
// Where the reply does not say how long the token lives.
constexpr std::chrono::hours kTokenLife(1);

int64_t ToSeconds(Instant at) {
  return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

std::string Claims(const NetsuiteSettings& settings, const std::string& token_url, Instant now) {
  JsonWriter claims;
  claims.BeginObject().Member("iss", settings.auth.client_id);
  claims.Key("scope").BeginArray().String("rest_webservices").EndArray();
  claims.Member("aud", token_url);
  claims.Member("iat", ToSeconds(now)).Member("exp", ToSeconds(now + kAssertionLife)).EndObject();
  return claims.Take();
}

// Signs every attempt anew: NetSuite refuses a nonce that it has seen.
class TbaAuthorizer : public Authorizer {
 public:
  TbaAuthorizer(OAuth1Keys keys, std::shared_ptr<Clock> clock)
      : keys_(std::move(keys)), clock_(std::move(clock)) {}

  Result<std::string> Authorize(HttpRequest& request, std::stop_token) override {
    std::string nonce = NewNonce();
    TRUEUP_ASSIGN(std::string value,
                  SignOAuth1(keys_, request.method, request.url, nonce, ToSeconds(clock_->Now())));
    request.headers.Set("Authorization", std::move(value));
    return nonce;
  }
  // The next attempt has another signature; a refusal that stays is final after a few.
  Result<bool> Renew(const std::string&, std::stop_token) override { return true; }

 private:
  const OAuth1Keys keys_;
  const std::shared_ptr<Clock> clock_;
};

// The realm is the account id in its original form: upper case, with an underscore.
std::string RealmOf(std::string account) {
  for (char& c : account) {
    if (c == '-') c = '_';
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return account;
}

}  // namespace

Result<HttpRequest> TokenRequest(const NetsuiteSettings& settings, Instant now) {
  HttpRequest request;
  request.method = "POST";
  request.url = settings.BaseUrl() + "/services/rest/auth/oauth2/v1/token";
  request.headers.Add("Content-Type", "application/x-www-form-urlencoded");
  request.headers.Add("Accept", "application/json");
  const AuthSettings& auth = settings.auth;
  TRUEUP_ASSIGN(const std::string jwt,
                SignJwt(auth.algorithm, auth.private_key, auth.certificate_id,
                        Claims(settings, request.url, now)));
  request.body = EncodeParameters(
      {{"grant_type", "client_credentials"},
       {"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
       {"client_assertion", jwt}});
  return request;
}

Result<Token> ReadToken(JsonValue body, Instant now) {
  TRUEUP_ASSIGN(Token token, connectors::ReadToken(body, now));
  if (!token.expires) token.expires = now + kTokenLife;
  return token;
}

std::shared_ptr<Authorizer> MakeAuthorizer(const NetsuiteSettings& settings,
                                           std::shared_ptr<HttpClient> http,
                                           std::shared_ptr<Clock> clock, Random random) {
  const AuthSettings& auth = settings.auth;
  if (auth.flow == Flow::kTba) {
    OAuth1Keys keys{RealmOf(settings.account), auth.consumer_key, auth.consumer_secret,
                    auth.token_id, auth.token_secret};
    return std::make_shared<TbaAuthorizer>(std::move(keys), std::move(clock));
  }
  auto api =
      std::make_shared<JsonApi>(JsonApi::Parts{std::move(http), nullptr, clock, std::move(random),
                                               settings.http.ToPolicy(), JudgeTokenReply});
  const auto fetch = [api, settings, clock](std::stop_token stop) -> Result<Token> {
    const Instant now = clock->Now();
    TRUEUP_ASSIGN(const HttpRequest request, TokenRequest(settings, now));
    TRUEUP_ASSIGN(const JsonReply reply, api->Call(request, stop));
    return ReadToken(reply.body.root(), now);
  };
  return std::make_shared<BearerAuthorizer>(std::make_shared<TokenSource>(fetch, clock));
}

}  // namespace trueup::connectors::netsuite
