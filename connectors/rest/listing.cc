#include "connectors/rest/listing.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace trueup::connectors::rest {
namespace {

bool IsNumbered(PagingKind kind) {
  return kind == PagingKind::kPage || kind == PagingKind::kOffset;
}
bool IsUrl(PagingKind kind) {
  return kind == PagingKind::kLinkHeader || kind == PagingKind::kNextUrl;
}

std::string FirstNumber(const PagingSettings& paging) {
  return paging.kind == PagingKind::kPage ? std::to_string(paging.first) : "0";
}

std::string_view Trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// rel="next", rel=next, rel="prev next".
bool IsRelNext(std::string_view attribute) {
  attribute = Trim(attribute);
  if (!attribute.starts_with("rel=")) return false;
  attribute.remove_prefix(4);
  while (!attribute.empty()) {
    const size_t end = std::min(attribute.find_first_of("\" "), attribute.size());
    if (attribute.substr(0, end) == "next") return true;
    attribute.remove_prefix(std::min(end + 1, attribute.size()));
  }
  return false;
}

// The next page number or offset. Only an empty page ends the list: a server may give fewer rows
// than were asked for.
std::optional<std::string> NextNumber(const PagingSettings& paging, const std::string& page,
                                      size_t rows) {
  if (rows == 0) return std::nullopt;
  const std::string current = page.empty() ? FirstNumber(paging) : page;
  uint64_t number = 0;
  std::from_chars(current.data(), current.data() + current.size(), number);
  return std::to_string(number + (paging.kind == PagingKind::kPage ? 1 : rows));
}

}  // namespace

std::string UrlOf(const std::string& base_url, std::string path, const std::string& object) {
  constexpr std::string_view kPlaceholder = "{object}";
  for (size_t at = path.find(kPlaceholder); at != path.npos; at = path.find(kPlaceholder, at)) {
    const std::string name = PercentEncode(object);
    path.replace(at, kPlaceholder.size(), name);
    at += name.size();
  }
  const bool slash = base_url.ends_with('/');
  return base_url.substr(0, base_url.size() - (slash ? 1 : 0)) + path;
}

Result<std::string> PageUrl(const Listing& listing, const std::string& page) {
  if (!page.empty() && IsUrl(listing.paging.kind)) {
    TRUEUP_ASSIGN(std::string url, ResolveUrl(listing.url, page));
    TRUEUP_ASSIGN(const UrlParts own, ParseUrl(listing.url));
    TRUEUP_ASSIGN(const UrlParts next, ParseUrl(url));
    if (OriginOf(own) == OriginOf(next)) return url;
    return Error(ErrorKind::kInvalid, "the next page is on another host, " + OriginOf(next));
  }
  Parameters parameters = listing.parameters;
  if (IsNumbered(listing.paging.kind)) {
    parameters.emplace_back(listing.paging.parameter,
                            page.empty() ? FirstNumber(listing.paging) : page);
  } else if (!page.empty()) {
    parameters.emplace_back(listing.paging.parameter, page);
  }
  return AddParameters(listing.url, parameters);
}

Result<std::optional<std::string>> NextPage(const Listing& listing, const std::string& page,
                                            const HttpHeaders& headers, JsonValue body) {
  const PagingSettings& paging = listing.paging;
  std::optional<std::string> next;
  if (IsNumbered(paging.kind)) {
    next = NextNumber(paging, page, body.At(listing.data).size());
  } else if (paging.kind == PagingKind::kLinkHeader) {
    if (const auto header = headers.Find("Link")) next = NextLink(*header);
  } else if (paging.kind != PagingKind::kNone) {
    const std::string_view text = body.At(paging.pointer).text();
    if (!text.empty()) next = std::string(text);
  }
  if (next && *next == page) {
    return Error(ErrorKind::kInvalid, "the server names the same page again as the next one");
  }
  return next;
}

std::optional<std::string> NextLink(std::string_view header) {
  for (size_t begin = header.find('<'); begin != header.npos; begin = header.find('<', begin + 1)) {
    const size_t end = header.find('>', begin);
    if (end == header.npos) return std::nullopt;
    std::string_view attributes = header.substr(end + 1);
    attributes = attributes.substr(0, std::min(attributes.find('<'), attributes.size()));
    while (!attributes.empty()) {
      const size_t part = std::min(attributes.find_first_of(";,"), attributes.size());
      if (IsRelNext(attributes.substr(0, part))) {
        return std::string(header.substr(begin + 1, end - begin - 1));
      }
      attributes.remove_prefix(std::min(part + 1, attributes.size()));
    }
  }
  return std::nullopt;
}

}  // namespace trueup::connectors::rest
