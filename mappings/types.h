#pragma once

#include <string>
#include <string_view>

#include "base/value.h"

namespace trueup::mappings {

// A source's text read as a type: the canonical value, or the text as it stood and why it does not
// fit. Reasons are lower case, in words, and never repeat the text.
struct TypedValue {
  Value value;
  std::string invalid;  // empty: it fits

  bool valid() const { return invalid.empty(); }
  static TypedValue Invalid(std::string_view text, std::string reason) {
    return {Value(text), std::move(reason)};
  }
  friend bool operator==(const TypedValue&, const TypedValue&) = default;
};

// The readers below are pure functions of their arguments, safe from any thread. REQUIRES: `text`
// is trimmed and not empty.

// "a.person@acme.com": one address of plain letters, in lower case.
TypedValue ReadEmail(std::string_view text);

// E.164 ("+493012345"); an extension is dropped. A national number is read in `country` (ISO
// alpha-2; may be empty: then only international ones fit). A number fits when its length is one
// that its country has.
TypedValue ReadPhone(std::string_view text, std::string_view country);

// The country (ISO alpha-2) that a number of E.164 belongs to; empty where it is none's.
std::string CountryOfPhone(const std::string& e164);

// The registrable domain of a website, host or e-mail address ("https://www.shop.acme.co.uk/x" is
// "acme.co.uk"), international names in their ASCII form. Hosts of the public suffix list's private
// section are owners of their own ("acme.github.io").
TypedValue ReadDomain(std::string_view text);

TypedValue ReadCountry(std::string_view text);
TypedValue ReadCurrency(std::string_view text);
TypedValue ReadLanguage(std::string_view text);
TypedValue ReadTimezone(std::string_view text);

// A decimal. Thousands separators only where they leave no doubt: "1,234.50", "1.234,50" and "1
// 234,5" fit; "1,234" could be two numbers and does not. ("1.234" is how machines write one and a
// bit.)
TypedValue ReadNumber(std::string_view text);

// true, false, t, f, yes, no, y, n, 1, 0 in any case.
TypedValue ReadBoolean(std::string_view text);

// "2026-01-31", also as the front of an instant (its day as written). With a `format`
// ("DD.MM.YYYY", letters YYYY MM M DD D, the rest as it stands) only that.
TypedValue ReadDate(std::string_view text, std::string_view format = {});

// ISO 8601 with a zone; without one it is UTC.
TypedValue ReadInstant(std::string_view text);

// Several texts: the items of a JSON list, or what stands between `separator`s. Trimmed, empty ones
// left out.
TypedValue ReadList(std::string_view text, bool is_json, std::string_view separator);

// An identifier as people type it: upper case without white space ("ec1a 1bb" is "EC1A1BB").
TypedValue ReadCode(std::string_view text);

// The 18-character form of a Salesforce id, from 15 or 18 characters; the suffix also restores
// letters whose case was lost.
TypedValue ReadSalesforceId(std::string_view text);

}  // namespace trueup::mappings
