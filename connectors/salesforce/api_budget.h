#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "connectors/connector.h"
#include "connectors/salesforce/settings.h"

namespace trueup::connectors::salesforce {

// Use and size of one allowance.
struct Allowance {
  int64_t used = 0;
  int64_t allowed = 0;
};

// What a Sforce-Limit-Info header says: "api-usage=18/5000", also with ";
// per-app-api-usage=17/250(appName=x)" behind it.
struct LimitInfo {
  std::optional<Allowance> org;  // of everybody
  std::optional<Allowance> app;  // what an admin left to our connected app alone
};
LimitInfo ReadLimitInfo(std::string_view header);

// One entry of the `limits` resource: {"Max": 5000, "Remaining": 4982}.
std::optional<Allowance> ReadLimit(JsonValue entry);

// What happened in the last 24 hours, counted by the hour.
class DayCount {
 public:
  void Add(Instant now);
  int64_t Sum(Instant now) const;

 private:
  std::deque<std::pair<int64_t, int64_t>> hours_;  // hour since 1970, how many in it
};

// Keeps trueup from using up an API allowance that others need. One for all objects of an org, for
// REST and Bulk. Safe from any thread.
class ApiBudget {
 public:
  ApiBudget(const BudgetSettings& settings, std::shared_ptr<Clock> clock)
      : settings_(settings), clock_(std::move(clock)) {}

  // Counts one reply and takes what it says about the allowance.
  void Note(const HttpHeaders& headers);
  // Whether the `limits` resource is to be asked: what it says of jobs no header tells, and other
  // clients of the org make jobs as well. True once per pause, whatever becomes of the asking.
  bool IsTimeForLimits();
  // Takes what it says.
  void NoteLimits(JsonValue limits);
  void NoteJob();
  // kTransient with retry_after where a share is used up. Lets one call through per pause, to see
  // what is left by then.
  Status Check();
  // kInvalid where a share of the day's Bulk jobs is used up: the rows then come by REST.
  Status CheckJob();

  // Adds what is known of the allowance, and of trueup's share of it.
  void Tell(ApiUsage& usage) const;

 private:
  // Why nothing may be called now; empty where it may.
  std::string UsedUpLocked(Instant now) const;

  const BudgetSettings settings_;
  const std::shared_ptr<Clock> clock_;
  mutable std::mutex mutex_;
  LimitInfo limits_;
  std::optional<Allowance> all_jobs_;  // of everybody: as last read, and ours since then
  std::optional<Instant> limits_asked_;
  std::optional<Instant> paused_until_;
  DayCount replies_;
  DayCount jobs_;
};

}  // namespace trueup::connectors::salesforce
