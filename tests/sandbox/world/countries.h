#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sandbox/world/random.h"

namespace trueup::sandbox {

struct City {
  std::string_view name;
  std::string_view region;    // state or province; may be empty
  std::string_view postcode;  // a pattern, see FillPattern
  std::string_view phone;     // the national number without the trunk 0, a pattern
  std::string_view timezone;
};

struct Country {
  std::string_view name;
  std::string_view iso2;
  std::string_view iso3;
  std::string_view calling_code;
  bool trunk_zero;  // national numbers are written with a leading 0
  std::string_view currency;
  std::string_view language;  // ISO 639-1
  std::string_view tld;
  std::vector<int> legal_forms;  // indices into LegalForms()
  std::vector<City> cities;
};

// A legal form with its spellings; the first one is the usual short form.
struct LegalForm {
  std::vector<std::string_view> spellings;
};

std::span<const Country> Countries();
std::span<const LegalForm> LegalForms();

// The place of a country in Countries(), by its name or ISO code as company lists write it; -1 if
// it is none of ours.
int FindCountry(std::string_view name);

// '#' becomes a digit, 'N' a digit from 2 to 9, '@' one of the letters that every postcode system
// allows; all else stays.
std::string FillPattern(std::string_view pattern, Random* random);

}  // namespace trueup::sandbox
