#include "connectors/salesforce/auth.h"

#include "connectors/http/encoding.h"
#include "connectors/http/oauth.h"
#include "connectors/salesforce/errors.h"

namespace trueup::connectors::salesforce {
namespace {

// Salesforce accepts at most three minutes.
constexpr std::chrono::seconds kAssertionLife(150);

Result<Parameters> JwtBearerForm(const AuthSettings& auth, Instant now) {
  const auto expires = std::chrono::floor<std::chrono::seconds>(now + kAssertionLife);
  JsonWriter claims;
  claims.BeginObject()
      .Member("iss", auth.client_id)
      .Member("sub", auth.username)
      .Member("aud", auth.audience)
      .Member("exp", expires.time_since_epoch().count())
      .EndObject();
  TRUEUP_ASSIGN(std::string jwt,
                SignJwt(JwtAlgorithm::kRs256, auth.private_key, "", claims.text()));
  return Parameters{{"grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"},
                    {"assertion", std::move(jwt)}};
}

}  // namespace

Result<HttpRequest> TokenRequest(const SalesforceSettings& settings, Instant now) {
  const AuthSettings& auth = settings.auth;
  Parameters form{{"grant_type", "client_credentials"},
                  {"client_id", auth.client_id},
                  {"client_secret", auth.client_secret.reveal()}};
  if (auth.flow == Flow::kJwtBearer) {
    TRUEUP_ASSIGN(form, JwtBearerForm(auth, now));
  }
  const std::string& host = settings.login_url.empty() ? settings.instance_url : settings.login_url;
  HttpRequest request;
  request.method = "POST";
  TRUEUP_ASSIGN(request.url, ResolveUrl(host, "/services/oauth2/token"));
  request.headers.Add("Content-Type", "application/x-www-form-urlencoded");
  request.headers.Add("Accept", "application/json");
  request.body = EncodeParameters(form);
  return request;
}

Result<Token> ReadToken(JsonValue body) {
  Token token;
  token.value = body["access_token"].text();
  token.instance_url = body["instance_url"].text();
  if (token.value.empty()) {
    return Error(ErrorKind::kTransient, "the sign-in answered without an access token");
  }
  return token;
}

std::shared_ptr<TokenSource> MakeTokenSource(const SalesforceSettings& settings,
                                             std::shared_ptr<HttpClient> http,
                                             std::shared_ptr<Clock> clock, Random random) {
  auto api =
      std::make_shared<JsonApi>(JsonApi::Parts{std::move(http), nullptr, clock, std::move(random),
                                               settings.http.ToPolicy(), JudgeTokenReply});
  return std::make_shared<TokenSource>(
      [api, settings, clock](std::stop_token stop) -> Result<Token> {
        TRUEUP_ASSIGN(const HttpRequest request, TokenRequest(settings, clock->Now()));
        TRUEUP_ASSIGN(const JsonReply reply, api->Call(request, stop));
        return ReadToken(reply.body.root());
      },
      clock);
}

}  // namespace trueup::connectors::salesforce
