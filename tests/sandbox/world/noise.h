#pragma once

#include <string>
#include <string_view>

#include "tests/sandbox/world/countries.h"
#include "tests/sandbox/world/random.h"

namespace trueup::sandbox {

// The harmless differences with which systems write one and the same value. Whoever compares the
// results must find the value that went in.

std::string AsciiLower(std::string_view text);
// Letters without marks; with `transliterate`, ä ö ü å ø become two letters as people write them.
std::string Asciify(std::string_view text, bool transliterate);
// One slip of a typist in a word of at least five letters; digits and short words stay.
std::string Typo(std::string_view text, Random* random);

// A company name: case, punctuation, marks. REQUIRES `form` in [-1, LegalForms().size()).
std::string ShowName(std::string_view core, int form, Random* random);
// The registered name, always with its form if it has one.
std::string ShowLegalName(std::string_view core, int form, Random* random);
std::string ShowPhone(const Country& country, std::string_view national, Random* random);
std::string ShowWebsite(std::string_view domain, Random* random);
std::string ShowTaxId(const Country& country, std::string_view plain, Random* random);
std::string ShowCountry(const Country& country, Random* random);
std::string ShowStreet(std::string_view street, Random* random);
// Postcodes: with or without their space.
std::string ShowPostcode(std::string_view postcode, Random* random);

}  // namespace trueup::sandbox
