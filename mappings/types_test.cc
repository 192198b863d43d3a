#include "mappings/types.h"

#include <gtest/gtest.h>

#include "mappings/tables.h"

namespace trueup::mappings {
namespace {

struct Case {
  const char* text;
  const char* canonical;  // "": does not fit
};

template <class Read, size_t kSize>
void Check(Read read, const Case (&cases)[kSize]) {
  for (const Case& c : cases) {
    const TypedValue value = read(c.text);
    EXPECT_EQ(value.valid() ? value.value.ToText() : "", c.canonical) << c.text;
    EXPECT_TRUE(value.valid() || value.value == Value(c.text)) << c.text;
  }
}

TEST(Types, ReadEmailAddresses) {
  Check(ReadEmail, {{"Ada.Lovelace@Acme.COM", "ada.lovelace@acme.com"},
                    {"o'brien+x@sub.acme.co.uk", "o'brien+x@sub.acme.co.uk"},
                    {"info@m\u00fcller.de", "info@xn--mller-kva.de"},
                    {"accounts@", ""},
                    {"a b@acme.com", ""},
                    {"a@b@acme.com", ""},
                    {"a..b@acme.com", ""},
                    {".a@acme.com", ""},
                    {"a@acme", ""},
                    {"a@-acme.com", ""},
                    {"acme.com", ""}});
}

TEST(Types, ReadRegistrableDomains) {
  Check(ReadDomain, {{"https://www.shop.acme.co.uk/x?y#z", "acme.co.uk"},
                     {"HTTPS://WWW.ACME.COM", "acme.com"},
                     {"http://user:pass@acme.com:8080/", "acme.com"},
                     {"info@sub.acme.de", "acme.de"},
                     {"acme.com.", "acme.com"},
                     {"www.m\u00fcller.de", "xn--mller-kva.de"},
                     {"acme.github.io", "acme.github.io"},
                     {"github.io", "github.io"},
                     {"co.uk", ""},
                     {"acme", ""},
                     {"n/a", ""},
                     {"10.0.0.1", ""},
                     {"acme .com", ""}});
}

TEST(Types, ReadCountriesByCodeAndName) {
  Check(ReadCountry, {{"DE", "DE"},
                      {"deu", "DE"},
                      {"Germany", "DE"},
                      {"DEUTSCHLAND", "DE"},
                      {"U.S.A.", "US"},
                      {"United States of America", "US"},
                      {"UK", "GB"},
                      {"Great Britain", "GB"},
                      {"\u00d6sterreich", "AT"},
                      {"Cote d'Ivoire", "CI"},
                      {"Espa\u00f1a", "ES"},
                      {"Espana", "ES"},
                      {"\u65e5\u672c", "JP"},
                      {"Czech Republic", "CZ"},
                      {"Czechia", "CZ"},
                      {"T\u00fcrkiye", "TR"},
                      {"Neverland", ""},
                      {"XX", ""}});
}

TEST(Types, ReadCurrenciesByCodeAlone) {
  Check(ReadCurrency, {{"EUR", "EUR"},
                       {"usd", "USD"},
                       {"ZWL", "ZWL"},
                       {"AED", "AED"},
                       {"EURO", ""},
                       {"Dollars", ""},
                       {"XXY", ""}});
}

TEST(Types, ReadLanguagesByCodeLocaleAndName) {
  Check(ReadLanguage, {{"en", "en"},
                       {"en_US", "en"},
                       {"pt-BR", "pt"},
                       {"zh_Hans_CN", "zh"},
                       {"German", "de"},
                       {"deutsch", "de"},
                       {"deu", "de"},
                       {"fran\u00e7ais", "fr"},
                       {"Norwegian", "no"},
                       {"nb_NO", "no"},
                       {"iw", "he"},
                       {"Klingon", ""},
                       {"xx_YY", ""}});
}

TEST(Types, ReadTimezonesByIanaName) {
  Check(ReadTimezone, {{"Europe/Berlin", "Europe/Berlin"},
                       {"europe/berlin", "Europe/Berlin"},
                       {"Asia/Calcutta", "Asia/Kolkata"},
                       {"US/Eastern", "America/New_York"},
                       {"Europe/Oslo", "Europe/Oslo"},
                       {"Etc/UTC", "UTC"},
                       {"Mars/Base", ""},
                       {"Berlin", ""}});
}

TEST(Types, ReadNumbersThatHaveOneReading) {
  Check(ReadNumber, {{"1234.5", "1234.5"},
                     {"-12", "-12"},
                     {"1e3", "1000"},
                     {"1,234.50", "1234.5"},
                     {"1.234,50", "1234.5"},
                     {"1,234,567", "1234567"},
                     {"1.234.567", "1234567"},
                     {"-1,234.50", "-1234.5"},
                     {"1 234,5", "1234.5"},
                     {"1'234.5", "1234.5"},
                     {"12,5", "12.5"},
                     {"0,125", "0.125"},
                     {"12345,678", "12345.678"},
                     {"1.234", "1.234"},
                     {"1,234", ""},
                     {"12,34,567", ""},
                     {"1,2,3", ""},
                     {"1.2.3,4", ""},
                     {",", ""},
                     {"EUR 5", ""},
                     {"ten", ""}});
}

TEST(Types, ReadBooleans) {
  Check(ReadBoolean,
        {{"T", "true"}, {"false", "false"}, {"YES", "true"}, {"0", "false"}, {"maybe", ""}});
}

TEST(Types, ReadDates) {
  const auto read = [](std::string_view text) { return ReadDate(text); };
  Check(read, {{"2026-02-28", "2026-02-28"},
               {"2026-02-28T23:30:00-05:00", "2026-02-28"},
               {"2026-02-28 00:00:00", "2026-02-28"},
               {"2026-02-30", ""},
               {"28.02.2026", ""},
               {"2026-02-28 soon", ""}});
  const auto german = [](std::string_view text) { return ReadDate(text, "D.M.YYYY"); };
  Check(german, {{"28.2.2026", "2026-02-28"},
                 {"01.12.2026", "2026-12-01"},
                 {"2026-02-28", ""},
                 {"31.2.2026", ""}});
}

TEST(Types, ReadInstants) {
  Check(ReadInstant, {{"2026-01-31T10:00:00+01:00", "2026-01-31T09:00:00Z"},
                      {"2026-01-31 09:00:00", "2026-01-31T09:00:00Z"},
                      {"2026-01-31", ""}});
}

TEST(Types, ReadLists) {
  EXPECT_EQ(ReadList("a; b;;c", false, ";").value.ToText(), "a; b; c");
  EXPECT_EQ(ReadList(R"(["a", 2, " "])", true, ";").value.ToText(), "a; 2");
  EXPECT_FALSE(ReadList(R"({"a": 1})", true, ";").valid());
}

TEST(Types, ReadCodesWithoutCaseAndSpace) {
  Check(ReadCode, {{"ec1a 1bb", "EC1A1BB"}, {"110 00", "11000"}, {"01-234", "01-234"}});
}

TEST(Types, CompleteSalesforceIds) {
  Check(ReadSalesforceId,
        {{"a01M00000062mPg", "a01M00000062mPgIAI"},
         {"001M000000qfPyS", "001M000000qfPySIAU"},
         {"a0FE000000D6r3F", "a0FE000000D6r3FMAR"},
         {"0F9E000000092w2", "0F9E000000092w2KAA"},
         {"aaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaAAA"},
         {"AbCdEfGhIjKlMnO", "AbCdEfGhIjKlMnOVKV"},
         {"aBcDEfgHIJKLMNO", "aBcDEfgHIJKLMNO025"},
         {"001M000000qfPySIAU", "001M000000qfPySIAU"},
         {"001m000000qfpysiau", "001M000000qfPySIAU"},  // the suffix knows the case
         {"001M000000qfPySIA9", ""},
         {"001M000000qfPy", ""},
         {"see notes here!", ""}});
}

TEST(Types, KnowEveryCountryLanguageAndZoneUnderItsOwnCode) {
  for (const char* code : {"AD", "ZW", "XK"}) {
    EXPECT_EQ(FindCountry(code).has_value(), std::string_view(code) != "XK") << code;
  }
  EXPECT_EQ(FindLanguage("zu"), "zu");
  EXPECT_EQ(FindTimezone("Pacific/Auckland"), "Pacific/Auckland");
}

}  // namespace
}  // namespace trueup::mappings
