#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace trueup::sandbox {

struct Language {
  std::string_view code;    // "de"
  std::string_view label;   // "German"
  std::string_view locale;  // "de_DE"
  std::vector<std::string_view> streets;
  bool number_first;  // "12 High Street" rather than "Hauptstraße 12"
};

std::span<const Language> Languages();

// By its code; the first one for a code that is none of ours.
const Language& LanguageOf(std::string_view code);

}  // namespace trueup::sandbox
