#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "tests/sandbox/world/random.h"
#include "tests/sandbox/world/schema.h"

namespace trueup::sandbox {

enum class Fault {
  kError,        // 500
  kUnavailable,  // 503 with an HTML body
  kTooMany,      // 429 with Retry-After: 1
  kExpired,      // the token is no longer good: 401 as the system says it
  kHtml,         // 200 with HTML where JSON should be
  kCut,          // the connection ends in mid-body
  kSlow,         // the second half of the body comes a second later
  // Of Salesforce alone; the nasty profile lets them strike its queries:
  kNotAcceptable,    // 406 without a body, while an instance starts
  kEnhanceYourCalm,  // 420 with an HTML body, from the edge of its network
  kQueryTimeout,     // 400 QUERY_TIMEOUT
  kConcurrency,      // 403 REQUEST_LIMIT_EXCEEDED: too many long requests at a time
};
constexpr int kCommonFaults = 7;  // the first ones, which every system knows
constexpr int kAllFaults = 11;

// "500", "503", "429", "expired", "html", "cut", "slow", "406", "420", "timeout", "concurrency".
std::optional<Fault> ParseFault(std::string_view name);

enum class FaultProfile { kNone, kFlaky, kNasty };
std::optional<FaultProfile> ParseFaultProfile(std::string_view name);

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

 private:
  Fault Choose(System system, const std::string& path);

  struct Planned {
    System system;
    Fault fault;
    int left;
    std::string path;
  };

  FaultProfile profile_;
  mutable std::mutex mutex_;
  Random random_;
  std::vector<Planned> planned_;
  std::unordered_set<std::string> just_failed_;
  bool down_[kSystems] = {};
};

}  // namespace trueup::sandbox
