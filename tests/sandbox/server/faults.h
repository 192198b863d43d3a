#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "tests/sandbox/server/fault.h"
#include "tests/sandbox/world/random.h"
#include "tests/sandbox/world/schema.h"

namespace trueup::sandbox {

enum class FaultProfile { kNone, kFlaky, kNasty };
std::optional<FaultProfile> ParseFaultProfile(std::string_view name);

// The system has this fault at all.
bool Knows(System system, Fault fault);

// Decides which requests go wrong. Safe for several threads.
class Faults {
 public:
  Faults(FaultProfile profile, uint64_t seed) : profile_(profile), random_(seed, "faults") {}

  // The fault of this request, if any. `request` is what tells it from others (target and body):
  // under a profile the same request never fails twice in a row, so that a retry gets through.
  std::optional<Fault> Next(System system, const std::string& path, const std::string& request);

  // The next `count` requests to the system whose path contains `path` meet this fault.
  void Plan(System system, Fault fault, int count, std::string path);
  // From now on; what is planned stays so.
  void SetProfile(FaultProfile profile);
  void SetDown(System system, bool down);
  bool IsDown(System system) const;
  // How many requests to the system have met each fault, by its name.
  std::map<std::string, size_t> Struck(System system) const;

 private:
  struct Planned {
    System system;
    Fault fault;
    int left;
    std::string path;
  };

  std::optional<Fault> Decide(System system, const std::string& path, const std::string& request);
  std::optional<Fault> TakePlanned(System system, const std::string& path);

  FaultProfile profile_;
  mutable std::mutex mutex_;
  Random random_;
  std::vector<Planned> planned_;
  std::unordered_set<std::string> just_failed_;
  std::map<std::string, size_t> struck_[kSystems];
  bool down_[kSystems] = {};
};

}  // namespace trueup::sandbox
