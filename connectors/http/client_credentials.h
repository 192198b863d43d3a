#pragma once

#include <memory>
#include <string>

#include "base/json.h"
#include "config/secrets.h"
#include "connectors/http/json_api.h"

namespace trueup::connectors {

// OAuth 2.0's way for machines: a token service gives tokens to a client that has a secret (RFC
// 6749, 4.4).
struct ClientCredentials {
  enum class SentIn { kForm, kHeader };  // header: HTTP Basic, as RFC 6749, 2.3.1 has it
  std::string token_url;
  std::string client_id;
  config::Secret client_secret;
  std::string scope;  // empty: none is asked for
  SentIn sent_in = SentIn::kForm;
};

// Reads a token service's reply (RFC 6749, 5.1); `expires_in` may be a number or a text, or lack.
Result<Token> ReadToken(JsonValue body, Instant now);

// Tokens that a service gives for the credentials; kDenied where it refuses them, whatever it says.
std::shared_ptr<TokenSource> MakeTokenSource(const ClientCredentials& credentials,
                                             std::shared_ptr<HttpClient> http,
                                             std::shared_ptr<Clock> clock, Random random,
                                             const RetryPolicy& policy);

}  // namespace trueup::connectors
