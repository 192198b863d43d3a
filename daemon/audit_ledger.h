#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/instant.h"
#include "daemon/shared_map.h"
#include "pipeline/accounts/account.h"
#include "pipeline/log/log.h"
#include "pipeline/state/store.h"

namespace trueup::daemon {

// A comparison of an object's ids with its source that was carried out.
struct IdProof {
  Instant at;     // when it was done
  Instant as_of;  // what the source changed behind this moment was set aside
  uint64_t held = 0;
  uint64_t listed = 0;   // ids that the source listed, without those set aside
  uint64_t missing = 0;  // of them, those that were not held
  uint64_t extra = 0;    // ids that were held and that the source had not
  uint64_t set_aside = 0;

  bool equal() const { return missing == 0 && extra == 0; }
  friend bool operator==(const IdProof&, const IdProof&) = default;
};

// How the audit of one object stands.
struct AuditRecord {
  std::optional<IdProof> proof;  // the last one
  std::string error;             // why the last try came to nothing; empty: it did not
  std::optional<Instant> next;   // not before; nothing: at once
  uint32_t troubles = 0;         // tries in a row that came to nothing or found a difference
  // What differed at the last try, sorted; of many, the first.
  std::vector<std::string> missing;  // ids that the source listed and we did not hold
  std::vector<std::string> extra;    // ids that we held and the source had not
  // Ids of the findings that are stated, or may be: a crash can come before they are.
  std::vector<std::string> stated;

  void Encode(std::string& out) const;
  static Result<AuditRecord> Decode(std::string_view bytes);
  friend bool operator==(const AuditRecord&, const AuditRecord&) = default;
};

// Remembers how the audits stand, and states as findings what they could not cure, on the topic
// `audits` (docs/reference/published.md). Safe from several threads, one per object.
class AuditLedger {
 public:
  // `shared`: where several instances share the log, the place of the records, so that they move
  // with the pulling; null: they lie in the store.
  AuditLedger(pipeline::Store& store, pipeline::FamilyId family, pipeline::Log& log,
              SharedMap* shared = nullptr)
      : store_(store), family_(family), log_(log), shared_(shared) {}

  // An object that was never audited has an empty record.
  Result<AuditRecord> Find(const std::string& system, const std::string& object) const;

  // Stores the record; `record.stated` stays what it is.
  Status Note(const std::string& system, const std::string& object, const AuditRecord& record);

  // Stores the record and makes `gaps` the findings of the object: states them, and withdraws those
  // of `record.stated` that are none of them.
  Status State(const std::string& system, const std::string& object, AuditRecord record,
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

}  // namespace trueup::daemon
