#pragma once

#include <string>
#include <string_view>

#include "tests/sandbox/world/random.h"

namespace trueup::sandbox {

// A tax id of a company of that country (ISO alpha-2) in its plain form: capitals and digits only
// (a hyphen in US ids), with the check digits that the country's rule demands. Members of the EU,
// Switzerland and Norway carry their country's letters in front.
// REQUIRES a country of Countries().
std::string MakeTaxId(std::string_view iso2, Random* random);

// Whether the plain form has the shape and the check digits of the country.
bool IsValidTaxId(std::string_view iso2, std::string_view plain);

// The same id with one digit changed so that IsValidTaxId is false.
std::string BreakTaxId(std::string_view iso2, std::string_view plain, Random* random);

}  // namespace trueup::sandbox
