#include "tests/sandbox/server/http.h"

#include "tests/sandbox/auth/crypto.h"
#include "tests/sandbox/auth/oauth1.h"

namespace trueup::sandbox {

std::string HttpRequest::Header(const std::string& lower_case_name) const {
  const auto it = headers.find(lower_case_name);
  return it == headers.end() ? std::string() : it->second;
}

std::string HttpRequest::Param(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return {};
}

std::map<std::string, std::string> HttpRequest::Form() const {
  std::map<std::string, std::string> form;
  if (Header("content-type").find("application/x-www-form-urlencoded") == std::string::npos)
    return form;
  std::string_view rest = body;
  while (!rest.empty()) {
    const size_t amp = rest.find('&');
    std::string pair(rest.substr(0, amp));
    rest = amp == std::string_view::npos ? std::string_view() : rest.substr(amp + 1);
    for (char& c : pair) c = c == '+' ? ' ' : c;
    const size_t equals = pair.find('=');
    if (equals == std::string::npos) continue;
    form[PercentDecode(pair.substr(0, equals))] = PercentDecode(pair.substr(equals + 1));
  }
  return form;
}

std::optional<std::pair<std::string, std::string>> ReadBasicAuth(std::string_view header) {
  if (!header.starts_with("Basic ")) return std::nullopt;
  const auto decoded = FromBase64(header.substr(6));
  if (!decoded) return std::nullopt;
  const size_t colon = decoded->find(':');
  if (colon == std::string::npos) return std::nullopt;
  return std::make_pair(decoded->substr(0, colon), decoded->substr(colon + 1));
}

std::string_view ReadBearer(std::string_view header) {
  return header.starts_with("Bearer ") ? header.substr(7) : std::string_view();
}

void AppendJsonString(std::string_view text, std::string* out) {
  static constexpr char kHex[] = "0123456789abcdef";
  out->push_back('"');
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out->push_back('\\');
      out->push_back(c);
    } else if (byte < 0x20) {
      *out += "\\u00";
      out->push_back(kHex[byte >> 4]);
      out->push_back(kHex[byte & 15]);
    } else {
      out->push_back(c);
    }
  }
  out->push_back('"');
}

}  // namespace trueup::sandbox
