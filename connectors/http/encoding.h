#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace trueup::connectors {

// Names with values, in order; a name may come twice.
using Parameters = std::vector<std::pair<std::string, std::string>>;

// RFC 3986: everything but letters, digits and "-._~" becomes %XX.
std::string PercentEncode(std::string_view text);
// Takes %XX back; a "%" that starts no such triple stays.
std::string PercentDecode(std::string_view text);

// "name=value&..." with both percent-encoded: a query, or an application/x-www-form-urlencoded
// body.
std::string EncodeParameters(const Parameters& parameters);
// Appends parameters to a URL that may have some already.
std::string AddParameters(std::string url, const Parameters& parameters);

// The parts of an http or https URL.
struct UrlParts {
  std::string scheme;  // lower case
  std::string host;    // lower case, without brackets
  std::string port;    // empty where it is the scheme's own
  std::string path;    // begins with "/"
  std::string query;   // without "?"
};
// kInvalid where it is not an absolute http(s) URL, or holds a user or a fragment.
Result<UrlParts> ParseUrl(std::string_view url);
// "https://host:port" of a URL, without path.
std::string OriginOf(const UrlParts& url);
// `reference` as seen from `base`: an absolute URL as it is, "/path" on the base's host. Anything
// else is kInvalid.
Result<std::string> ResolveUrl(std::string_view base, std::string_view reference);
// The machine itself: localhost, 127.0.0.0/8, ::1.
bool IsLoopback(std::string_view host);

std::string Base64(std::string_view bytes);
// With "-_" and without padding.
std::string Base64Url(std::string_view bytes);

}  // namespace trueup::connectors
