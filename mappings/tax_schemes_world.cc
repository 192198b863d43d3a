#include <algorithm>

#include "mappings/check_digits.h"
#include "mappings/tax_schemes.h"
#include "mappings/text.h"

namespace trueup::mappings {
namespace {

using enum TaxOutcome;

TaxOutcome Proved(bool fits) { return fits ? kFits : kBadCheck; }

bool IsNumber(std::string_view body, size_t size) { return body.size() == size && IsDigits(body); }

int Digit(std::string_view body, size_t at) { return body[at] - '0'; }

TaxOutcome Australia(std::string& body) {
  if (!IsNumber(body, 11) || body[0] == '0') return kOtherForm;
  const int sum = WeightedSum(body, {10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19}) - 10;
  return Proved(sum % 89 == 0);
}

TaxOutcome Brazil(std::string& body) {
  if (!IsNumber(body, 14)) return kOtherForm;
  const auto check = [](int sum) { return sum % 11 < 2 ? 0 : 11 - sum % 11; };
  const int first = check(WeightedSum(body, {5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2}));
  const int second = check(WeightedSum(body, {6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2}));
  return Proved(first == Digit(body, 12) && second == Digit(body, 13));
}

// A business number, alone or with a program account ("RT0001"), which is one of the same business.
TaxOutcome Canada(std::string& body) {
  if (body.size() == 15 && IsUpper(body[9]) && IsUpper(body[10]) && IsDigits(body.substr(11))) {
    body.resize(9);
  }
  return IsNumber(body, 9) ? Proved(PassesLuhn(body)) : kOtherForm;
}

TaxOutcome India(std::string& body) {
  static constexpr std::string_view kSigns = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  // State, PAN (five letters, four digits, a letter), entity, Z, check.
  const auto all = [&](size_t from, size_t count, bool (*is)(char)) {
    return std::all_of(body.begin() + static_cast<ptrdiff_t>(from),
                       body.begin() + static_cast<ptrdiff_t>(from + count), is);
  };
  if (body.size() != 15 || !all(0, 2, IsDigit) || !all(2, 5, IsUpper) || !all(7, 4, IsDigit) ||
      !all(11, 1, IsUpper) || body[13] != 'Z') {
    return kOtherForm;
  }
  size_t sum = 0;
  for (size_t i = 0; i < 14; ++i) {
    const size_t product = kSigns.find(body[i]) * (i % 2 == 0 ? 1 : 2);
    sum += product / 36 + product % 36;
  }
  return Proved(kSigns[(36 - sum % 36) % 36] == body[14]);
}

TaxOutcome Japan(std::string& body) {
  if (body.starts_with('T')) body.erase(0, 1);  // as written on qualified invoices
  if (!IsNumber(body, 13)) return kOtherForm;
  const int sum = WeightedSum(body, {0, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1});
  return Proved(9 - sum % 9 == Digit(body, 0));
}

TaxOutcome NewZealand(std::string& body) {
  if (!IsNumber(body, 8) && !IsNumber(body, 9)) return kOtherForm;
  const std::string number = body.size() == 8 ? "0" + body : body;
  if (number < "010000000" || number >= "150000000") return kOtherForm;
  int check = (11 - WeightedSum(number, {3, 2, 7, 6, 5, 4, 3, 2}) % 11) % 11;
  if (check == 10) check = (11 - WeightedSum(number, {7, 4, 3, 2, 5, 2, 7, 6}) % 11) % 11;
  body = number;
  return Proved(check == Digit(number, 8));
}

// Employer identification number: no check digit, but the first two digits name the campus that
// gave it.
TaxOutcome UnitedStates(std::string& body) {
  static constexpr std::string_view kCampuses =
      "01 02 03 04 05 06 10 11 12 13 14 15 16 20 21 22 23 24 25 26 27 30 31 32 33 34 35 36 37 38 "
      "39 40 41 42 43 44 "
      "45 46 47 48 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 65 66 67 68 71 72 73 74 75 76 77 "
      "80 81 82 83 84 85 "
      "86 87 88 90 91 92 93 94 95 98 99";
  if (!IsNumber(body, 9)) return kOtherForm;
  const size_t at = kCampuses.find(body.substr(0, 2));
  return Proved(at != std::string_view::npos);
}

constexpr TaxScheme kSchemes[] = {
    {"AU", "AU", false, "Australian business number", Australia},
    {"BR", "BR", false, "Brazilian CNPJ", Brazil},
    {"CA", "CA", false, "Canadian business number", Canada},
    {"IN", "IN", false, "Indian GSTIN", India},
    {"JP", "JP", false, "Japanese corporate number", Japan},
    {"NZ", "NZ", false, "New Zealand IRD number", NewZealand},
    {"US", "US", false, "US employer identification number", UnitedStates},
};

}  // namespace

std::span<const TaxScheme> WorldTaxSchemes() { return kSchemes; }

}  // namespace trueup::mappings
