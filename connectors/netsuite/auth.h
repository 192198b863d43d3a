#pragma once

#include <memory>

#include "base/json.h"
#include "connectors/http/json_api.h"
#include "connectors/netsuite/settings.h"

namespace trueup::connectors::netsuite {

// The request that trades a signed assertion for an access token. kInvalid where the key cannot
// sign.
Result<HttpRequest> TokenRequest(const NetsuiteSettings& settings, Instant now);

// Reads the reply to it; a token of which it does not say how long it lives has an hour.
Result<Token> ReadToken(JsonValue body, Instant now);

// Proves who we are, in the flow that the settings name.
std::shared_ptr<Authorizer> MakeAuthorizer(const NetsuiteSettings& settings,
                                           std::shared_ptr<HttpClient> http,
                                           std::shared_ptr<Clock> clock, Random random);

}  // namespace trueup::connectors::netsuite
