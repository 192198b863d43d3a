#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "daemon/audit_records.h"
#include "daemon/shared_map.h"
#include "pipeline/accounts/account.h"
#include "pipeline/log/log.h"
#include "pipeline/state/store.h"

namespace trueup::daemon {

// Remembers how the audits of one kind stand (`Record`: AuditRecord or ContentsRecord), and states
// as findings what they could not cure, on the topic `audits` (docs/reference/published.md). Safe
// from several threads, one per object.
template <class Record>
class Ledger {
 public:
  // `shared`: where several instances share the log, the place of the records, so that they move
  // with the pulling; null: they lie in the store.
  Ledger(pipeline::Store& store, pipeline::FamilyId family, pipeline::Log& log,
         SharedMap* shared = nullptr)
      : store_(store), family_(family), log_(log), shared_(shared) {}

  // An object that was never audited has an empty record.
  Result<Record> Find(const std::string& system, const std::string& object) const;

  // Stores the record; `record.stated` stays what it is.
  Status Note(const std::string& system, const std::string& object, const Record& record);

  // Stores the record and makes `gaps` the findings of the object: states them, and withdraws those
  // of `record.stated` that are none of them.
  Status State(const std::string& system, const std::string& object, Record record,
               const std::vector<pipeline::Condition>& gaps);

  // The object is to be audited at once.
  Status MakeDue(const std::string& system, const std::string& object);

  // Forgets everything of all objects but what is stated, so that it can be withdrawn. REQUIRES:
  // the records lie in the store.
  Status ForgetProofs();

 private:
  pipeline::Store& store_;
  const pipeline::FamilyId family_;
  pipeline::Log& log_;
  SharedMap* const shared_;
};

extern template class Ledger<AuditRecord>;
extern template class Ledger<ContentsRecord>;

using AuditLedger = Ledger<AuditRecord>;
using ContentsLedger = Ledger<ContentsRecord>;

}  // namespace trueup::daemon
