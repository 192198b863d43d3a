#include "tests/sandbox/world/tax_ids.h"

#include <gtest/gtest.h>

#include "tests/sandbox/world/countries.h"

namespace trueup::sandbox {
namespace {

struct Known {
  std::string_view iso2;
  std::string_view id;
};

// Published examples of valid ids.
TEST(TaxIds, AcceptPublishedExamples) {
  const Known known[] = {
      {"DE", "DE136695976"},     {"GB", "GB980780684"},     {"FR", "FR83404833048"},
      {"NL", "NL004495445B01"},  {"BE", "BE0428759497"},    {"IT", "IT00743110157"},
      {"ES", "ESB58378431"},     {"AT", "ATU13585627"},     {"PL", "PL8567346215"},
      {"DK", "DK13585628"},      {"FI", "FI20774740"},      {"PT", "PT501964843"},
      {"IE", "IE6433435F"},      {"CH", "CHE100155212"},    {"NO", "NO995525828"},
      {"LU", "LU15027442"},      {"CZ", "CZ25123891"},      {"AU", "51824753556"},
      {"BR", "16727230000197"},  {"IN", "27AAPFU0939F1ZV"}, {"JP", "5835678256246"},
      {"CA", "123456782RT0001"}, {"US", "91-1144442"},
  };
  for (const Known& k : known) EXPECT_TRUE(IsValidTaxId(k.iso2, k.id)) << k.id;
}

TEST(TaxIds, AreValidForEveryCountryAndInvalidOnceBroken) {
  for (const Country& country : Countries()) {
    Random random(7, country.iso2);
    for (int i = 0; i < 200; ++i) {
      const std::string id = MakeTaxId(country.iso2, &random);
      EXPECT_TRUE(IsValidTaxId(country.iso2, id)) << id;
      const std::string broken = BreakTaxId(country.iso2, id, &random);
      EXPECT_FALSE(IsValidTaxId(country.iso2, broken)) << broken;
    }
  }
}

}  // namespace
}  // namespace trueup::sandbox
