#pragma once

#include <string>
#include <string_view>

#include "mappings/types.h"

namespace trueup::mappings {

// A tax id, with the check digits of its country's scheme proved: "ATU13585627", "CHE100155212",
// "US042103594". The scheme is that of the id's own prefix, else that of `country` (ISO alpha-2,
// may be empty). Forms of one registration become one: a French SIREN or SIRET its TVA number, a
// Canadian business number without its program account, a Swiss UID without "MWST". Where neither
// names a scheme that we know, the letters and digits are kept, in upper case, as valid: nothing is
// guessed. REQUIRES: `text` is trimmed and not empty.
TypedValue ReadTaxId(std::string_view text, std::string_view country);

// An id as ReadTaxId gives it without the country in front; the id itself where it names none.
std::string_view TaxIdWithoutCountry(std::string_view id);

// Whether two ids as ReadTaxId gives them may be one registration: equal, or equal but for the
// country, which one of them names and the other, of a record without a country, does not.
bool MayBeOneTaxId(std::string_view a, std::string_view b);

}  // namespace trueup::mappings
