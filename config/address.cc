#include "config/address.h"

#include <charconv>

namespace trueup::config {

std::optional<Address> ParseAddress(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return {};
  if (text.find_first_of(" ,/\t") != std::string_view::npos) return {};
  const std::string_view digits = text.substr(colon + 1);
  int port = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (failed != std::errc() || end != digits.data() + digits.size()) return {};
  if (port < 0 || port > 65535) return {};
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return Address{std::string(host), port};
}

}  // namespace trueup::config
