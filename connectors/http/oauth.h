#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "config/secrets.h"
#include "connectors/http/encoding.h"

namespace trueup::connectors {

// RS: RSA with PKCS #1 v1.5; PS: RSA with PSS; ES: an EC key of the curve P-256, P-384 or P-521.
enum class JwtAlgorithm { kRs256, kPs256, kPs384, kPs512, kEs256, kEs384, kEs512 };

// Whether SignJwt can sign with this key: kInvalid where it cannot be read or does not fit.
Status CheckKey(JwtAlgorithm algorithm, const config::Secret& private_key);

// A signed JWT: `claims` is the payload as JSON text, `private_key` a PEM key of the algorithm's
// type; `key_id` goes into the header where it is not empty. kInvalid where the key cannot be read
// or does not fit.
Result<std::string> SignJwt(JwtAlgorithm algorithm, const config::Secret& private_key,
                            std::string_view key_id, std::string_view claims);

// OAuth 1.0a credentials, as NetSuite's token-based authentication has them.
struct OAuth1Keys {
  std::string realm;
  std::string consumer_key;
  config::Secret consumer_secret;
  std::string token_id;
  config::Secret token_secret;
};

// The value of the Authorization header for one attempt of a request: HMAC-SHA256 over method, URL
// and the URL's query (a JSON body is no part). `nonce` and `timestamp` (seconds since 1970) must
// be new for every attempt. kInvalid where `url` is none.
Result<std::string> SignOAuth1(const OAuth1Keys& keys, std::string_view method,
                               std::string_view url, std::string_view nonce, int64_t timestamp);

// 32 random hexadecimal digits.
std::string NewNonce();

// The value of an "Authorization: Basic" header.
std::string BasicAuthorization(std::string_view user, const config::Secret& password);

}  // namespace trueup::connectors
