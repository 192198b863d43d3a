#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trueup::sandbox {

// RFC 3986: letters, digits and -._~ stay, all else becomes %XX.
std::string PercentEncode(std::string_view text);
std::string PercentDecode(std::string_view text);

// The parameters of an `Authorization: OAuth ...` header, decoded; nothing if it is no such header.
std::optional<std::map<std::string, std::string>> ReadOAuthHeader(std::string_view header);

// The signature that this request should carry: HMAC-SHA256 in base64 over method, URL (without
// query) and all parameters, those of the URL included, `realm` and the signature itself not.
std::string OAuth1Signature(std::string_view method, std::string_view url,
                            std::vector<std::pair<std::string, std::string>> query,
                            const std::map<std::string, std::string>& oauth,
                            std::string_view consumer_secret, std::string_view token_secret);

}  // namespace trueup::sandbox
