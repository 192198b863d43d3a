#include "mappings/tax_id.h"

#include <gtest/gtest.h>

namespace trueup::mappings {
namespace {

struct Case {
  const char* country;  // of the row
  const char* text;
  const char* canonical;  // "": does not fit
};

// Published examples: the administrations' own, and those of the documentation of python-stdnum.
TEST(TaxId, ProvesTheCheckDigitsOfEachScheme) {
  const Case cases[] = {{"", "AT U13585627", "ATU13585627"},
                        {"", "ATU13585626", ""},
                        {"", "BE 428759497", "BE0428759497"},
                        {"", "BE431150351", ""},
                        {"BG", "175074752", "BG175074752"},
                        {"BG", "175074751", ""},
                        {"", "CHE-100.155.212", "CHE100155212"},
                        {"", "CHE-100.155.213", ""},
                        {"", "CHE-100.155.212 MWST", "CHE100155212"},
                        {"", "CY-10259033P", "CY10259033P"},
                        {"", "CY-10259033Z", ""},
                        {"CZ", "25123891", "CZ25123891"},
                        {"CZ", "25123890", ""},
                        {"", "de136695976", "DE136695976"},
                        {"DE", "136695978", ""},
                        {"", "DK 13585628", "DK13585628"},
                        {"", "DK 13585627", ""},
                        {"EE", "100594102", "EE100594102"},
                        {"EE", "100594103", ""},
                        {"ES", "B64717838", "ESB64717838"},
                        {"ES", "B64717839", ""},
                        {"ES", "54362315K", "ES54362315K"},
                        {"ES", "X-5253868-R", "ESX5253868R"},
                        {"ES", "M-1234567-L", "ESM1234567L"},
                        {"", "FI 20774740", "FI20774740"},
                        {"", "FI 20774741", ""},
                        {"FR", "23334175221", "FR23334175221"},
                        {"FR", "84 323 140 391", ""},
                        {"FR", "K7399859412", "FRK7399859412"},
                        {"FR", "4Z123456782", "FR4Z123456782"},
                        {"FR", "IO334175221", ""},
                        {"", "FR83404833048", "FR83404833048"},
                        {"FR", "404833048", "FR83404833048"},
                        {"FR", "404833047", ""},
                        {"", "GB 980 7806 84", "GB980780684"},
                        {"GB", "802311781", ""},
                        {"", "EL 094259216", "EL094259216"},
                        {"GR", "094259216", "EL094259216"},
                        {"", "EL 123456781", ""},
                        {"", "HR 33392005961", "HR33392005961"},
                        {"HR", "33392005962", ""},
                        {"", "HU-12892312", "HU12892312"},
                        {"", "HU-12892313", ""},
                        {"", "IE 6433435F", "IE6433435F"},
                        {"", "IE 6433435OA", "IE6433435OA"},
                        {"IE", "6433435E", ""},
                        {"IE", "8D79739I", "IE8D79739I"},
                        {"", "IT 00743110157", "IT00743110157"},
                        {"IT", "00743110158", ""},
                        {"LT", "119511515", "LT119511515"},
                        {"", "LT 100001919017", "LT100001919017"},
                        {"LT", "100001919018", ""},
                        {"LT", "100004801610", "LT100004801610"},
                        {"", "LU 150 274 42", "LU15027442"},
                        {"LU", "150 274 43", ""},
                        {"", "LV 4000 3521 600", "LV40003521600"},
                        {"LV", "40003521601", ""},
                        {"", "MT 1167-9112", "MT11679112"},
                        {"MT", "1167-9113", ""},
                        {"NL", "004495445B01", "NL004495445B01"},
                        {"", "NL002455799B11", "NL002455799B11"},
                        {"NL", "123456789B90", ""},
                        {"", "NO 995 525 828 MVA", "NO995525828"},
                        {"", "NO 995 525 829 MVA", ""},
                        {"", "PL 8567346215", "PL8567346215"},
                        {"", "PL 8567346216", ""},
                        {"", "PT 501 964 843", "PT501964843"},
                        {"", "PT 501 964 842", ""},
                        {"", "RO 185 472 90", "RO18547290"},
                        {"RO", "185 472 91", ""},
                        {"", "SE 123456789701", "SE123456789701"},
                        {"SE", "123456789101", ""},
                        {"SE", "123456-7897", "SE123456789701"},
                        {"", "SI 5022 3054", "SI50223054"},
                        {"", "SI 50223055", ""},
                        {"", "SK 202 274 96 19", "SK2022749619"},
                        {"", "SK 202 274 96 18", ""},
                        {"AU", "83 914 571 673", "AU83914571673"},
                        {"AU", "99 999 999 999", ""},
                        {"BR", "16.727.230/0001-97", "BR16727230000197"},
                        {"BR", "16.727.230/0001-98", ""},
                        {"CA", "12302 6635", "CA123026635"},
                        {"CA", "12302 6635 RC 0001", "CA123026635"},
                        {"CA", "123456783", ""},
                        {"IN", "27AAPFU0939F1ZV", "IN27AAPFU0939F1ZV"},
                        {"IN", "27AAPFU0939F1ZO", ""},
                        {"JP", "5-8356-7825-6246", "JP5835678256246"},
                        {"JP", "2-8356-7825-6246", ""},
                        {"NZ", "4909185-0", "NZ049091850"},
                        {"NZ", "136410133", ""},
                        {"US", "91-1144442", "US911144442"},
                        {"US", "07-1144442", ""},
                        {"US", "91-11444", ""}};
  for (const Case& c : cases) {
    const TypedValue value = ReadTaxId(c.text, c.country);
    EXPECT_EQ(value.valid() ? value.value.ToText() : "", c.canonical) << c.country << " " << c.text;
    EXPECT_TRUE(value.valid() || value.value == Value(c.text)) << c.text;
  }
}

TEST(TaxId, TakesTheSchemeFromThePrefixBeforeAnotherCountry) {
  EXPECT_EQ(ReadTaxId("ATU13585627", "DE").value, Value("ATU13585627"));
  EXPECT_EQ(ReadTaxId("XI 980 7806 84", "GB").value, Value("GB980780684"));
}

TEST(TaxId, GuessesNothing) {
  EXPECT_EQ(ReadTaxId("83 914 571 673", ""), (TypedValue{Value("83914571673"), {}}));
  EXPECT_EQ(ReadTaxId("ab-12/34", "ZW"), (TypedValue{Value("AB1234"), {}}));
  EXPECT_FALSE(ReadTaxId("-/-", "DE").valid());
}

TEST(TaxId, ReadsAFormThatOneCountryAloneHas) {
  EXPECT_EQ(ReadTaxId("12345 6782 RT0001", "").value.ToText(), "CA123456782");
  EXPECT_FALSE(ReadTaxId("123456783RT0001", "").valid());
  EXPECT_EQ(ReadTaxId("123456782 X0001", "").value.ToText(), "123456782X0001");
}

TEST(TaxId, IsOneWithItselfWithoutItsCountry) {
  EXPECT_TRUE(MayBeOneTaxId("DE136695976", "DE136695976"));
  EXPECT_TRUE(MayBeOneTaxId("136695976", "DE136695976"));
  EXPECT_TRUE(MayBeOneTaxId("DE136695976", "136695976"));
  EXPECT_FALSE(MayBeOneTaxId("DE136695976", "AT136695976"));
  EXPECT_FALSE(MayBeOneTaxId("DE136695976", "136695978"));
}

TEST(TaxId, SaysWhatIsWrong) {
  EXPECT_EQ(ReadTaxId("DE136695978", "").invalid,
            "the check digits of a German USt-IdNr are wrong");
  EXPECT_EQ(ReadTaxId("12-34567", "US").invalid,
            "has not the form of a US employer identification number");
}

}  // namespace
}  // namespace trueup::mappings
