#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "base/instant.h"

namespace trueup::connectors::netsuite {

// One day of every year, with a time: when the clocks change.
struct ZoneRuleDay {
  enum class Form {
    kJulian,
    kDayOfYear,
    kWeekday
  };  // "J60" (29 February never counts), "59", "M3.2.0"
  Form form = Form::kWeekday;
  int month = 0;  // of kWeekday: 1-12
  int week = 0;   // of kWeekday: 1-5, 5 is the last
  int day = 0;    // a weekday from 0 (Sunday), or a day of the year
  std::chrono::seconds time = std::chrono::hours(2);  // local, may lie outside of the day

  // That day and time of a year, as local time.
  Instant In(std::chrono::year year) const;
};

// The rule behind the last change that a zone file lists, in the form of POSIX
// ("PST8PDT,M3.2.0,M11.1.0").
struct ZoneRule {
  std::chrono::seconds standard{0};  // offset from UTC
  std::chrono::seconds summer{0};    // the same as `standard` where there is no summer time
  bool has_summer = false;
  ZoneRuleDay begin;  // of summer time, in local standard time
  ZoneRuleDay end;    // in local summer time
};

// Nothing where the text is no such rule.
std::optional<ZoneRule> ParseZoneRule(std::string_view text);

}  // namespace trueup::connectors::netsuite
