#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/instant.h"

namespace trueup::connectors::netsuite {

// A wall-clock time of some zone, kept as if it were UTC.
using LocalTime = Instant;

// The rules of a time zone, from the machine's zone files, or a fixed offset. Safe from any thread.
class Zone {
 public:
  // `name` is an IANA name ("America/Los_Angeles"), "UTC", "GMT" or an offset ("+02:00", "-0800").
  // `folder` holds TZif files. kInvalid where there is no such zone or its file is damaged.
  static Result<Zone> Load(const std::string& name,
                           const std::string& folder = "/usr/share/zoneinfo");

  const std::string& name() const { return name_; }
  LocalTime ToLocal(Instant at) const;
  // The earliest instant that shows this local time. A time that the clocks skip in spring is read
  // with the offset before the change.
  Instant ToUtc(LocalTime local) const;

  // Local times from `begin` up to `end` come twice: the clocks were set back.
  struct RepeatedTime {
    LocalTime begin;
    LocalTime end;
  };
  // The repeated stretch that holds `local`, if any.
  std::optional<RepeatedTime> RepeatedAt(LocalTime local) const;
  // Whether the clocks are set back at any time after `at`.
  bool SetsBackAfter(Instant at) const;

 private:
  struct Change {
    Instant at;
    std::chrono::seconds offset;  // from UTC, from `at` on
  };
  friend class ZoneFile;

  std::chrono::seconds OffsetAt(Instant at) const;

  std::string name_;
  std::chrono::seconds first_offset_{0};
  std::vector<Change> changes_;  // in order of time
};

}  // namespace trueup::connectors::netsuite
