#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/change_event.h"
#include "base/ref.h"
#include "mappings/mapped_row.h"
#include "pipeline/accounts/account.h"
#include "pipeline/matching/resolver.h"

namespace trueup::pipeline {

// What stages send each other. A message is the whole value of one key, or its removal. In one
// process it is handed over as it is; only Kafka, the outbox and the store make bytes of it.

// A mapped row on its way: encoded once, by map, and passed on by reference.
struct RowPayload {
  Ref ref;
  uint16_t entity = 0;
  std::shared_ptr<const std::string> bytes;  // MappedRow::Encode; null: the row is withdrawn
};

// To collect: a record's own row, from map. A row that could not be mapped is withdrawn.
struct OwnRow {
  RowPayload payload;
};

// To collect: a row that hangs on record `to`, from the collect of record `via` (whose own row it
// is, or which had it from below).
struct ChildRow {
  Ref to;
  Ref via;
  int level = 0;  // how many records it has passed
  RowPayload payload;
};

// To collect: which account a member belongs to now; empty: none.
struct Membership {
  Ref member;
  std::string account;
};

using CollectInput = std::variant<OwnRow, ChildRow, Membership>;

// To reconcile: a row that an account holds through one of its members (own row where payload.ref
// == member).
struct MemberRow {
  std::string account;
  Ref member;
  RowPayload payload;
};

// To reconcile: a row that many accounts may use (user, product, ...).
struct ReferenceRow {
  RowPayload payload;
};

using ReconcileInput = std::variant<MemberRow, ReferenceRow, Roster>;

// Under which key a message is sent: the next one of the same key takes its place.
std::string KeyOf(const CollectInput& input);
std::string KeyOf(const ResolveInput& input);
std::string KeyOf(const ReconcileInput& input);
// The same whichever of the two records comes first in the decision.
std::string PairKey(const PairDecision& decision);

// A document for the published topics: the newest content of a key.
struct Document {
  std::string topic;
  std::string key;
  std::string json;       // empty: removed
  std::string canonical;  // the same without offsets: what the digest hashes; empty with json
};

// An observation for the published topics: sent once, never replaced, outside the digest.
struct Observation {
  std::string topic;
  std::string key;
  std::string json;
};

// The published topics; docs/reference has their contents.
inline constexpr const char* kAccountsTopic = "accounts";
inline constexpr const char* kConditionsTopic = "conditions";
inline constexpr const char* kFactsTopic = "facts";
inline constexpr const char* kChangesTopic = "changes";
// Conditions too, but of the audit: no stage sends them, and no build of the state states them.
inline constexpr const char* kAuditsTopic = "audits";

// What a stage sends while it applies its inputs, in the order in which it was sent.
struct Effects {
  std::vector<CollectInput> to_collect;
  std::vector<ResolveInput> to_resolve;
  std::vector<ReconcileInput> to_reconcile;
  std::vector<Document> documents;
  std::vector<Observation> observations;
};

}  // namespace trueup::pipeline
