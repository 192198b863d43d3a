#include "base/instant.h"

#include <gtest/gtest.h>

namespace trueup {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Instant, ReadsWhatSourcesWrite) {
  const struct {
    const char* text;
    const char* utc;
    int offset;
  } rows[] = {
      {"2026-01-31T09:00:00Z", "2026-01-31T09:00:00Z", 0},
      {"2026-01-31T09:00:00.000+0000", "2026-01-31T09:00:00Z", 0},
      {"2026-01-31 09:00:00+01:00", "2026-01-31T08:00:00Z", 60},
      {"2026-01-31T09:00:00-05", "2026-01-31T14:00:00Z", -300},
      {"2026-01-31T00:30:00-00:45", "2026-01-31T01:15:00Z", -45},
      {"2026-03-01T00:00:00+14:00", "2026-02-28T10:00:00Z", 840},
      {"2024-02-29T23:59:59.25z", "2024-02-29T23:59:59.250Z", 0},
      {"2026-01-31T09:00:00.1234567Z", "2026-01-31T09:00:00.123456Z", 0},
      {"2026-01-31T09:00Z", "2026-01-31T09:00:00Z", 0},
      {"1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z", 0},
      {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", 0},
  };
  for (const auto& row : rows) {
    const Result<ZonedInstant> read = ParseInstant(row.text);
    ASSERT_TRUE(read.ok()) << row.text;
    EXPECT_EQ(FormatInstant(read->at), row.utc);
    EXPECT_EQ(read->offset, minutes(row.offset)) << row.text;
  }
}

TEST(Instant, RefusesWhatNoCalendarOrClockHas) {
  for (const char* text :
       {"", "2026-01-31", "2026-01-31T09:00:00", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31T09:60:00Z",
        "2026-01-31T09:00:60Z", "2026-01-31T09:00:00.Z", "2026-01-31T09:00:00+1:00",
        "2026-01-31T09:00:00+19:00", "2026-01-31T09:00:00+01:60", "2026-01-31T09:00:00Z ",
        "26-01-31T09:00:00Z", "2026-1-31T09:00:00Z", "2026-01-31X09:00:00Z"}) {
    EXPECT_FALSE(ParseInstant(text).ok()) << text;
  }
}

TEST(Instant, ReadsLocalTimesAndDatesOnlyWithoutAZone) {
  EXPECT_EQ(FormatInstant(ParseLocalInstant("2026-01-31 09:00:00").value()),
            "2026-01-31T09:00:00Z");
  EXPECT_FALSE(ParseLocalInstant("2026-01-31T09:00:00Z").ok());
  EXPECT_EQ(FormatDate(ParseDate("2024-02-29").value()), "2024-02-29");
  for (const char* text : {"2023-02-29", "2024-02-29T00:00:00", "20240229", "2024-2-9", ""}) {
    EXPECT_FALSE(ParseDate(text).ok()) << text;
  }
}

TEST(Instant, WritesTheOffsetItWasWrittenIn) {
  for (const char* text : {"2026-01-31T10:00:00+01:00", "2026-01-30T23:15:00-09:45",
                           "2026-01-31T09:00:00Z", "2026-01-31T10:00:00.500+05:30"}) {
    EXPECT_EQ(FormatInstant(ParseInstant(text).value()), text);
  }
}

TEST(Instant, IsEqualWhereThePointIsWhateverTheZone) {
  EXPECT_EQ(ParseInstant("2026-01-31T10:00:00+01:00").value(),
            ParseInstant("2026-01-31T09:00:00Z").value());
}

TEST(Instant, SurvivesStorage) {
  const Instant at = ParseInstant("1931-05-06T07:08:09.000001Z").value().at;
  EXPECT_EQ(FromMicros(ToMicros(at)), at);
}

TEST(Duration, IsRoundedForPeople) {
  EXPECT_EQ(FormatDuration(seconds(8)), "8 s");
  EXPECT_EQ(FormatDuration(seconds(119)), "119 s");
  EXPECT_EQ(FormatDuration(minutes(12)), "12 min");
  EXPECT_EQ(FormatDuration(hours(5)), "5 h");
  EXPECT_EQ(FormatDuration(hours(80)), "3 d");
  EXPECT_EQ(FormatDuration(microseconds(1)), "0 s");
}

}  // namespace
}  // namespace trueup
