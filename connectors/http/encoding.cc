#include "connectors/http/encoding.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>

namespace trueup::connectors {
namespace {

constexpr std::string_view kHex = "0123456789ABCDEF";
constexpr std::string_view kStandardAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

bool Unreserved(unsigned char c) {
  return (c < 0x80 && std::isalnum(c) != 0) || c == '-' || c == '.' || c == '_' || c == '~';
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

std::string EncodeBase64(std::string_view bytes, std::string_view alphabet, bool pad) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < count ? static_cast<uint8_t>(bytes[i + k]) : 0U);
    }
    for (size_t k = 0; k < count + 1; ++k) out.push_back(alphabet[group >> (18 - 6 * k) & 63]);
    if (pad) out.append(3 - count, '=');
  }
  return out;
}

Error BadUrl(std::string_view url, std::string_view why) {
  const std::string shown(url.substr(0, url.find('?')));
  return {ErrorKind::kInvalid, "\"" + shown + "\" is no usable address: " + std::string(why)};
}

}  // namespace

std::string PercentEncode(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 4);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (Unreserved(byte)) {
      out.push_back(c);
    } else {
      out.push_back('%');
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    }
  }
  return out;
}

std::string PercentDecode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    if (text[i] == '%' && i + 2 < text.size()) {
      const char* digits = text.data() + i + 1;
      if (std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
        out.push_back(static_cast<char>(byte));
        i += 2;
        continue;
      }
    }
    out.push_back(text[i]);
  }
  return out;
}

std::string EncodeParameters(const Parameters& parameters) {
  std::string out;
  for (const auto& [name, value] : parameters) {
    if (!out.empty()) out.push_back('&');
    out += PercentEncode(name) + "=" + PercentEncode(value);
  }
  return out;
}

std::string AddParameters(std::string url, const Parameters& parameters) {
  if (parameters.empty()) return url;
  url.push_back(url.find('?') == url.npos ? '?' : '&');
  return url + EncodeParameters(parameters);
}

Result<UrlParts> ParseUrl(std::string_view url) {
  const size_t colon = url.find("://");
  if (colon == url.npos) return BadUrl(url, "it has no scheme");
  UrlParts parts;
  parts.scheme = Lower(url.substr(0, colon));
  if (parts.scheme != "http" && parts.scheme != "https") {
    return BadUrl(url, "only http and https are spoken");
  }
  std::string_view rest = url.substr(colon + 3);
  if (rest.find('#') != rest.npos) return BadUrl(url, "it holds a fragment");
  const size_t end = std::min(rest.find_first_of("/?"), rest.size());
  std::string_view authority = rest.substr(0, end);
  rest.remove_prefix(end);
  if (authority.find('@') != authority.npos) return BadUrl(url, "it holds a user");
  const size_t bracket = authority.rfind(']');
  const size_t port = authority.find(':', bracket == authority.npos ? 0 : bracket);
  if (port != authority.npos) {
    parts.port = authority.substr(port + 1);
    authority = authority.substr(0, port);
    if (parts.port.empty() || parts.port.find_first_not_of("0123456789") != parts.port.npos) {
      return BadUrl(url, "the port is no number");
    }
    if (parts.port == (parts.scheme == "https" ? "443" : "80")) parts.port.clear();
  }
  if (authority.starts_with('[') && authority.ends_with(']')) {
    authority = authority.substr(1, authority.size() - 2);
  }
  if (authority.empty()) return BadUrl(url, "it has no host");
  parts.host = Lower(authority);
  const size_t question = rest.find('?');
  parts.path = rest.substr(0, question);
  if (parts.path.empty()) parts.path = "/";
  if (question != rest.npos) parts.query = rest.substr(question + 1);
  return parts;
}

std::string OriginOf(const UrlParts& url) {
  const bool v6 = url.host.find(':') != url.host.npos;
  std::string origin = url.scheme + "://" + (v6 ? "[" + url.host + "]" : url.host);
  if (!url.port.empty()) origin += ":" + url.port;
  return origin;
}

Result<std::string> ResolveUrl(std::string_view base, std::string_view reference) {
  if (reference.find("://") != reference.npos) {
    TRUEUP_RETURN_IF_ERROR(ParseUrl(reference));
    return std::string(reference);
  }
  if (!reference.starts_with('/') || reference.starts_with("//")) {
    return BadUrl(reference, "it is neither absolute nor a path");
  }
  TRUEUP_ASSIGN(const UrlParts parts, ParseUrl(base));
  return OriginOf(parts) + std::string(reference);
}

bool IsLoopback(std::string_view host) {
  if (host == "localhost" || host == "::1") return true;
  // Four numbers, so that "127.evil.example" is none.
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == host.npos;
}

std::string Base64(std::string_view bytes) { return EncodeBase64(bytes, kStandardAlphabet, true); }
std::string Base64Url(std::string_view bytes) { return EncodeBase64(bytes, kUrlAlphabet, false); }

}  // namespace trueup::connectors
