#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "connectors/connector.h"
#include "daemon/intake.h"
#include "pipeline/state/store.h"

namespace trueup::daemon {

// Audits one system's objects beside its pulling: lists all ids now and then, and delivers what
// differs, so that the state mends itself. Used by the puller's thread.
class Auditor {
 public:
  // The live state as it was last committed.
  using OpenState = std::function<Result<std::unique_ptr<pipeline::Store>>()>;

  // `interval`: between two audits of an object.
  Auditor(std::string system, Intake& intake, OpenState open_state, std::shared_ptr<Clock> clock,
          std::chrono::milliseconds interval);

  // Audits those of the objects that are due, and again those whose last audit found a difference:
  // only that proves it cured. REQUIRES: the state has all that was pulled until `as_of`. An object
  // that fails does not keep the others from being audited. The first error.
  Status RunDue(connectors::Connector& connector, const std::vector<std::string>& objects,
                Instant as_of, std::stop_token stop);

 private:
  Result<bool> IsDue(const std::string& object) const;
  Status RunOne(connectors::Connector& connector, const std::string& object, Instant as_of,
                std::stop_token stop);

  const std::string system_;
  Intake& intake_;
  const OpenState open_state_;
  const std::shared_ptr<Clock> clock_;
  const std::chrono::milliseconds interval_;
};

}  // namespace trueup::daemon
