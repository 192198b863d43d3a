#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "connectors/http/json_api.h"
#include "connectors/http/token_source.h"
#include "connectors/salesforce/settings.h"

namespace trueup::connectors::salesforce {

// The request that asks for a token, by the flow of the settings. kInvalid where the private key
// does not fit.
Result<HttpRequest> TokenRequest(const SalesforceSettings& settings, Instant now);

// Reads the reply. Salesforce does not say when a token ends: a 401 does.
Result<Token> ReadToken(JsonValue body);

// Signs in when first asked, and again when a token is refused.
std::shared_ptr<TokenSource> MakeTokenSource(const SalesforceSettings& settings,
                                             std::shared_ptr<HttpClient> http,
                                             std::shared_ptr<Clock> clock, Random random);

}  // namespace trueup::connectors::salesforce
