#include "mappings/tax_id.h"

#include <algorithm>

#include "mappings/tax_schemes.h"
#include "mappings/text.h"

namespace trueup::mappings {
namespace {

TypedValue BadCheck(std::string_view text, const TaxScheme& scheme) {
  return TypedValue::Invalid(text,
                             "the check digits of a " + std::string(scheme.name) + " are wrong");
}

TypedValue Fits(const TaxScheme& scheme, std::string_view body) {
  // Greece writes EL, and its ISO code where people forget that; Northern Ireland's numbers are
  // British.
  const std::string_view prefix = scheme.country == "GR"  ? "EL"
                                  : scheme.prefix == "XI" ? "GB"
                                                          : scheme.prefix;
  return {Value(std::string(prefix).append(body)), {}};
}

// The scheme of `country` that has this form, tried with and without its prefix.
const TaxScheme* FindByCountry(std::string_view country, std::string_view id, std::string& body,
                               TaxOutcome& outcome) {
  const TaxScheme* home = nullptr;
  for (const auto schemes : {EuropeanTaxSchemes(), WorldTaxSchemes()}) {
    for (const TaxScheme& scheme : schemes) {
      if (scheme.country != country) continue;
      home = &scheme;
      for (const size_t skipped : {scheme.prefix.size(), size_t{0}}) {
        if (skipped > 0 && !id.starts_with(scheme.prefix)) continue;
        body = id.substr(skipped);
        outcome = scheme.check(body);
        if (outcome != TaxOutcome::kOtherForm) return &scheme;
      }
    }
  }
  return home;
}

// The scheme whose written prefix the id carries, where it has that scheme's form.
const TaxScheme* FindByPrefix(std::string_view id, std::string& body, TaxOutcome& outcome) {
  for (const TaxScheme& scheme : EuropeanTaxSchemes()) {
    if (!scheme.prefix_is_written || !id.starts_with(scheme.prefix)) continue;
    body = id.substr(scheme.prefix.size());
    outcome = scheme.check(body);
    if (outcome != TaxOutcome::kOtherForm) return &scheme;
  }
  return nullptr;
}

// The country whose ids alone look like this; empty: many do. A Canadian business number with its
// program account, "123456782RT0001".
std::string_view CountryOfForm(std::string_view id) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool canadian = id.size() == 15 && id[9] == 'R' && !is_digit(id[10]) &&
                        std::all_of(id.begin(), id.begin() + 9, is_digit) &&
                        std::all_of(id.begin() + 11, id.end(), is_digit);
  return canadian ? "CA" : "";
}

}  // namespace

TypedValue ReadTaxId(std::string_view text, std::string_view country) {
  const std::string id = UpperAlnum(text);
  if (id.empty()) return TypedValue::Invalid(text, "holds neither letters nor digits");
  std::string body;
  TaxOutcome outcome = TaxOutcome::kOtherForm;
  const TaxScheme* home = FindByCountry(country, id, body, outcome);
  const TaxScheme* scheme = home;
  if (outcome == TaxOutcome::kOtherForm) {
    scheme = FindByPrefix(id, body, outcome);
    if (scheme == nullptr) scheme = home;
    if (scheme == nullptr) scheme = FindByCountry(CountryOfForm(id), id, body, outcome);
  }
  if (scheme == nullptr) return {Value(id), {}};
  switch (outcome) {
    case TaxOutcome::kFits: return Fits(*scheme, body);
    case TaxOutcome::kBadCheck: return BadCheck(text, *scheme);
    case TaxOutcome::kOtherForm: break;
  }
  return TypedValue::Invalid(text, "has not the form of a " + std::string(scheme->name));
}

std::string_view TaxIdWithoutCountry(std::string_view id) {
  const auto is_letter = [](char c) { return c >= 'A' && c <= 'Z'; };
  return id.size() > 2 && is_letter(id[0]) && is_letter(id[1]) ? id.substr(2) : id;
}

bool MayBeOneTaxId(std::string_view a, std::string_view b) {
  return a == b || TaxIdWithoutCountry(a) == b || TaxIdWithoutCountry(b) == a;
}

}  // namespace trueup::mappings
