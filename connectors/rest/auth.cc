#include "connectors/rest/auth.h"

#include <utility>

#include "connectors/http/client_credentials.h"
#include "connectors/http/oauth.h"

namespace trueup::connectors::rest {
namespace {

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
      return std::make_shared<BearerAuthorizer>(MakeTokenSource(
          {auth.token_url, auth.client_id, auth.client_secret, auth.scope}, std::move(http),
          std::move(clock), std::move(random), settings.http.ToPolicy()));
  }
  return nullptr;
}

}  // namespace trueup::connectors::rest
