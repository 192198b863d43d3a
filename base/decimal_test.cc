#include "base/decimal.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>

namespace trueup {
namespace {

Decimal Of(std::string_view text) {
  const Result<Decimal> number = Decimal::Parse(text);
  EXPECT_TRUE(number.ok()) << text;
  return number.ok() ? *number : Decimal();
}

// A number of up to `digits` digits with the point anywhere.
rc::Gen<std::string> NumberText(int digits) {
  return rc::gen::apply(
      [](bool negative, std::string whole, const std::string& part) {
        whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size() - 1));
        return (negative ? "-" : "") + whole + (part.empty() ? "" : "." + part);
      },
      rc::gen::arbitrary<bool>(),
      rc::gen::nonEmpty(
          rc::gen::resize(digits / 2, rc::gen::container<std::string>(rc::gen::inRange('0', ':')))),
      rc::gen::resize(digits / 2, rc::gen::container<std::string>(rc::gen::inRange('0', ':'))));
}

TEST(Decimal, ReadsWhatSourcesWriteAndPrintsItPlain) {
  const struct {
    const char* text;
    const char* plain;
  } rows[] = {
      {"0", "0"},
      {"-0", "0"},
      {"0.000", "0"},
      {"+7", "7"},
      {"10", "10"},
      {"10.0", "10"},
      {"1e1", "10"},
      {"1E+1", "10"},
      {"100e-1", "10"},
      {"-12.50", "-12.5"},
      {"007", "7"},
      {".5", "0.5"},
      {"5.", "5"},
      {"0.001", "0.001"},
      {"1.5e3", "1500"},
      {"1e-36", "0.000000000000000000000000000000000001"},
      {"123456789012345678901234567890123456", "123456789012345678901234567890123456"},
      {"1.00000000000000000000000000000000000000000000000000", "1"},
  };
  for (const auto& row : rows) EXPECT_EQ(Of(row.text).ToText(), row.plain) << row.text;
}

TEST(Decimal, RefusesWhatIsNoNumberOrTooLong) {
  for (const char* text : {"",      ".",        "-",
                           "+",     "e5",       "1e",
                           "1e+",   "1.2.3",    "1,5",
                           " 1",    "1 ",       "0x10",
                           "NaN",   "Infinity", "1e61",
                           "1e-61", "1e36",     "1e-37",
                           "--1",   "1_000",    "1234567890123456789012345678901234567"}) {
    const Result<Decimal> number = Decimal::Parse(text);
    ASSERT_FALSE(number.ok()) << text;
    EXPECT_EQ(number.error().kind(), ErrorKind::kInvalid);
  }
}

TEST(Decimal, EqualNumbersAreEqualHoweverTheyAreWritten) {
  EXPECT_EQ(Of("1000"), Of("1e3"));
  EXPECT_EQ(Of("0.10"), Of("1e-1"));
  EXPECT_NE(Of("0.1"), Of("0.10000000000000000001"));
  EXPECT_EQ(Decimal(-5), Of("-5"));
}

TEST(Decimal, OrdersNumbersThatAreFarApart) {
  const char* sorted[] = {"-123456789012345678901234567890123456",
                          "-1",
                          "-0.5",
                          "-1e-36",
                          "0",
                          "1e-36",
                          "0.5",
                          "1",
                          "1.000000000000000000000000000000001",
                          "2",
                          "123456789012345678901234567890123456"};
  for (size_t i = 0; i < std::size(sorted); ++i) {
    for (size_t j = 0; j < std::size(sorted); ++j) {
      EXPECT_EQ(Of(sorted[i]) < Of(sorted[j]), i < j) << sorted[i] << " < " << sorted[j];
    }
  }
}

TEST(Decimal, ASumThatNeedsTooManyDigitsLosesTheSmallestOnes) {
  EXPECT_EQ(Of("100000000000000000000000000000000000") + Of("1e-36"),
            Of("100000000000000000000000000000000000"));
  EXPECT_EQ(Of("999999999999999999999999999999999999") + Of("1"),
            Of("999999999999999999999999999999999999"));
  EXPECT_EQ(-Of("999999999999999999999999999999999999") - Of("1"),
            -Of("999999999999999999999999999999999999"));
  EXPECT_EQ(Of("99999999999999999999999999999999999.9") + Of("0.1"),
            Of("100000000000000000000000000000000000"));
}

RC_GTEST_PROP(DecimalProperty, PrintedNumbersReadAsThemselves, ()) {
  const Decimal number = Of(*NumberText(36));
  RC_ASSERT(Of(number.ToText()) == number);
  RC_ASSERT(-(-number) == number);
}

RC_GTEST_PROP(DecimalProperty, OrderIsThatOfTheDifference, ()) {
  const Decimal a = Of(*NumberText(20));
  const Decimal b = Of(*NumberText(20));
  RC_ASSERT((a < b) == (a - b < Decimal()));
  RC_ASSERT((a == b) == (a - b == Decimal()));
}

RC_GTEST_PROP(DecimalProperty, AdditionIsThatOfWholeNumbers,
              (int32_t a, int32_t b, uint8_t places)) {
  const std::string exponent = "e-" + std::to_string(places % 20);
  RC_ASSERT(Of(std::to_string(a) + exponent) + Of(std::to_string(b) + exponent) ==
            Of(std::to_string(int64_t{a} + b) + exponent));
}

RC_GTEST_PROP(DecimalProperty, ASumIsANumberThatCanBeReadAgain, ()) {
  const Decimal sum = Of(*NumberText(36)) + Of(*NumberText(36));
  RC_ASSERT(Of(sum.ToText()) == sum);
}

}  // namespace
}  // namespace trueup
