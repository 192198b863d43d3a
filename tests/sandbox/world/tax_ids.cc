#include "tests/sandbox/world/tax_ids.h"

#include <array>
#include <cstdlib>
#include <optional>
#include <vector>

namespace trueup::sandbox {
namespace {

int Digit(char c) { return c - '0'; }
char Char(int digit) { return static_cast<char>('0' + digit); }

std::string Digits(Random* random, int count, int first_low = 1) {
  std::string out;
  out.push_back(Char(static_cast<int>(random->Between(first_low, 9))));
  while (static_cast<int>(out.size()) < count) {
    out.push_back(Char(static_cast<int>(random->Below(10))));
  }
  return out;
}

int WeightedSum(std::string_view digits, const std::vector<int>& weights) {
  int sum = 0;
  for (size_t i = 0; i < weights.size(); ++i) sum += Digit(digits[i]) * weights[i];
  return sum;
}

int64_t Number(std::string_view digits) {
  return std::strtoll(std::string(digits).c_str(), nullptr, 10);
}

int DigitSum(int value) { return value / 10 + value % 10; }

// The check digit that makes `digits` + check pass the Luhn test.
int LuhnCheck(std::string_view digits) {
  int sum = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    const bool doubled = (digits.size() - i) % 2 == 1;
    sum += doubled ? DigitSum(2 * Digit(digits[i])) : Digit(digits[i]);
  }
  return (10 - sum % 10) % 10;
}

// ISO 7064, MOD 11,10.
int Mod1110Check(std::string_view digits) {
  int product = 10;
  for (char c : digits) {
    int sum = (Digit(c) + product) % 10;
    if (sum == 0) sum = 10;
    product = 2 * sum % 11;
  }
  return (11 - product) % 10;
}

std::string TwoDigits(int64_t value) {
  return {Char(static_cast<int>(value / 10 % 10)), Char(static_cast<int>(value % 10))};
}

using Text = std::optional<std::string>;  // nothing where a body has no valid check digit

Text Mod11(const std::string& body, const std::vector<int>& weights, int for_ten, int for_eleven) {
  int check = 11 - WeightedSum(body, weights) % 11;
  if (check == 10) check = for_ten;
  if (check == 11) check = for_eleven;
  if (check < 0) return std::nullopt;
  return body + Char(check);
}

// Sum modulo 11 is itself the check digit (Poland).
Text PlainMod11(const std::string& body, const std::vector<int>& weights) {
  const int check = WeightedSum(body, weights) % 11;
  if (check == 10) return std::nullopt;
  return body + Char(check);
}

std::string France(const std::string& siren_body) {
  const std::string siren = siren_body + Char(LuhnCheck(siren_body));
  return TwoDigits((12 + 3 * (Number(siren) % 97)) % 97) + siren;
}

std::string Britain(const std::string& body) {
  const int sum = WeightedSum(body, {8, 7, 6, 5, 4, 3, 2});
  return body + TwoDigits(97 - sum % 97);
}

// The sum of digits where every second one is doubled, beginning with the first.
int DoubledFirst(std::string_view digits) {
  int sum = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    sum += i % 2 == 0 ? DigitSum(2 * Digit(digits[i])) : Digit(digits[i]);
  }
  return sum;
}

std::string Austria(const std::string& body) {
  int sum = 0;
  for (size_t i = 0; i < body.size(); ++i) {
    sum += i % 2 == 1 ? DigitSum(2 * Digit(body[i])) : Digit(body[i]);
  }
  return body + Char((96 - sum) % 10);
}

std::string Ireland(const std::string& body) {
  static constexpr std::string_view kLetters = "WABCDEFGHIJKLMNOPQRSTUV";
  return body + kLetters[static_cast<size_t>(WeightedSum(body, {8, 7, 6, 5, 4, 3, 2}) % 23)];
}

std::string CzechRepublic(const std::string& body) {
  const int rest = WeightedSum(body, {8, 7, 6, 5, 4, 3, 2}) % 11;
  return body + Char(rest == 0 ? 1 : rest == 1 ? 0 : 11 - rest);
}

// The first two digits check the other nine.
std::string Australia(const std::string& nine) {
  const int sum = WeightedSum(nine, {3, 5, 7, 9, 11, 13, 15, 17, 19});
  for (int head = 10; head <= 99; ++head) {
    if ((sum + (head / 10 - 1) * 10 + head % 10) % 89 == 0) return TwoDigits(head) + nine;
  }
  return {};
}

std::string Brazil(const std::string& body) {
  const auto check = [](const std::string& digits, const std::vector<int>& weights) {
    const int rest = WeightedSum(digits, weights) % 11;
    return Char(rest < 2 ? 0 : 11 - rest);
  };
  const std::string first = body + check(body, {5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2});
  return first + check(first, {6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2});
}

// The last of 15 signs, base 36 with alternating factors 1 and 2.
std::string India(const std::string& body) {
  static constexpr std::string_view kSigns = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  size_t sum = 0;
  for (size_t i = 0; i < body.size(); ++i) {
    const size_t product = kSigns.find(body[i]) * (i % 2 == 0 ? 1 : 2);
    sum += product / 36 + product % 36;
  }
  return body + kSigns[(36 - sum % 36) % 36];
}

std::string Japan(const std::string& body) {
  int sum = 0;
  for (size_t i = 0; i < body.size(); ++i) {
    sum += Digit(body[body.size() - 1 - i]) * (i % 2 == 0 ? 1 : 2);
  }
  return Char(9 - sum % 9) + body;
}

// The rule of one country: what stands in front, a random body, and the body completed.
struct Rule {
  std::string_view iso2;
  std::string_view prefix;
  std::string (*body)(Random*);
  Text (*complete)(const std::string&);
  // Where the body lies in the completed id (behind the prefix).
  size_t body_at;
};

template <int kCount, int kFirst = 1>
std::string DigitBody(Random* random) {
  return Digits(random, kCount, kFirst);
}

const std::vector<Rule>& Rules() {
  static const std::vector<Rule> rules = {
      {"DE", "DE", DigitBody<8>,
       [](const std::string& b) -> Text { return b + Char(Mod1110Check(b)); }, 0},
      {"FR", "FR", DigitBody<8, 3>, [](const std::string& b) -> Text { return France(b); }, 2},
      {"GB", "GB", DigitBody<7>, [](const std::string& b) -> Text { return Britain(b); }, 0},
      {"NL", "NL", DigitBody<8>,
       [](const std::string& b) -> Text {
         const int check = WeightedSum(b, {9, 8, 7, 6, 5, 4, 3, 2}) % 11;
         return check == 10 ? Text() : b + Char(check) + "B01";
       },
       0},
      {"BE", "BE", [](Random* r) { return "0" + Digits(r, 7, 4); },
       [](const std::string& b) -> Text { return b + TwoDigits(97 - Number(b) % 97); }, 0},
      {"IT", "IT", [](Random* r) { return "0" + Digits(r, 6) + "0" + Digits(r, 2); },
       [](const std::string& b) -> Text { return b + Char(LuhnCheck(b)); }, 0},
      {"ES", "ES", [](Random* r) { return "B" + Digits(r, 7); },
       [](const std::string& b) -> Text {
         return b + Char((10 - DoubledFirst(std::string_view(b).substr(1)) % 10) % 10);
       },
       0},
      {"AT", "ATU", DigitBody<7>, [](const std::string& b) -> Text { return Austria(b); }, 0},
      {"PL", "PL", DigitBody<9, 5>,
       [](const std::string& b) -> Text {
         return PlainMod11(b, {6, 5, 7, 2, 3, 4, 5, 6, 7});
       },
       0},
      {"SE", "SE", [](Random* r) { return "55" + Digits(r, 7, 6); },
       [](const std::string& b) -> Text { return b + Char(LuhnCheck(b)) + "01"; }, 0},
      {"DK", "DK", DigitBody<7>,
       [](const std::string& b) -> Text {
         return Mod11(b, {2, 7, 6, 5, 4, 3, 2}, -1, 0);
       },
       0},
      {"FI", "FI", [](Random* r) { return "0" + Digits(r, 6); },
       [](const std::string& b) -> Text {
         return Mod11(b, {7, 9, 10, 5, 8, 4, 2}, -1, 0);
       },
       0},
      {"PT", "PT", [](Random* r) { return "5" + Digits(r, 7); },
       [](const std::string& b) -> Text {
         return Mod11(b, {9, 8, 7, 6, 5, 4, 3, 2}, 0, 0);
       },
       0},
      {"IE", "IE", DigitBody<7>, [](const std::string& b) -> Text { return Ireland(b); }, 0},
      {"CH", "CHE", DigitBody<8>,
       [](const std::string& b) -> Text {
         return Mod11(b, {5, 4, 3, 2, 7, 6, 5, 4}, -1, 0);
       },
       0},
      {"NO", "NO", DigitBody<8, 8>,
       [](const std::string& b) -> Text {
         return Mod11(b, {3, 2, 7, 6, 5, 4, 3, 2}, -1, 0);
       },
       0},
      {"LU", "LU", DigitBody<6>,
       [](const std::string& b) -> Text { return b + TwoDigits(Number(b) % 89); }, 0},
      {"CZ", "CZ",
       [](Random* r) {
         return std::string(1, Char(static_cast<int>(r->Between(2, 7)))) + Digits(r, 6);
       },
       [](const std::string& b) -> Text { return CzechRepublic(b); }, 0},
      {"AU", "", DigitBody<9>,
       [](const std::string& b) -> Text {
         const std::string id = Australia(b);
         return id.empty() ? Text() : id;
       },
       2},
      {"NZ", "",
       [](Random* r) {
         return "1" + std::string(1, Char(static_cast<int>(r->Below(4)))) + Digits(r, 6);
       },
       [](const std::string& b) -> Text {
         return Mod11(b, {3, 2, 7, 6, 5, 4, 3, 2}, -1, 0);
       },
       0},
      {"BR", "", [](Random* r) { return Digits(r, 8) + "0001"; },
       [](const std::string& b) -> Text { return Brazil(b); }, 0},
      {"CA", "", DigitBody<8>,
       [](const std::string& b) -> Text { return b + Char(LuhnCheck(b)) + "RT0001"; }, 0},
      {"IN", "",
       [](Random* r) {
         static constexpr std::string_view kStates[] = {"27", "29", "07"};
         std::string body(r->Pick(kStates));
         for (int i = 0; i < 3; ++i) body += static_cast<char>('A' + r->Below(26));
         body += 'C';
         body += static_cast<char>('A' + r->Below(26));
         return body + Digits(r, 4) + static_cast<char>('A' + r->Below(26)) + "1Z";
       },
       [](const std::string& b) -> Text { return India(b); }, 0},
      {"JP", "", DigitBody<12>, [](const std::string& b) -> Text { return Japan(b); }, 1},
      {"US", "",
       [](Random* r) {
         static constexpr std::string_view kCampuses[] = {"12", "20", "26", "36", "45",
                                                          "58", "74", "82", "94"};
         return std::string(r->Pick(kCampuses)) + "-" + Digits(r, 7);
       },
       [](const std::string& b) -> Text { return b; }, 0},
  };
  return rules;
}

const Rule* FindRule(std::string_view iso2) {
  for (const Rule& rule : Rules()) {
    if (rule.iso2 == iso2) return &rule;
  }
  return nullptr;
}

}  // namespace

std::string MakeTaxId(std::string_view iso2, Random* random) {
  const Rule* rule = FindRule(iso2);
  if (rule == nullptr) std::abort();
  for (;;) {
    if (const Text id = rule->complete(rule->body(random))) return std::string(rule->prefix) + *id;
  }
}

bool IsValidTaxId(std::string_view iso2, std::string_view plain) {
  const Rule* rule = FindRule(iso2);
  if (rule == nullptr || !plain.starts_with(rule->prefix)) return false;
  const std::string_view id = plain.substr(rule->prefix.size());
  Random sample(1);
  const size_t body_size = rule->body(&sample).size();
  if (id.size() < rule->body_at + body_size) return false;
  const std::string_view body = id.substr(rule->body_at, body_size);
  const size_t letters = iso2 == "IN" ? body.size() : iso2 == "ES" ? 1 : 0;
  for (size_t i = letters; i < body.size(); ++i) {
    if (body[i] != '-' && (body[i] < '0' || body[i] > '9')) return false;
  }
  const Text complete = rule->complete(std::string(body));
  return complete && *complete == id;
}

std::string BreakTaxId(std::string_view iso2, std::string_view plain, Random* random) {
  if (iso2 == "US") return std::string(plain.substr(0, plain.size() - 2));  // no check digit: cut
  // What stands behind the check digit is not checked: a Canadian account's number, a Dutch
  // branch's.
  const size_t unchecked = iso2 == "CA" ? 6 : iso2 == "NL" ? 3 : 0;
  std::string broken(plain);
  do {
    broken = plain;
    const size_t last = broken.size() - unchecked - 1;
    const size_t at = last - random->Below(last - 3);
    if (broken[at] < '0' || broken[at] > '9') continue;
    broken[at] = Char((Digit(broken[at]) + 1 + static_cast<int>(random->Below(8))) % 10);
  } while (IsValidTaxId(iso2, broken));
  return broken;
}

}  // namespace trueup::sandbox
