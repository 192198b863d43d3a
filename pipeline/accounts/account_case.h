#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/mapped_row.h"
#include "pipeline/accounts/account.h"
#include "pipeline/accounts/reconcile.h"
#include "pipeline/accounts/rules.h"

namespace trueup::pipeline {

// The rows of an account in an order that does not depend on how they came. Points into the rows it
// was made from.
struct AccountRows {
  AccountRows(const std::vector<AccountRow>& rows, const mappings::Glossary& glossary);

  std::vector<const mappings::MappedRow*> members;  // the account records, by ref
  // Everything that hangs on them, by entity and ref; each row once.
  std::vector<std::vector<const mappings::MappedRow*>> by_entity;
};

// Where an account stands in its lifecycle, by the record whose stage survived.
class Progress {
 public:
  // Nobody has a valid stage.
  Progress() = default;
  // REQUIRES: `stage` is an index of the lifecycle's stages.
  Progress(const mappings::Lifecycle& lifecycle, size_t stage, Instant since,
           const mappings::MappedRow& record);

  std::optional<size_t> stage() const { return stage_; }
  // Whether the account waits at the gate that leads out of `from`, or has passed it.
  bool Reached(size_t from) const { return stage_ && *stage_ >= from; }
  bool Passed(size_t from) const { return stage_ && *stage_ > from; }
  // When it came to stage `from` or beyond, the last time it did so: from the dated milestones,
  // else from the time since which it has its present stage, which is then the latest possible
  // time. REQUIRES: Reached(from).
  Instant ReachedAt(size_t from) const;
  // When it fell back to `from` or before it after having been beyond, and stayed there; nothing
  // where it did not.
  std::optional<Instant> FellBackAt(size_t from) const;
  Instant since() const { return since_; }

 private:
  struct Step {
    size_t stage;
    Instant at;
  };
  std::optional<size_t> stage_;
  Instant since_;
  std::vector<Step> steps_;  // oldest first; the present stage last
};

// Everything that the checks of one account read, and where they put what they find.
struct AccountCase {
  const Roster& roster;
  const Rules& rules;
  const ReferenceLookup& references;
  const AccountRows& rows;
  Account& account;
  Progress progress;
  std::vector<Condition>& conditions;

  // Adds a condition with its id, account, owner (`natural_owner` where the lifecycle does not say
  // otherwise) and severity; the evidence is `refs` and the subject. The caller fills in the rest.
  Condition& Add(const std::string& kind, const Ref& subject, const std::string& term,
                 const std::string& natural_owner, std::vector<Ref> refs = {}) const;

  const mappings::Entity& entity() const { return rules.glossary.account(); }
  // The survivor of a term, or nullptr where all records are empty.
  const AccountTerm* FindTerm(uint16_t term) const;
  // The systems that have a record of the account, sorted, each once.
  std::vector<std::string> Systems() const;
};

// The parts that every condition has, whichever check made it.
Condition MakeCondition(const Rules& rules, const std::string& kind, const Ref& subject,
                        const std::string& term, const std::string& natural_owner,
                        std::vector<Ref> refs);

}  // namespace trueup::pipeline
