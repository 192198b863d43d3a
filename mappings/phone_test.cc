#include <gtest/gtest.h>
#include <phonenumbers/phonenumberutil.h>

#include <random>
#include <set>

#include "mappings/types.h"

namespace trueup::mappings {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

// What libphonenumber alone makes of a number; empty where it does not fit.
std::string ByLibrary(const std::string& text) {
  const auto& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber number;
  std::string e164;
  if (util.Parse(text, "ZZ", &number) == PhoneNumberUtil::NO_PARSING_ERROR &&
      util.IsPossibleNumberWithReason(number) == PhoneNumberUtil::IS_POSSIBLE) {
    util.Format(number, PhoneNumberUtil::E164, &e164);
  }
  return e164;
}

TEST(Phone, ReadsInternationalNumbersAsLibphonenumberDoes) {
  std::mt19937 random(20261124);
  const auto digit = [&] { return static_cast<char>('0' + random() % 10); };
  std::set<int> codes;
  PhoneNumberUtil::GetInstance()->GetSupportedCallingCodes(&codes);
  for (const int code : codes) {
    for (int sample = 0; sample < 60; ++sample) {
      std::string text = "+" + std::to_string(code) + " (";
      for (size_t left = 2 + random() % 11; left > 0; --left) {
        text.push_back(digit());
        if (left == 8) text += ") ";
        if (left == 4) text += "-";
      }
      const TypedValue value = ReadPhone(text, "");
      EXPECT_EQ(value.valid() ? value.value.ToText() : "", ByLibrary(text)) << text;
    }
  }
}

struct Case {
  const char* text;
  const char* country;
  const char* e164;  // "": does not fit
};

TEST(Phone, ReadsWhatPeopleWrite) {
  const Case cases[] = {{"+49 30 1234567", "", "+49301234567"},
                        {"+49 (0)30 1234567", "", "+49301234567"},
                        {"0049-30-1234567", "US", "+49301234567"},
                        {"030/1234567", "DE", "+49301234567"},
                        {"(212) 491-4177", "US", "+12124914177"},
                        {"1-212-491-4177 ext. 12", "US", "+12124914177"},
                        {"001 212 491 4177", "JP", "+12124914177"},
                        {"02 1234 5678", "IT", "+390212345678"},
                        {"+390212345678", "", "+390212345678"},
                        {"+1 12", "US", ""},
                        {"+44 12", "GB", ""},
                        {"030 1234567", "", ""},
                        {"call me", "DE", ""},
                        {"+999 123456", "", ""},
                        {"000000000", "DE", ""}};
  for (const Case& c : cases) {
    const TypedValue value = ReadPhone(c.text, c.country);
    EXPECT_EQ(value.valid() ? value.value.ToText() : "", c.e164) << c.text;
    EXPECT_TRUE(value.valid() || value.value == Value(c.text)) << c.text;
  }
}

TEST(Phone, TellsTheCountry) {
  EXPECT_EQ(CountryOfPhone("+12124914177"), "US");
  EXPECT_EQ(CountryOfPhone("+14162493134"), "CA");
  EXPECT_EQ(CountryOfPhone("+49301234567"), "DE");
  EXPECT_EQ(CountryOfPhone("+80012345678"), "");
  EXPECT_EQ(CountryOfPhone("12"), "");
}

TEST(Phone, SaysWhyANumberDoesNotFit) {
  EXPECT_EQ(ReadPhone("030 1234567", "").invalid,
            "a national number, and the record names no country");
  EXPECT_EQ(ReadPhone("+1 12", "US").invalid, "no phone number of its country has this length");
  EXPECT_EQ(ReadPhone("reception", "US").invalid, "not a phone number");
}

}  // namespace
}  // namespace trueup::mappings
