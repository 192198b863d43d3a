#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "connectors/connector.h"
#include "connectors/salesforce/settings.h"

namespace trueup::connectors::salesforce {

// Use and size of one allowance.
struct Allowance {
  int64_t used = 0;
  int64_t allowed = 0;
};

// Reads a Sforce-Limit-Info header: "api-usage=18/5000", also with ";
// per-app-api-usage=17/250(appName=x)" behind it. Of several allowances it gives the one that is
// nearest to its end.
std::optional<Allowance> ReadLimitInfo(std::string_view header);

// Keeps trueup from using up an API allowance that others need. Safe from any thread.
class ApiBudget {
 public:
  ApiBudget(const BudgetSettings& settings, std::shared_ptr<Clock> clock)
      : settings_(settings), clock_(std::move(clock)) {}

  // Counts one reply and takes what it says about the allowance.
  void Note(const HttpHeaders& headers);
  // kTransient with retry_after where a share is used up. Lets one call through per pause, to see
  // what is left by then.
  Status Check();

  std::optional<Allowance> allowance() const;

 private:
  int64_t OwnLocked();

  const BudgetSettings settings_;
  const std::shared_ptr<Clock> clock_;
  mutable std::mutex mutex_;
  std::optional<Allowance> allowance_;
  std::optional<Instant> paused_until_;
  std::deque<std::pair<int64_t, int64_t>> hours_;  // hour since 1970, replies in it: the last 24
};

}  // namespace trueup::connectors::salesforce
