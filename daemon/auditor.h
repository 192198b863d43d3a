#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

#include "config/config.h"
#include "connectors/connector.h"
#include "daemon/audit_parts.h"
#include "daemon/contents_auditor.h"
#include "daemon/count_auditor.h"

namespace trueup::daemon {

// Audits one system's objects beside its pulling: lists all ids now and then, and delivers what
// differs, so that the state mends itself. What differs in two audits in a row although it was
// delivered is stated as a `sync_gap` finding, until an audit finds it cured. How each audit went
// is in the intake's ledger. The contents of the rows are ContentsAuditor's; where CountAuditor
// finds a difference, ids are listed at once. Used by the puller's thread.
class Auditor {
 public:
  Auditor(AuditParts parts, const config::AuditSettings& settings);

  // Audits those of the objects that are due, their ids, counts and contents. One that found a
  // difference, or came to nothing, is due again as WaitBehindTrouble says. REQUIRES: the state has
  // all that was pulled until `as_of`. An object that fails does not keep the others from being
  // audited. The first error.
  Status RunDue(connectors::Connector& connector, const std::vector<std::string>& objects,
                Instant as_of, std::stop_token stop);

  // How the last comparison of counts went.
  std::optional<CountProof> CountsOf(const std::string& object) const {
    return counts_.ProofOf(object);
  }

 private:
  bool IsDue(const AuditRecord& record) const;
  Status RunOne(connectors::Connector& connector, const std::string& object, Instant as_of,
                std::stop_token stop);
  Status RunCounts(connectors::Connector& connector, const std::string& object, Instant as_of,
                   std::stop_token stop);
  Status Audit(connectors::Connector& connector, const std::string& object, Instant as_of,
               std::stop_token stop, AuditRecord& record,
               std::vector<pipeline::Condition>& gaps) const;
  std::vector<pipeline::Condition> GapsOf(const std::string& object, const AuditRecord& before,
                                          const AuditRecord& now) const;

  const AuditParts parts_;
  const std::chrono::milliseconds interval_;
  CountAuditor counts_;
  ContentsAuditor contents_;
};

}  // namespace trueup::daemon
