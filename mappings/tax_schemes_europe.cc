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

TaxOutcome Austria(std::string& body) {
  if (body.size() != 9 || body[0] != 'U' || !IsDigits(body.substr(1))) return kOtherForm;
  int sum = 0;
  for (size_t i = 1; i <= 7; ++i) {
    const int digit = Digit(body, i) * (i % 2 == 0 ? 2 : 1);
    sum += digit / 10 + digit % 10;
  }
  return Proved((96 - sum) % 10 == Digit(body, 8));
}

TaxOutcome Belgium(std::string& body) {
  if (IsNumber(body, 9)) body.insert(0, 1, '0');
  if (!IsNumber(body, 10) || body[0] > '1') return kOtherForm;
  const std::string_view digits = body;
  return Proved((Modulo(digits.substr(0, 8), 97) + Modulo(digits.substr(8), 97)) % 97 == 0);
}

TaxOutcome Bulgaria(std::string& body) {
  if (IsNumber(body, 10)) return kFits;  // persons and foreigners: four schemes in one form
  if (!IsNumber(body, 9)) return kOtherForm;
  int check = WeightedSum(body, {1, 2, 3, 4, 5, 6, 7, 8}) % 11;
  if (check == 10) check = WeightedSum(body, {3, 4, 5, 6, 7, 8, 9, 10}) % 11 % 10;
  return Proved(check == Digit(body, 8));
}

TaxOutcome Croatia(std::string& body) {
  return IsNumber(body, 11) ? Proved(PassesMod1110(body)) : kOtherForm;
}

TaxOutcome Cyprus(std::string& body) {
  static constexpr int kOdd[] = {1, 0, 5, 7, 9, 13, 15, 17, 19, 21};
  if (body.size() != 9 || !IsDigits(body.substr(0, 8)) || !IsUpper(body[8]) ||
      body.starts_with("12")) {
    return kOtherForm;
  }
  int sum = 0;
  for (size_t i = 0; i < 8; ++i) sum += i % 2 == 0 ? kOdd[Digit(body, i)] : Digit(body, i);
  return Proved('A' + sum % 26 == body[8]);
}

TaxOutcome CzechRepublic(std::string& body) {
  if (IsNumber(body, 9) || IsNumber(body, 10)) return kFits;  // persons: their birth number
  if (!IsNumber(body, 8) || body[0] == '9') return kOtherForm;
  const int check = (11 - WeightedSum(body, {8, 7, 6, 5, 4, 3, 2}) % 11) % 11;
  return Proved((check == 0 ? 1 : check) % 10 == Digit(body, 7));
}

TaxOutcome Denmark(std::string& body) {
  if (!IsNumber(body, 8) || body[0] == '0') return kOtherForm;
  return Proved(WeightedSum(body, {2, 7, 6, 5, 4, 3, 2, 1}) % 11 == 0);
}

TaxOutcome Estonia(std::string& body) {
  if (!IsNumber(body, 9)) return kOtherForm;
  return Proved(WeightedSum(body, {3, 7, 1, 3, 7, 1, 3, 7, 1}) % 10 == 0);
}

TaxOutcome Finland(std::string& body) {
  if (!IsNumber(body, 8)) return kOtherForm;
  return Proved(WeightedSum(body, {7, 9, 10, 5, 8, 4, 2, 1}) % 11 == 0);
}

// The two signs in front of a SIREN: digits alone, or the newer form with letters.
bool IsFrenchKey(std::string_view body) {
  static constexpr std::string_view kSigns = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
  const std::string_view siren = body.substr(2);
  const auto first = static_cast<int>(kSigns.find(body[0]));
  const auto second = static_cast<int>(kSigns.find(body[1]));
  if (IsDigits(body.substr(0, 2))) {
    return (Modulo(siren, 97) * 3 + 12) % 97 == first * 10 + second;
  }
  const int key = IsDigit(body[0]) ? first * 24 + second - 10 : first * 34 + second - 100;
  return (Modulo(siren, 11) + 1 + key / 11) % 11 == key % 11;
}

TaxOutcome France(std::string& body) {
  if (IsNumber(body, 14) || IsNumber(body, 9)) {  // SIRET or SIREN
    if (!PassesLuhn(body.substr(0, 9)) || !PassesLuhn(body)) return kBadCheck;
    body.resize(9);
    const int key = (Modulo(body, 97) * 3 + 12) % 97;
    body.insert(0, {static_cast<char>('0' + key / 10), static_cast<char>('0' + key % 10)});
    return kFits;
  }
  const bool key_shaped =
      body.size() == 11 && body[0] != 'I' && body[0] != 'O' && body[1] != 'I' && body[1] != 'O';
  if (!key_shaped || !IsDigits(body.substr(2))) return kOtherForm;
  // Monaco's numbers are no SIREN.
  return Proved((body.compare(2, 3, "000") == 0 || PassesLuhn(body.substr(2))) &&
                IsFrenchKey(body));
}

TaxOutcome Germany(std::string& body) {
  if (!IsNumber(body, 9) || body[0] == '0') return kOtherForm;
  return Proved(PassesMod1110(body));
}

TaxOutcome Greece(std::string& body) {
  if (IsNumber(body, 8)) body.insert(0, 1, '0');
  if (!IsNumber(body, 9)) return kOtherForm;
  return Proved(WeightedSum(body, {256, 128, 64, 32, 16, 8, 4, 2}) % 11 % 10 == Digit(body, 8));
}

TaxOutcome Hungary(std::string& body) {
  if (!IsNumber(body, 8)) return kOtherForm;
  return Proved(WeightedSum(body, {9, 7, 3, 1, 9, 7, 3, 1}) % 10 == 0);
}

TaxOutcome Ireland(std::string& body) {
  static constexpr std::string_view kLetters = "WABCDEFGHIJKLMNOPQRSTUV";
  if (body.size() != 8 && body.size() != 9) return kOtherForm;
  const std::string_view digits = std::string_view(body).substr(0, 7);
  if (IsDigits(digits)) {
    const size_t second = body.size() == 9 ? kLetters.find(body[8]) : 0;
    if (!IsUpper(body[7]) || second == std::string_view::npos) return kOtherForm;
    const int sum = WeightedSum(digits, {8, 7, 6, 5, 4, 3, 2}) + 9 * static_cast<int>(second);
    return Proved(kLetters[static_cast<size_t>(sum % 23)] == body[7]);
  }
  // The old form: a letter in second place, which is not counted.
  if (body.size() != 8 || !IsDigit(body[0]) || !IsUpper(body[1]) || !IsDigits(body.substr(2, 5))) {
    return kOtherForm;
  }
  const int sum =
      WeightedSum(std::string_view(body).substr(2), {7, 6, 5, 4, 3}) + Digit(body, 0) * 2;
  return Proved(kLetters[static_cast<size_t>(sum % 23)] == body[7]);
}

TaxOutcome Italy(std::string& body) {
  if (!IsNumber(body, 11) || body.compare(0, 7, "0000000") == 0) return kOtherForm;
  return Proved(PassesLuhn(body));
}

TaxOutcome Latvia(std::string& body) {
  if (!IsNumber(body, 11)) return kOtherForm;
  if (body[0] <= '3') return kFits;  // persons
  return Proved(WeightedSum(body, {9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1}) % 11 == 3);
}

TaxOutcome Lithuania(std::string& body) {
  if (!IsNumber(body, 9) && !IsNumber(body, 12)) return kOtherForm;
  const auto sum = [&](size_t start) {
    int total = 0;
    for (size_t i = 0; i + 1 < body.size(); ++i) {
      total += Digit(body, i) * static_cast<int>(1 + (i + start) % 9);
    }
    return total % 11;
  };
  const int check = sum(0) == 10 ? sum(2) % 10 : sum(0);
  return Proved(check == Digit(body, body.size() - 1));
}

TaxOutcome Luxembourg(std::string& body) {
  if (!IsNumber(body, 8)) return kOtherForm;
  return Proved(Modulo(body.substr(0, 6), 89) == Modulo(body.substr(6), 100));
}

TaxOutcome Malta(std::string& body) {
  if (!IsNumber(body, 8) || body[0] == '0') return kOtherForm;
  return Proved(WeightedSum(body, {3, 4, 6, 7, 8, 9, 10, 1}) % 37 == 0);
}

TaxOutcome Netherlands(std::string& body) {
  if (body.size() != 12 || body[9] != 'B' || !IsDigits(body.substr(0, 9)) ||
      !IsDigits(body.substr(10)) || body.ends_with("00")) {
    return kOtherForm;
  }
  if (WeightedSum(body, {9, 8, 7, 6, 5, 4, 3, 2, -1}) % 11 == 0) return kFits;
  // Since 2020 sole traders have numbers that pass ISO 7064 MOD 97,10 with letters as two digits (N
  // L B = 23 21 11).
  const std::string digits = "2321" + body.substr(0, 9) + "11" + body.substr(10);
  return Proved(Modulo(digits, 97) == 1);
}

TaxOutcome Norway(std::string& body) {
  if (body.ends_with("MVA")) body.resize(body.size() - 3);
  if (!IsNumber(body, 9)) return kOtherForm;
  return Proved(WeightedSum(body, {3, 2, 7, 6, 5, 4, 3, 2, 1}) % 11 == 0);
}

TaxOutcome Poland(std::string& body) {
  if (!IsNumber(body, 10)) return kOtherForm;
  return Proved(WeightedSum(body, {6, 5, 7, 2, 3, 4, 5, 6, 7, -1}) % 11 == 0);
}

TaxOutcome Portugal(std::string& body) {
  if (!IsNumber(body, 9) || body[0] == '0') return kOtherForm;
  const int check = (11 - WeightedSum(body, {9, 8, 7, 6, 5, 4, 3, 2}) % 11) % 11 % 10;
  return Proved(check == Digit(body, 8));
}

TaxOutcome Romania(std::string& body) {
  if (!IsDigits(body) || body.size() < 2 || body.size() > 10 || body[0] == '0') return kOtherForm;
  const std::string padded = std::string(10 - body.size(), '0') + body;
  const int check = 10 * WeightedSum(padded, {7, 5, 3, 2, 1, 7, 5, 3, 2}) % 11 % 10;
  return Proved(check == Digit(padded, 9));
}

TaxOutcome Slovakia(std::string& body) {
  if (!IsNumber(body, 10)) return kOtherForm;
  return Proved(Modulo(body, 11) == 0);
}

TaxOutcome Slovenia(std::string& body) {
  if (!IsNumber(body, 8) || body[0] == '0') return kOtherForm;
  const int check = 11 - WeightedSum(body, {8, 7, 6, 5, 4, 3, 2}) % 11;
  return Proved((check == 10 ? 0 : check) == Digit(body, 7));
}

bool IsSpanishPerson(std::string_view body) {
  static constexpr std::string_view kLetters = "TRWAGMYFPDXBNJZSQVHLCKE";
  std::string number(body.substr(0, 8));
  if (number[0] >= 'X' && number[0] <= 'Z') number[0] = static_cast<char>('0' + number[0] - 'X');
  return kLetters[static_cast<size_t>(Modulo(number, 23))] == body[8];
}

TaxOutcome Spain(std::string& body) {
  if (body.size() != 9 || !IsDigits(body.substr(1, 7))) return kOtherForm;
  if (IsDigit(body[0]) || (body[0] >= 'X' && body[0] <= 'Z')) {
    return IsUpper(body[8]) ? Proved(IsSpanishPerson(body)) : kOtherForm;
  }
  if (std::string_view("KLM").find(body[0]) != std::string_view::npos) {
    return IsUpper(body[8]) ? Proved(IsSpanishPerson("0" + body.substr(1))) : kOtherForm;
  }
  if (std::string_view("ABCDEFGHJNPQRSUVW").find(body[0]) == std::string_view::npos)
    return kOtherForm;
  int sum = 0;
  for (size_t i = 1; i <= 7; ++i) {
    const int digit = Digit(body, i) * (i % 2 == 1 ? 2 : 1);
    sum += digit / 10 + digit % 10;
  }
  const int check = (10 - sum % 10) % 10;
  return Proved(body[8] == '0' + check ||
                body[8] == std::string_view("JABCDEFGHI")[static_cast<size_t>(check)]);
}

TaxOutcome Sweden(std::string& body) {
  if (IsNumber(body, 10)) body += "01";  // the organisation number
  if (!IsNumber(body, 12) || !body.ends_with("01")) return kOtherForm;
  return Proved(PassesLuhn(body.substr(0, 10)));
}

TaxOutcome Switzerland(std::string& body) {
  for (const std::string_view suffix : {"MWST", "TVA", "IVA", "VAT", "HR"}) {
    if (body.ends_with(suffix)) body.resize(body.size() - suffix.size());
  }
  if (!IsNumber(body, 9)) return kOtherForm;
  const int check = (11 - WeightedSum(body, {5, 4, 3, 2, 7, 6, 5, 4}) % 11) % 11;
  return Proved(check == Digit(body, 8));
}

TaxOutcome UnitedKingdom(std::string& body) {
  if (body.size() == 5 && (body.starts_with("GD") || body.starts_with("HA"))) {
    return IsDigits(body.substr(2)) ? kFits : kOtherForm;  // government and health authorities
  }
  if (!IsNumber(body, 9) && !IsNumber(body, 12)) return kOtherForm;
  const int rest = WeightedSum(body, {8, 7, 6, 5, 4, 3, 2, 10, 1}) % 97;
  const bool newer = body[0] != '0';  // from 100 on two more remainders are in use
  return Proved(rest == 0 || (newer && (rest == 42 || rest == 55)));
}

constexpr TaxScheme kSchemes[] = {
    {"AT", "AT", true, "Austrian UID", Austria},
    {"BE", "BE", true, "Belgian VAT number", Belgium},
    {"BG", "BG", true, "Bulgarian VAT number", Bulgaria},
    {"CH", "CHE", true, "Swiss UID", Switzerland},
    {"CY", "CY", true, "Cypriot VAT number", Cyprus},
    {"CZ", "CZ", true, "Czech DIC", CzechRepublic},
    {"DE", "DE", true, "German USt-IdNr", Germany},
    {"DK", "DK", true, "Danish CVR number", Denmark},
    {"EE", "EE", true, "Estonian VAT number", Estonia},
    {"ES", "ES", true, "Spanish NIF", Spain},
    {"FI", "FI", true, "Finnish ALV number", Finland},
    {"FR", "FR", true, "French TVA number", France},
    {"GB", "GB", true, "British VAT number", UnitedKingdom},
    {"GB", "XI", true, "Northern Irish VAT number", UnitedKingdom},
    {"GR", "EL", true, "Greek VAT number", Greece},
    {"GR", "GR", true, "Greek VAT number", Greece},
    {"HR", "HR", true, "Croatian OIB", Croatia},
    {"HU", "HU", true, "Hungarian VAT number", Hungary},
    {"IE", "IE", true, "Irish VAT number", Ireland},
    {"IT", "IT", true, "Italian partita IVA", Italy},
    {"LT", "LT", true, "Lithuanian PVM number", Lithuania},
    {"LU", "LU", true, "Luxembourgish TVA number", Luxembourg},
    {"LV", "LV", true, "Latvian PVN number", Latvia},
    {"MT", "MT", true, "Maltese VAT number", Malta},
    {"NL", "NL", true, "Dutch btw-nummer", Netherlands},
    {"NO", "NO", true, "Norwegian organisation number", Norway},
    {"PL", "PL", true, "Polish NIP", Poland},
    {"PT", "PT", true, "Portuguese NIF", Portugal},
    {"RO", "RO", true, "Romanian CIF", Romania},
    {"SE", "SE", true, "Swedish VAT number", Sweden},
    {"SI", "SI", true, "Slovenian VAT number", Slovenia},
    {"SK", "SK", true, "Slovak VAT number", Slovakia},
};

}  // namespace

std::span<const TaxScheme> EuropeanTaxSchemes() { return kSchemes; }

}  // namespace trueup::mappings
