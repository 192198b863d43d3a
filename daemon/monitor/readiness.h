#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "daemon/status_board.h"

namespace trueup::daemon {

// Whether the data of one source is young enough.
struct SourceReadiness {
  std::string system;
  // Of the object whose last pull that is worked off lies back furthest; nothing: some object was
  // never pulled and worked off since the daemon started, or another instance pulls the system.
  std::optional<std::chrono::microseconds> data_age;
  bool elsewhere = false;  // another instance of the cluster pulls it, and answers for it
  std::string why;         // it is not ready; empty: it is
};

struct Readiness {
  std::chrono::milliseconds limit;
  std::vector<SourceReadiness> sources;

  bool ready() const;
  std::string Json() const;
};

// The age of the data of a system's object that is behind furthest.
std::optional<std::chrono::microseconds> DataAge(const SystemStatus& system, Instant now);

Readiness JudgeReadiness(const DaemonFigures& figures, std::chrono::milliseconds limit,
                         Instant now);

}  // namespace trueup::daemon
