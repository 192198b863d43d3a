#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "connectors/connector.h"
#include "daemon/audit_parts.h"
#include "daemon/contents_audit.h"

namespace trueup::daemon {

// Compares the contents of one system's rows with the source, some rows a cycle, and delivers those
// that differ: what changed without a new stamp (formula fields), and what a pull missed. It needs
// not to be done in a hurry, so it takes little of each cycle, leaves the pulling its half of the
// API budget, and goes on where it was after whatever came between. When all rows are compared it
// looks whether what was delivered is held: what is not, and still differs, is stated as a
// `sync_gap` finding until it is cured. How it stands is in the intake's ledger. Used by the
// puller's thread.
class ContentsAuditor {
 public:
  // How many rows are compared a cycle. Where the source gives many more at the cost of one (it
  // reads everything), one such batch.
  static constexpr size_t kRowsPerCycle = 2000;

  // `interval`: from the begin of one comparison of all rows of an object to that of the next. The
  // first begins an interval after the object was first seen: a snapshot was just read.
  ContentsAuditor(AuditParts parts, std::chrono::milliseconds interval);

  // Goes on with the object where it is due, and takes the rows that it compared off `rows`, what
  // is left of this cycle's. REQUIRES: the state has all that was pulled until `as_of`.
  Status Run(connectors::Connector& connector, const std::string& object, Instant as_of,
             size_t& rows, std::stop_token stop);

 private:
  using Gaps = std::vector<pipeline::Condition>;

  ContentsLedger& ledger() const { return parts_.intake.contents(); }
  bool IsForPass(const ContentsRecord& record) const;
  Status GoOn(connectors::Connector& connector, const std::string& object, Instant as_of,
              size_t& rows, std::stop_token stop, ContentsRecord& record) const;
  Status LookAgain(connectors::Connector& connector, const std::string& object, Instant as_of,
                   std::stop_token stop, ContentsRecord& record, std::optional<Gaps>& gaps) const;
  Gaps GapsOf(const std::vector<ChangeEvent>& cures) const;
  Status Settle(const std::string& object, Status audited, ContentsRecord record,
                const std::optional<Gaps>& gaps);
  Result<std::vector<HeldContent>> NotHeld(const std::string& object,
                                           const ContentsRecord& record) const;
  Status Deliver(const std::string& object, std::vector<ChangeEvent> cures,
                 ContentsRecord& record) const;
  Instant NextPass(const ContentsRecord& record) const;

  const AuditParts parts_;
  const std::chrono::milliseconds interval_;
};

}  // namespace trueup::daemon
