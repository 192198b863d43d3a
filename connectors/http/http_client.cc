#include "connectors/http/http_client.h"

#include <algorithm>
#include <cctype>

namespace trueup::connectors {
namespace {

bool SameName(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

}  // namespace

void HttpHeaders::Add(std::string name, std::string value) {
  lines_.emplace_back(std::move(name), std::move(value));
}

void HttpHeaders::Set(std::string name, std::string value) {
  std::erase_if(lines_, [&](const auto& line) { return SameName(line.first, name); });
  Add(std::move(name), std::move(value));
}

std::optional<std::string_view> HttpHeaders::Find(std::string_view name) const {
  for (const auto& [key, value] : lines_) {
    if (SameName(key, name)) return value;
  }
  return std::nullopt;
}

std::string NameOf(const HttpRequest& request) {
  return request.method + " " + request.url.substr(0, request.url.find('?'));
}

}  // namespace trueup::connectors
