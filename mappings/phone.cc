#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>

#include "mappings/text.h"
#include "mappings/types.h"

namespace trueup::mappings {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr const char* kWrongLength = "no phone number of its country has this length";

// A key's text and what came of it; "" as number: `reason` says why not.
struct Reading {
  std::string number;
  const char* reason = "";
};

Reading Parse(std::string_view text, std::string_view country) {
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber number;
  // 00 stands for + in most of the world, and people write it of numbers of the rest too; no
  // national number begins so.
  const std::string dialled =
      text.starts_with("00") ? "+" + std::string(text.substr(2)) : std::string(text);
  const auto outcome = util.Parse(dialled, country.empty() ? "ZZ" : std::string(country), &number);
  switch (outcome) {
    case PhoneNumberUtil::NO_PARSING_ERROR: break;
    case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR:
      return {{},
              country.empty() ? "a national number, and the record names no country"
                              : "no such country calling code"};
    default: return {{}, "not a phone number"};
  }
  if (util.IsPossibleNumberWithReason(number) != PhoneNumberUtil::IS_POSSIBLE) {
    return {{}, kWrongLength};
  }
  number.clear_extension();
  Reading reading;
  util.Format(number, PhoneNumberUtil::E164, &reading.number);
  return reading;
}

// Calling codes of numbers that, written internationally and not beginning with 0, libphonenumber
// takes as they stand: no carrier codes, no rewriting. phone_test.cc proves that both ways read
// alike.
constexpr int kPlainCodes[] = {1,   20,  27,  30,  31,  32,  33,  34,  36,  40,  41,  43,
                               44,  45,  46,  47,  48,  49,  51,  56,  57,  58,  60,  62,
                               63,  64,  65,  66,  81,  82,  84,  90,  91,  92,  94,  351,
                               353, 354, 356, 357, 358, 359, 371, 372, 380, 381, 385, 386,
                               420, 421, 852, 886, 961, 962, 965, 966, 971, 972, 973, 974};
constexpr size_t kMostDigits = 15;  // of a number of E.164

// The digits of an international number written with nothing but "+", digits and plain punctuation;
// empty where it is none.
struct Digits {
  std::array<char, kMostDigits> all;
  size_t size = 0;
  std::string_view text() const { return {all.data(), size}; }
};

Digits InternationalDigits(std::string_view text) {
  Digits digits;
  if (text.starts_with("00")) {
    text.remove_prefix(2);
  } else if (text.starts_with('+')) {
    text.remove_prefix(1);
  } else {
    return {};
  }
  for (const char c : text) {
    if (!IsDigit(c)) {
      if (c != ' ' && c != '-' && c != '.' && c != '(' && c != ')') return {};
    } else if (digits.size == kMostDigits) {
      return {};
    } else {
      digits.all[digits.size++] = c;
    }
  }
  return digits;
}

// Whether a number of that calling code can have so many digits: depends on nothing else.
bool IsPossibleLength(size_t code, size_t length) {
  static thread_local std::array<std::array<signed char, kMostDigits + 1>, std::size(kPlainCodes)>
      known{};
  signed char& answer = known[code][length];
  if (answer == 0) {
    PhoneNumber number;
    number.set_country_code(kPlainCodes[code]);
    uint64_t any = 2;
    for (size_t i = 1; i < length; ++i) any = any * 10 + 2;
    number.set_national_number(any);
    const auto outcome = PhoneNumberUtil::GetInstance()->IsPossibleNumberWithReason(number);
    answer = outcome == PhoneNumberUtil::IS_POSSIBLE ? 1 : -1;
  }
  return answer > 0;
}

// Reads the plain case, most of what systems hold, without libphonenumber's parser; nothing for any
// other.
std::optional<TypedValue> ReadPlain(std::string_view text) {
  const Digits digits = InternationalDigits(text);
  int number = 0;
  for (size_t size = 1; size <= 3 && size < digits.size; ++size) {
    number = number * 10 + (digits.all[size - 1] - '0');
    const auto code = std::lower_bound(std::begin(kPlainCodes), std::end(kPlainCodes), number);
    if (code == std::end(kPlainCodes) || *code != number) continue;
    const char first = digits.all[size];
    if (first == '0' || (number == 1 && first == '1')) return std::nullopt;
    const auto at = static_cast<size_t>(code - std::begin(kPlainCodes));
    if (!IsPossibleLength(at, digits.size - size)) return TypedValue::Invalid(text, kWrongLength);
    return TypedValue{Value("+" + std::string(digits.text())), {}};
  }
  return std::nullopt;
}

// Parsing costs some ten microseconds, and switchboards repeat: what this thread read lately.
// Emptied when full, so it stays small and needs no order.
class Cache {
 public:
  const Reading& Get(std::string_view text, std::string_view country) {
    key_.assign(country);
    key_.push_back('\0');
    key_.append(text);
    const auto known = readings_.find(key_);
    if (known != readings_.end()) return known->second;
    if (readings_.size() >= kMost) readings_.clear();
    return readings_.emplace(key_, Parse(text, country)).first->second;
  }

 private:
  static constexpr size_t kMost = 16384;
  std::string key_;
  std::unordered_map<std::string, Reading> readings_;
};

}  // namespace

TypedValue ReadPhone(std::string_view text, std::string_view country) {
  constexpr size_t kLongest = 250;  // libphonenumber's own
  if (text.size() > kLongest) return TypedValue::Invalid(text, "not a phone number");
  if (auto plain = ReadPlain(text)) return *std::move(plain);
  static thread_local Cache cache;
  const Reading& reading = cache.Get(text, country);
  if (reading.number.empty()) return TypedValue::Invalid(text, reading.reason);
  return {Value(reading.number), {}};
}

std::string CountryOfPhone(const std::string& e164) {
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber number;
  if (util.Parse(e164, "ZZ", &number) != PhoneNumberUtil::NO_PARSING_ERROR) return {};
  std::string country;
  util.GetRegionCodeForNumber(number, &country);
  constexpr size_t kCountryCode = 2;  // "ZZ" is nobody, "001" the world
  return country.size() == kCountryCode && country != "ZZ" ? country : std::string();
}

}  // namespace trueup::mappings
