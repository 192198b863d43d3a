#include "connectors/netsuite/zone.h"

#include <gtest/gtest.h>

#include "connectors/netsuite/zone_rule.h"

namespace trueup::connectors::netsuite {
namespace {

std::string ToUtcText(const Zone& zone, const std::string& local) {
  return FormatInstant(zone.ToUtc(*ParseLocalInstant(local)));
}

struct Case {
  std::string zone;
  std::string local;
  std::string utc;
};

TEST(Zone, TurnsLocalTimesIntoInstants) {
  const Case cases[] = {
      {"America/Los_Angeles", "2026-01-31 09:00:00", "2026-01-31T17:00:00Z"},
      {"America/Los_Angeles", "2026-07-31 09:00:00", "2026-07-31T16:00:00Z"},
      // Skipped in spring: read with the offset before.
      {"America/Los_Angeles", "2026-03-08 02:30:00", "2026-03-08T10:30:00Z"},
      // Repeated in autumn: the earlier one.
      {"America/Los_Angeles", "2026-11-01 01:30:00", "2026-11-01T08:30:00Z"},
      {"America/Los_Angeles", "2026-11-01 02:00:00", "2026-11-01T10:00:00Z"},
      {"America/Los_Angeles", "2060-07-01 00:00:00", "2060-07-01T07:00:00Z"},
      {"Europe/Berlin", "2026-10-25 02:30:00", "2026-10-25T00:30:00Z"},
      {"Australia/Sydney", "2026-01-01 00:00:00", "2025-12-31T13:00:00Z"},
      {"Asia/Kolkata", "2026-01-01 00:00:00", "2025-12-31T18:30:00Z"},
      {"America/Sao_Paulo", "2026-01-01 00:00:00", "2026-01-01T03:00:00Z"},
      {"UTC", "2026-01-01 00:00:00", "2026-01-01T00:00:00Z"},
      {"+02:00", "2026-01-01 00:00:00", "2025-12-31T22:00:00Z"},
      {"-0330", "2026-01-01 00:00:00", "2026-01-01T03:30:00Z"},
  };
  for (const Case& c : cases) {
    const auto zone = Zone::Load(c.zone);
    ASSERT_TRUE(zone.ok()) << zone.error().message();
    EXPECT_EQ(ToUtcText(*zone, c.local), c.utc) << c.zone << " " << c.local;
  }
}

TEST(Zone, ComesBackFromEveryHourOfAYearButTheRepeatedOne) {
  const auto zone = Zone::Load("America/Los_Angeles");
  ASSERT_TRUE(zone.ok());
  int differing = 0;
  for (Instant at = *ParseLocalInstant("2026-01-01 00:00:00");
       at < *ParseLocalInstant("2027-01-01 00:00:00"); at += std::chrono::hours(1)) {
    if (zone->ToUtc(zone->ToLocal(at)) != at) ++differing;
  }
  EXPECT_EQ(differing, 1);
}

TEST(Zone, KnowsTheRepeatedHour) {
  const auto zone = Zone::Load("America/Los_Angeles");
  ASSERT_TRUE(zone.ok());
  const auto at = [](const char* text) { return *ParseLocalInstant(text); };
  const auto repeated = zone->RepeatedAt(at("2026-11-01 01:30:00"));
  ASSERT_TRUE(repeated);
  EXPECT_EQ(repeated->begin, at("2026-11-01 01:00:00"));
  EXPECT_EQ(repeated->end, at("2026-11-01 02:00:00"));
  EXPECT_FALSE(zone->RepeatedAt(at("2026-11-01 00:59:59")));
  EXPECT_FALSE(zone->RepeatedAt(at("2026-11-01 02:00:00")));
  EXPECT_FALSE(zone->RepeatedAt(at("2026-03-08 02:30:00")));
}

TEST(Zone, KnowsWhereClocksAreSetBack) {
  const Instant now = *ParseLocalInstant("2026-01-01 00:00:00");
  EXPECT_TRUE(Zone::Load("America/Los_Angeles")->SetsBackAfter(now));
  EXPECT_FALSE(Zone::Load("America/Sao_Paulo")->SetsBackAfter(now));
  EXPECT_FALSE(Zone::Load("-08:00")->SetsBackAfter(now));
}

TEST(Zone, RefusesWhatIsNone) {
  for (const char* name : {"", "Mars/Base", "../../etc/passwd", "/etc/passwd", "+25:00", "+x"}) {
    EXPECT_FALSE(Zone::Load(name).ok()) << name;
  }
}

TEST(ZoneRule, ReadsTheFormsOfPosix) {
  const auto half_year = ParseZoneRule("<-03>3<-02>,M3.5.0/-2,M10.5.0/-1:30");
  ASSERT_TRUE(half_year);
  EXPECT_EQ(half_year->standard, std::chrono::hours(-3));
  EXPECT_EQ(half_year->summer, std::chrono::hours(-2));
  EXPECT_EQ(FormatInstant(half_year->begin.In(std::chrono::year(2026))), "2026-03-28T22:00:00Z");
  const auto julian = ParseZoneRule("AAA-1BBB,J60/0,300/0");
  ASSERT_TRUE(julian);
  EXPECT_EQ(FormatInstant(julian->begin.In(std::chrono::year(2024))), "2024-03-01T00:00:00Z");
  EXPECT_EQ(FormatInstant(julian->end.In(std::chrono::year(2026))), "2026-10-28T00:00:00Z");
  EXPECT_FALSE(ParseZoneRule("UTC0")->has_summer);
  for (const char* text : {"", "X", "PST", "PST8PDT,M13.1.0,M1.1.0", "PST8PDT,M3.2.0", "PST8x"}) {
    EXPECT_FALSE(ParseZoneRule(text)) << text;
  }
}

}  // namespace
}  // namespace trueup::connectors::netsuite
