#include "pipeline/accounts/reconcile.h"

#include <algorithm>

#include "pipeline/accounts/account_case.h"
#include "pipeline/accounts/agreement.h"
#include "pipeline/accounts/checks.h"
#include "pipeline/accounts/survivorship.h"

namespace trueup::pipeline {
namespace {

using mappings::MappedRow;
using mappings::MappedTerm;

// Every value that the members hold, by term.
std::vector<std::vector<Contender>> ContendersOf(const AccountRows& rows, size_t terms) {
  std::vector<std::vector<Contender>> contenders(terms);
  for (const MappedRow* member : rows.members) {
    for (const MappedTerm& held : member->terms) {
      if (held.term < terms && !held.value.is_empty())
        contenders[held.term].push_back({member, &held});
    }
  }
  return contenders;
}

// Picks the surviving values and reports where systems disagree.
void SettleTerms(const AccountCase& account) {
  const auto& terms = account.entity().terms;
  auto contenders = ContendersOf(account.rows, terms.size());
  for (const mappings::Term& term : terms) {
    std::vector<Contender>& ranked = contenders[term.index];
    if (ranked.empty()) continue;
    Rank(term, ranked);
    AccountTerm survivor = Survive(term, ranked);
    if (const auto disagreement = FindDisagreement(term, ranked)) {
      survivor.conflict = true;
      survivor.conflict_kind = disagreement->kind;
      AddConflict(account, term, survivor, ranked, *disagreement);
    }
    account.account.terms.push_back(std::move(survivor));
  }
}

// The stage is the survivor of the stage term, where that is valid.
Progress Place(const AccountCase& account) {
  const mappings::Lifecycle& lifecycle = account.rules.lifecycle;
  const AccountTerm* held = account.FindTerm(lifecycle.stage_term);
  if (held == nullptr || !held->winner.invalid.empty()) return {};
  const auto stage = lifecycle.FindStage(held->winner.value.ToText());
  if (!stage) return {};
  const auto record =
      std::find_if(account.rows.members.begin(), account.rows.members.end(),
                   [&](const MappedRow* member) { return member->ref == held->winner.ref; });
  account.account.stage = lifecycle.stages[*stage].name;
  account.account.stage_since = held->winner.since;
  return {lifecycle, *stage, held->winner.since, **record};
}

}  // namespace

Reconciled Reconcile(const Roster& roster, const std::vector<AccountRow>& rows,
                     const ReferenceLookup& references, const Rules& rules) {
  Reconciled result;
  result.account.id = roster.account;
  result.account.roster = roster;
  const AccountRows sorted(rows, rules.glossary);
  AccountCase account{roster, rules, references, sorted, result.account, {}, result.conditions};
  SettleTerms(account);
  account.progress = Place(account);
  CheckInvalid(account);
  CheckDuplicates(account);
  CheckCounterparts(account);
  CheckHierarchy(account);
  CheckGaps(account);
  CheckHandoffs(account);
  CheckWaiting(account);
  std::sort(result.conditions.begin(), result.conditions.end(),
            [](const Condition& a, const Condition& b) { return a.id < b.id; });
  return result;
}

Condition OrphanCondition(const MappedRow& row, const std::string& why, const Rules& rules) {
  const mappings::Entity& entity = rules.glossary.entities[row.entity];
  Condition condition =
      MakeCondition(rules, "orphan", row.ref, "", SystemOwner(rules, row.ref.system()), {});
  condition.value = row.parent.text();
  condition.reason = entity.name + " " + row.ref.text() + " hangs on no account: " + why;
  if (!row.parent.empty()) condition.reason += " (" + row.parent.text() + ")";
  return condition;
}

Condition QuarantineCondition(const Ref& ref, const std::string& why, const Rules& rules) {
  Condition condition = MakeCondition(rules, "quarantined", ref, "", "", {});
  condition.reason = ref.text() + " could not be mapped: " + why;
  return condition;
}

Condition SyncGapCondition(const Ref& ref, const std::string& why, const Rules& rules) {
  Condition condition = MakeCondition(rules, "sync_gap", ref, "", "", {});
  condition.reason = ref.text() + " differs from its source in every audit: " + why;
  return condition;
}

}  // namespace trueup::pipeline
