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

}  // namespace trueup::mappings
