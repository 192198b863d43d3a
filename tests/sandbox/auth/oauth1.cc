#include "tests/sandbox/auth/oauth1.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "tests/sandbox/auth/crypto.h"

namespace trueup::sandbox {

std::string PercentEncode(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (unsigned char c : text) {
    if (std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_' || c == '~') {
      out.push_back(static_cast<char>(c));
    } else {
      out.push_back('%');
      out.push_back(kHex[c >> 4]);
      out.push_back(kHex[c & 15]);
    }
  }
  return out;
}

std::string PercentDecode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text[i] == '%' && i + 2 < text.size() &&
                         std::isxdigit(static_cast<unsigned char>(text[i + 1])) != 0 &&
                         std::isxdigit(static_cast<unsigned char>(text[i + 2])) != 0;
    if (escaped) {
      out.push_back(
          static_cast<char>(std::strtol(std::string(text.substr(i + 1, 2)).c_str(), nullptr, 16)));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

std::optional<std::map<std::string, std::string>> ReadOAuthHeader(std::string_view header) {
  if (!header.starts_with("OAuth ")) return std::nullopt;
  header.remove_prefix(6);
  std::map<std::string, std::string> params;
  while (!header.empty()) {
    const size_t comma = header.find(',');
    std::string_view part = header.substr(0, comma);
    header = comma == std::string_view::npos ? std::string_view() : header.substr(comma + 1);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    const size_t equals = part.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    std::string_view value = part.substr(equals + 1);
    if (value.size() < 2 || value.front() != '"' || value.back() != '"') return std::nullopt;
    params[PercentDecode(part.substr(0, equals))] =
        PercentDecode(value.substr(1, value.size() - 2));
  }
  return params;
}

std::string OAuth1Signature(std::string_view method, std::string_view url,
                            std::vector<std::pair<std::string, std::string>> query,
                            const std::map<std::string, std::string>& oauth,
                            std::string_view consumer_secret, std::string_view token_secret) {
  for (const auto& [key, value] : oauth) {
    if (key != "realm" && key != "oauth_signature") query.emplace_back(key, value);
  }
  for (auto& [key, value] : query) {
    key = PercentEncode(key);
    value = PercentEncode(value);
  }
  std::sort(query.begin(), query.end());
  std::string params;
  for (const auto& [key, value] : query) params += (params.empty() ? "" : "&") + key + "=" + value;
  const std::string base =
      std::string(method) + "&" + PercentEncode(url) + "&" + PercentEncode(params);
  const std::string key = PercentEncode(consumer_secret) + "&" + PercentEncode(token_secret);
  return Base64(HmacSha256(key, base));
}

}  // namespace trueup::sandbox
