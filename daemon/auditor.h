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
#include "mappings/catalog.h"
#include "pipeline/state/store.h"

namespace trueup::daemon {

// Audits one system's objects beside its pulling: lists all ids now and then, and delivers what
// differs, so that the state mends itself. What differs in two audits in a row although it was
// delivered is stated as a `sync_gap` finding, until an audit finds it cured. How each audit went
// is in the intake's ledger. Used by the puller's thread.
class Auditor {
 public:
  // The live state as it was last committed.
  using OpenState = std::function<Result<std::unique_ptr<pipeline::Store>>()>;

  // `interval`: between two audits of an object.
  Auditor(std::string system, Intake& intake, OpenState open_state,
          std::shared_ptr<const mappings::Catalog> catalog, std::shared_ptr<Clock> clock,
          std::chrono::milliseconds interval);

  // Audits those of the objects that are due. One that found a difference, or came to nothing, is
  // due again after a minute, then after two, four and so on up to the interval, and never before
  // the source's `retry_after`: its list costs the source as much as any other. REQUIRES: the state
  // has all that was pulled until `as_of`. An object that fails does not keep the others from being
  // audited. The first error.
  Status RunDue(connectors::Connector& connector, const std::vector<std::string>& objects,
                Instant as_of, std::stop_token stop);

 private:
  bool IsDue(const AuditRecord& record) const;
  Status RunOne(connectors::Connector& connector, const std::string& object, AuditRecord record,
                Instant as_of, std::stop_token stop);
  Status Audit(connectors::Connector& connector, const std::string& object, Instant as_of,
               std::stop_token stop, AuditRecord& record,
               std::vector<pipeline::Condition>& gaps) const;
  std::vector<pipeline::Condition> GapsOf(const std::string& object, const AuditRecord& before,
                                          const AuditRecord& now) const;
  std::chrono::milliseconds WaitAfter(const AuditRecord& record, const Status& audited) const;

  const std::string system_;
  Intake& intake_;
  const OpenState open_state_;
  const std::shared_ptr<const mappings::Catalog> catalog_;
  const std::shared_ptr<Clock> clock_;
  const std::chrono::milliseconds interval_;
};

}  // namespace trueup::daemon
