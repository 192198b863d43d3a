#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/error.h"

namespace trueup {

// A point in time, UTC, to the microsecond.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;
// A calendar day without a zone.
using Date = std::chrono::sys_days;

// A point in time as a source wrote it: equal when the points are equal, whatever the offset.
struct ZonedInstant {
  Instant at;
  std::chrono::minutes offset{0};  // of the zone it was written in, from UTC

  friend bool operator==(const ZonedInstant& a, const ZonedInstant& b) { return a.at == b.at; }
  friend auto operator<=>(const ZonedInstant& a, const ZonedInstant& b) { return a.at <=> b.at; }
};

// Reads ISO 8601: "2026-01-31T09:00:00[.fraction](Z|+hh:mm|+hhmm|-hh)". A space may stand for the
// T. A text without a zone, a day that no calendar has, or trailing characters are kInvalid.
Result<ZonedInstant> ParseInstant(std::string_view text);
// Reads "2026-01-31T09:00:00[.fraction]" or with a space, without zone, as if it were UTC.
Result<Instant> ParseLocalInstant(std::string_view text);
// Reads "2026-01-31".
Result<Date> ParseDate(std::string_view text);

// "2026-01-31T09:00:00Z", with ".250" or ".250001" only where there is a fraction.
std::string FormatInstant(Instant at);
// For people: to the second.
std::string FormatSecond(Instant at);
// With the offset it was written in: "2026-01-31T10:00:00+01:00".
std::string FormatInstant(const ZonedInstant& zoned);
// "2026-01-31".
std::string FormatDate(Date date);
// For people: "3 d", "5 h", "12 min", "8 s".
std::string FormatDuration(std::chrono::microseconds duration);

// Whole microseconds since 1970, as stored; and back.
inline int64_t ToMicros(Instant at) { return at.time_since_epoch().count(); }
inline Instant FromMicros(int64_t micros) { return Instant(std::chrono::microseconds(micros)); }

}  // namespace trueup
