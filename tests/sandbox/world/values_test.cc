// The small parts that values go through: time, names, noise, ids.
#include <gtest/gtest.h>

#include "tests/sandbox/world/calendar.h"
#include "tests/sandbox/world/names.h"
#include "tests/sandbox/world/noise.h"
#include "tests/sandbox/world/table.h"

namespace trueup::sandbox {
namespace {

TEST(Calendar, ReadsEveryFormThatClientsWrite) {
  for (const char* text :
       {"2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000Z", "2026-01-01 00:00:00",
        "2026-01-01T01:00:00+01:00", "2025-12-31T16:00:00.000-0800", "2026-01-01"}) {
    EXPECT_EQ(ParseTime(text), kWorldStart) << text;
  }
  for (const char* text :
       {"", "2026-02-30", "2026-01-01T25:00:00Z", "2026-01-01T00:00:00 CET", "yesterday"}) {
    EXPECT_EQ(ParseTime(text), std::nullopt) << text;
  }
}

TEST(Calendar, WritesWhatItReads) {
  EXPECT_EQ(DateTimeText(kWorldStart + 3661, 'T', "Z"), "2026-01-01T01:01:01Z");
  EXPECT_EQ(DateText(kWorldStart - 1), "2025-12-31");
}

TEST(Zone, GivesTheWallClockInWinterAndSummer) {
  const Zone zone("America/Los_Angeles");
  EXPECT_EQ(zone.ToLocal(kWorldStart), kWorldStart - 8 * 3600);
  const Seconds july = *ParseTime("2026-07-01T00:00:00Z");
  EXPECT_EQ(zone.ToLocal(july), july - 7 * 3600);
}

TEST(Zone, RepeatsAnHourInAutumn) {
  const Zone zone("America/Los_Angeles");
  const Seconds before = *ParseTime("2025-11-02T08:30:00Z");
  EXPECT_EQ(zone.ToLocal(before), zone.ToLocal(before + 3600));
}

TEST(Names, TakeTheLegalFormOff) {
  const int germany = FindCountry("Germany");
  EXPECT_EQ(SplitLegalForm("Nordwind Handels GmbH", germany).first, "Nordwind Handels");
  EXPECT_EQ(
      SplitLegalForm("Nordwind Handels, Gesellschaft mit beschränkter Haftung", germany).first,
      "Nordwind Handels");
  EXPECT_EQ(SplitLegalForm("GmbH", germany).second, -1);
}

TEST(Names, FindTheHostInAWebsite) {
  EXPECT_EQ(HostOf("https://www.Example.com/path?x=1"), "example.com");
  EXPECT_EQ(HostOf("example.co.uk"), "example.co.uk");
  EXPECT_EQ(HostOf("n/a"), "");
}

TEST(Csv, KeepsQuotedCommasQuotesAndLineBreaks) {
  const auto rows = ParseCsv("a,b\r\n\"x, \"\"y\"\"\",\"1\n2\"\n");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1], (std::vector<std::string>{"x, \"y\"", "1\n2"}));
}

// Noise must be undone by the plainest normalising.
TEST(Noise, KeepsTheDigitsOfATaxIdAndAPhone) {
  const Country& germany = Countries()[static_cast<size_t>(FindCountry("DE"))];
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    EXPECT_EQ(NameKey(ShowTaxId(germany, "DE136695976", &random)), "de136695976");
    EXPECT_NE(NameKey(ShowPhone(germany, "302345678", &random)).find("302345678"),
              std::string::npos);
    EXPECT_EQ(HostOf(ShowWebsite("nordwind.de", &random)), "nordwind.de");
  }
}

TEST(Noise, MakesOneSlipInAWord) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    Random random(seed);
    const std::string typo = Typo("Logistics", &random);
    EXPECT_LE(typo.size(), 10U);
    EXPECT_GE(typo.size(), 8U);
    EXPECT_EQ(typo.substr(0, 2), "Lo");
  }
}

// Vectors of the vendor and of client libraries.
TEST(SalesforceIds, CarryTheCaseSuffix) {
  EXPECT_EQ(WithCaseSuffix("a01M00000062mPg"), "a01M00000062mPgIAI");
  EXPECT_EQ(WithCaseSuffix("001M000000qfPyS"), "001M000000qfPySIAU");
  EXPECT_EQ(WithCaseSuffix("AbCdEfGhIjKlMnO"), "AbCdEfGhIjKlMnOVKV");
  EXPECT_EQ(WithCaseSuffix("aBcDEfgHIJKLMNO"), "aBcDEfgHIJKLMNO025");
}

}  // namespace
}  // namespace trueup::sandbox
