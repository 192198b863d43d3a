#pragma once

#include <optional>
#include <string>

#include "base/json.h"
#include "connectors/http/encoding.h"
#include "connectors/http/http_client.h"
#include "connectors/rest/settings.h"

namespace trueup::connectors::rest {

// A list that a server gives in pages, and how to walk it.
struct Listing {
  std::string url;        // without query
  Parameters parameters;  // that every page carries, the lower bound of time included
  PagingSettings paging;
  std::string data;  // pointer to the rows
};

// `path` behind the base address, with "{object}" filled in.
std::string UrlOf(const std::string& base_url, std::string path, const std::string& object);

// The URL of a page: of the first one where `page` is empty, else of the one that NextPage named.
// kInvalid where that is a URL on another host, to which no credentials go.
Result<std::string> PageUrl(const Listing& listing, const std::string& page);

// How to go on behind a page; nothing: it was the last. `page` is how the page itself was asked
// for. kInvalid where the server names the same page again, which would never end.
Result<std::optional<std::string>> NextPage(const Listing& listing, const std::string& page,
                                            const HttpHeaders& headers, JsonValue body);

// The URL behind rel="next" in a Link header.
std::optional<std::string> NextLink(std::string_view header);

}  // namespace trueup::connectors::rest
