#include <libpsl.h>
#include <unicode/bytestream.h>
#include <unicode/idna.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "mappings/text.h"
#include "mappings/types.h"

namespace trueup::mappings {
namespace {

constexpr size_t kLongestHost = 253;
constexpr size_t kLongestLabel = 63;

// A host name in ASCII and lower case; nothing where it is none.
std::optional<std::string> AsciiHost(std::string_view host) {
  if (IsAscii(host)) return AsciiLower(host);
  static const std::unique_ptr<icu::IDNA> idna = [] {
    UErrorCode status = U_ZERO_ERROR;
    return std::unique_ptr<icu::IDNA>(
        icu::IDNA::createUTS46Instance(UIDNA_NONTRANSITIONAL_TO_ASCII, status));
  }();
  if (!idna) return std::nullopt;
  std::string ascii;
  icu::StringByteSink<std::string> sink(&ascii);
  icu::IDNAInfo info;
  UErrorCode status = U_ZERO_ERROR;
  idna->nameToASCII_UTF8({host.data(), static_cast<int32_t>(host.size())}, sink, info, status);
  if (U_FAILURE(status) || info.hasErrors()) return std::nullopt;
  return ascii;
}

// Labels of letters, digits and inner hyphens, at least two, the last one no number.
bool IsHost(std::string_view host) {
  if (host.size() > kLongestHost) return false;
  size_t labels = 0;
  std::string_view label;
  while (true) {
    const size_t dot = host.find('.');
    label = host.substr(0, dot);
    const bool shaped = !label.empty() && label.size() <= kLongestLabel && label.front() != '-' &&
                        label.back() != '-' && std::all_of(label.begin(), label.end(), [](char c) {
                          return IsAlnum(c) || c == '-' || c == '_';
                        });
    if (!shaped) return false;
    ++labels;
    if (dot == std::string_view::npos) break;
    host.remove_prefix(dot + 1);
  }
  return labels >= 2 && label.size() >= 2 && !IsDigits(label);
}

// The host of a URL, e-mail address or plain host.
std::string_view HostPart(std::string_view text) {
  if (const size_t scheme = text.find("://"); scheme != std::string_view::npos) {
    text.remove_prefix(scheme + 3);
  } else if (text.starts_with("//")) {
    text.remove_prefix(2);
  } else if (text.starts_with("mailto:")) {
    text.remove_prefix(7);
  }
  text = text.substr(0, text.find_first_of("/?#\\"));
  if (const size_t at = text.rfind('@'); at != std::string_view::npos) text.remove_prefix(at + 1);
  if (const size_t port = text.find(':'); port != std::string_view::npos)
    text = text.substr(0, port);
  while (text.ends_with('.')) text.remove_suffix(1);
  return text;
}

bool IsLocalPart(std::string_view local) {
  constexpr size_t kLongest = 64;
  constexpr std::string_view kSigns = "!#$%&'*+/=?^_`{|}~-.";
  if (local.empty() || local.size() > kLongest || local.front() == '.' || local.back() == '.' ||
      local.find("..") != std::string_view::npos) {
    return false;
  }
  return std::all_of(local.begin(), local.end(), [&](char c) {
    return IsAlnum(c) || static_cast<unsigned char>(c) >= 128 ||
           kSigns.find(c) != std::string_view::npos;
  });
}

}  // namespace

TypedValue ReadEmail(std::string_view text) {
  const size_t at = text.find('@');
  if (at == std::string_view::npos || text.find('@', at + 1) != std::string_view::npos) {
    return TypedValue::Invalid(text, "not one e-mail address");
  }
  if (!IsLocalPart(text.substr(0, at))) {
    return TypedValue::Invalid(text, "the part before the @ is not that of an e-mail address");
  }
  const auto host = AsciiHost(text.substr(at + 1));
  if (!host || !IsHost(*host)) {
    return TypedValue::Invalid(text, "the part behind the @ is not a host name");
  }
  return {Value(AsciiLower(text.substr(0, at + 1)) + *host), {}};
}

TypedValue ReadDomain(std::string_view text) {
  const auto host = AsciiHost(HostPart(text));
  if (!host || !IsHost(*host)) return TypedValue::Invalid(text, "not a website or host name");
  const psl_ctx_t* list = psl_builtin();
  if (const char* domain = psl_registrable_domain(list, host->c_str())) return {Value(domain), {}};
  // The owner of a private suffix ("github.io") is somebody; a registry's ("co.uk") is nobody.
  if (psl_is_public_suffix2(list, host->c_str(), PSL_TYPE_ICANN) == 0) return {Value(*host), {}};
  return TypedValue::Invalid(text, "a registry's suffix, not a domain");
}

}  // namespace trueup::mappings
