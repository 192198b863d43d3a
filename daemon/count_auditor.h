#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <stop_token>
#include <string>

#include "connectors/connector.h"
#include "daemon/audit_parts.h"
#include "daemon/audit_records.h"
#include "daemon/count_audit.h"

namespace trueup::daemon {

// Compares now and then how many rows a source created in each window of time with how many are
// held, at the price of one call an object. Equal counts prove little (a missing row and one too
// many in one window are not seen), so this only says earlier that ids are to be listed. What a
// source created or deleted since the last pull differs for a moment: only what differs in two
// comparisons in a row counts, and the second comes with the next cycle. Used by the puller's
// thread; a restart begins anew.
class CountAuditor {
 public:
  // `interval`: from one comparison of an object to the next.
  CountAuditor(AuditParts parts, std::chrono::milliseconds interval);

  // Compares where the object is due; whether its ids are to be listed. A difference that a list
  // did not cure asks for no other one. REQUIRES: the state has all that was pulled until `as_of`.
  Result<bool> Run(connectors::Connector& connector, const std::string& object, Instant as_of,
                   std::stop_token stop);

  // The last comparison of the object; nothing: there was none, or its source cannot count so.
  std::optional<CountProof> ProofOf(const std::string& object) const;

 private:
  struct Object {
    std::optional<CountProof> proof;
    std::optional<Instant> next;   // not before; nothing: at once
    CountDifferences differences;  // of the last comparison
    CountDifferences listed;       // for which ids were listed
  };

  Result<std::optional<CountDifferences>> Compare(connectors::Connector& connector,
                                                  const std::string& object, Instant as_of,
                                                  std::stop_token stop, CountProof& proof) const;

  const AuditParts parts_;
  const std::chrono::milliseconds interval_;
  std::map<std::string, Object> objects_;
};

}  // namespace trueup::daemon
