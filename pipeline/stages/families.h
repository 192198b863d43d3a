#pragma once

#include <string>
#include <vector>

#include "pipeline/state/store.h"

namespace trueup::pipeline {

// The column families of a generation's state, each owned by one stage.
enum Family : FamilyId {
  kMapRows,        // map: ref -> newest raw row and what only history tells
  kNodes,          // collect: ref -> the record's own row and where its rows go
  kNodeRows,       // collect: (ref, row, via) -> a row that came from below
  kMembers,        // resolve: ref -> match features
  kDecisions,      // resolve: (a, b) -> what a person settled
  kResolveInbox,   // resolve: ref or (a, b) -> features or decision that is not worked off yet
  kResolveOutbox,  // resolve: member or account -> membership or roster that is not sent yet
  kAccounts,       // reconcile: account -> roster and what it last published
  kAccountRows,    // reconcile: (account, member, row) -> a row that the account holds
  kReferences,     // reconcile: ref -> a reference row
  kReferenceUses,  // reconcile: (ref, account) -> nothing: the account's result read the reference
  kDirty,          // reconcile: account -> nothing: changed since it was last published
  kPublished,      // outbox: (topic, key) -> the newest document
  kOutbox,         // outbox: sequence -> (topic, key) still to be sent to the log
  kVersions,       // tasks: hash of a message's key -> the version that was taken
  kMeta,           // runtime: offsets, counters, generation
  kFamilyCount,
};

// Whether stages read the family by prefix while they write to it: View keeps what is written to
// these in order.
constexpr bool IsScanned(Family family) {
  return family == kNodeRows || family == kAccountRows || family == kReferenceUses;
}

inline std::vector<std::string> FamilyNames() {
  return {"map_rows",     "nodes",         "node_rows",      "members",
          "decisions",    "resolve_inbox", "resolve_outbox", "accounts",
          "account_rows", "references",    "reference_uses", "dirty",
          "published",    "outbox",        "versions",       "meta"};
}

}  // namespace trueup::pipeline
