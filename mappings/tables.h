#pragma once

#include <optional>
#include <string_view>

namespace trueup::mappings {

// The closed vocabularies that types read: built in, so that every machine maps alike. What a table
// does not hold is nothing; nothing is guessed. All are safe from any thread; the views live for
// ever.

// ISO 3166-1 alpha-2 of a country by its code (alpha-2, alpha-3), its English name or its own
// ("Deutschland").
std::optional<std::string_view> FindCountry(std::string_view text);

// ISO 4217 code of a currency by its code in any case. Names are left to the mapping's value map,
// because "Dollar" is many.
std::optional<std::string_view> FindCurrency(std::string_view text);

// ISO 639-1 code of a language by its code, its three-letter code, a locale ("de_DE", "pt-BR"), its
// English name or its own ("Deutsch").
std::optional<std::string_view> FindLanguage(std::string_view text);

// The IANA name of a time zone by that name in any case; old names lead to the present one
// ("Asia/Calcutta").
std::optional<std::string_view> FindTimezone(std::string_view text);

}  // namespace trueup::mappings
