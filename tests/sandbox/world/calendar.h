#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trueup::sandbox {

// The world counts time in whole seconds since 1970, UTC. It never reads a real clock.
using Seconds = int64_t;

inline constexpr Seconds kMinute = 60;
inline constexpr Seconds kDay = 86400;
inline constexpr Seconds kWorldStart = 1767225600;  // 2026-01-01T00:00:00Z
inline constexpr Seconds kStepLength = 10 * kMinute;

// "2026-01-31" of a point in time.
std::string DateText(Seconds at);
// "2026-01-31<separator>09:00:00<suffix>".
std::string DateTimeText(Seconds at, char separator, std::string_view suffix);
// Reads "2026-01-31" or "2026-01-31[T ]09:00[:00[.fraction]]" followed by nothing, Z or an offset
// (+hh:mm, +hhmm); without an offset it is read as if it were UTC. Fractions are cut off.
std::optional<Seconds> ParseTime(std::string_view text);

// Shifts UTC to the wall clock of one zone and knows nothing of the process's own zone.
class Zone {
 public:
  // REQUIRES a name that the system's zone files know; an unknown name behaves as UTC.
  explicit Zone(const std::string& name);

  const std::string& name() const { return name_; }
  // The wall clock, counted as if it were UTC. Two points may share one wall clock (autumn).
  Seconds ToLocal(Seconds utc) const;

 private:
  struct Transition {
    Seconds from;
    Seconds offset;
  };
  std::string name_;
  std::vector<Transition> transitions_;
};

}  // namespace trueup::sandbox
