#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace trueup::config {

// Where a program listens.
struct Address {
  std::string host;  // an IPv6 address without its brackets
  int port = 0;
};

// "host:port"; an IPv6 address stands in brackets. Nothing where the text is no such thing.
std::optional<Address> ParseAddress(std::string_view text);

}  // namespace trueup::config
