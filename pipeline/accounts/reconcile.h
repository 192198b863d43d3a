#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/catalog.h"
#include "pipeline/accounts/account.h"
#include "pipeline/accounts/rules.h"

namespace trueup::pipeline {

// Looks up a reference row (user, product, ...) by ref; nullptr where nobody has it. Called for
// each reference that the result depends on, found or not.
using ReferenceLookup = std::function<const mappings::MappedRow*(const Ref&)>;

struct Reconciled {
  Account account;
  std::vector<Condition> conditions;  // sorted by id, each id once
};

// Builds the reconciled account of a roster from the rows of exactly its members, and says what is
// wrong with it: conflicts, gaps, invalid values, duplicates, missing counterparts, hand-off items,
// waiting, hierarchy. A pure function: no clock, no I/O, safe from any thread, and the order of
// `rows` does not matter.
Reconciled Reconcile(const Roster& roster, const std::vector<AccountRow>& rows,
                     const ReferenceLookup& references, const mappings::Catalog& catalog);

// A row that hangs on no account: kind "orphan", no term.
Condition OrphanCondition(const mappings::MappedRow& row, const std::string& why,
                          const mappings::Catalog& catalog);
// A record that could not be mapped: kind "quarantined", no term.
Condition QuarantineCondition(const Ref& ref, const std::string& why,
                              const mappings::Catalog& catalog);
// A record that audits find different from its source's again and again: kind "sync_gap", no term.
Condition SyncGapCondition(const Ref& ref, const std::string& why,
                           const mappings::Catalog& catalog);

// The published documents; pipeline/accounts/README.md shows them.
std::string AccountJson(const Account& account, const mappings::Catalog& catalog, Offsets offsets);
// A published account as Offsets::kLeaveOut would have it. kInvalid where it is no JSON.
Result<std::string> WithoutOffsets(std::string account_json);
std::string ConditionJson(const Condition& condition);
// Reads ConditionJson back; kCorrupt where it is not that.
Result<Condition> ParseCondition(std::string_view json);

// The same by rules alone, for callers that have no catalog.
Reconciled Reconcile(const Roster& roster, const std::vector<AccountRow>& rows,
                     const ReferenceLookup& references, const Rules& rules);
Condition OrphanCondition(const mappings::MappedRow& row, const std::string& why,
                          const Rules& rules);
Condition QuarantineCondition(const Ref& ref, const std::string& why, const Rules& rules);
Condition SyncGapCondition(const Ref& ref, const std::string& why, const Rules& rules);
// Where a term of a system's object comes from, for provenance.
using SourceLookup = std::function<std::optional<mappings::TermSource>(
    std::string_view system, std::string_view object, uint16_t term)>;
std::string AccountJson(const Account& account, const mappings::Glossary& glossary,
                        const SourceLookup& sources, Offsets offsets);

}  // namespace trueup::pipeline
