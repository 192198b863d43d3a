#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace trueup::mappings {

enum class TaxOutcome {
  kOtherForm,  // not of this scheme's form at all
  kBadCheck,   // of its form, but the check digits are wrong
  kFits,
};

// One country's tax id. `check` reads the id without its prefix (upper-case letters and digits
// only) and completes it to the canonical body where several forms mean one registration.
struct TaxScheme {
  std::string_view country;  // ISO 3166-1 alpha-2
  std::string_view prefix;   // in front of the canonical body
  bool prefix_is_written;    // people write the prefix (VAT ids); else it is ours alone (EIN, CNPJ)
  std::string_view name;     // for reasons
  TaxOutcome (*check)(std::string& body);
};

// Those of Europe (tax_schemes_europe.cc) and of the rest of the world (tax_schemes_world.cc).
std::span<const TaxScheme> EuropeanTaxSchemes();
std::span<const TaxScheme> WorldTaxSchemes();

}  // namespace trueup::mappings
