// What is wrong with the account for the stage it is in: gaps, missing counterparts, waiting and
// going back.
#include <algorithm>
#include <set>

#include "pipeline/accounts/checks.h"
#include "pipeline/accounts/wording.h"

namespace trueup::pipeline {
namespace {

using mappings::Counterpart;
using mappings::Gate;
using mappings::GateItem;
using mappings::MappedRow;
using mappings::Term;

std::vector<Ref> MemberRefs(const AccountCase& account) {
  std::vector<Ref> refs;
  for (const MappedRow* member : account.rows.members) refs.push_back(member->ref);
  return refs;
}

// The gates in the order in which accounts come to them.
std::vector<const Gate*> GatesInOrder(const mappings::Lifecycle& lifecycle) {
  std::vector<const Gate*> gates;
  for (const Gate& gate : lifecycle.gates) gates.push_back(&gate);
  std::stable_sort(gates.begin(), gates.end(),
                   [](const Gate* a, const Gate* b) { return a->from < b->from; });
  return gates;
}

// "is empty in netsuite and salesforce", or what stands there instead of a valid value.
std::string WhatIsHeld(const AccountCase& account, const AccountTerm* held) {
  if (held == nullptr) return "is empty in " + JoinAnd(account.Systems());
  return "has no valid value (" + std::string(held->winner.ref.system()) + " has " +
         Quoted(held->winner.value.ToText()) + ")";
}

bool HasValid(const AccountTerm* held) { return held != nullptr && held->winner.invalid.empty(); }

const std::string& ItemOwner(const Gate& gate, const GateItem& item) {
  return item.owner.empty() ? gate.owner : item.owner;
}

void AddGap(const AccountCase& account, const Gate& gate, const GateItem& item, const Term& term) {
  Condition& condition = account.Add("gap", account.roster.founder, term.name,
                                     ItemOwner(gate, item), MemberRefs(account));
  const AccountTerm* held = account.FindTerm(term.index);
  const Instant reached = account.progress.ReachedAt(gate.from);
  if (held != nullptr) condition.value = held->winner.value.ToText();
  condition.active_from = reached + item.grace;
  if (gate.limit) condition.due = *condition.active_from + *gate.limit;
  const bool passed = account.progress.Passed(gate.from);
  condition.reason = term.name + " " + WhatIsHeld(account, held) + "; " +
                     (passed ? "the account passed the " : "the account waits at the ") +
                     gate.name + " gate, which needs it (reached by " + DayOf(reached) + ")";
}

// Without a stage no gate can be checked: that is itself a gap, at the first gate.
void AddStageGap(const AccountCase& account, const Gate& first) {
  const Term& term = account.entity().terms[account.rules.lifecycle.stage_term];
  Condition& condition =
      account.Add("gap", account.roster.founder, term.name, first.owner, MemberRefs(account));
  const AccountTerm* held = account.FindTerm(term.index);
  if (held != nullptr) condition.value = held->winner.value.ToText();
  condition.reason =
      term.name + " " + WhatIsHeld(account, held) + "; without it no gate can be checked";
}

bool IsKnownTo(const AccountCase& account, const Counterpart& counterpart) {
  const auto& members = account.rows.members;
  const bool here = std::any_of(members.begin(), members.end(), [&](const MappedRow* member) {
    return member->ref.system() == counterpart.system;
  });
  const auto& above = account.roster.ancestor_systems;
  return here || (counterpart.ancestor_counts &&
                  std::find(above.begin(), above.end(), counterpart.system) != above.end());
}

void AddMissing(const AccountCase& account, const Counterpart& counterpart) {
  const auto& stages = account.rules.lifecycle.stages;
  Condition& condition =
      account.Add("missing_counterpart", account.roster.founder, counterpart.system,
                  SystemOwner(account.rules, counterpart.system), MemberRefs(account));
  condition.value = account.account.stage;
  condition.reason = counterpart.system + " does not know this account";
  if (counterpart.ancestor_counts) condition.reason += ", nor any account above it";
  condition.reason +=
      "; " + JoinAnd(account.Systems()) + (account.Systems().size() == 1 ? " does" : " do");
  if (!account.progress.stage()) return;
  const Instant reached = account.progress.ReachedAt(counterpart.from);
  condition.reason += "; needed from stage " + stages[counterpart.from].name + " on (reached by " +
                      DayOf(reached) + ")";
  condition.active_from = reached + counterpart.grace;
}

void AddStalled(const AccountCase& account, const Gate& gate) {
  const Instant since = account.progress.since();
  Condition& condition =
      account.Add("stalled", account.roster.founder, gate.name, gate.owner, MemberRefs(account));
  condition.value = account.account.stage;
  condition.active_from = since + *gate.limit;
  condition.reason = "waits at the " + gate.name + " gate in stage " + account.account.stage +
                     " since " + DayOf(since) + "; the limit is " + FormatDuration(*gate.limit);
}

void AddHandback(const AccountCase& account, const Gate& gate, Instant at) {
  Condition& condition =
      account.Add("handback", account.roster.founder, gate.name, gate.owner, MemberRefs(account));
  condition.value = account.account.stage;
  condition.active_from = at;
  condition.reason = "went back to stage " + account.account.stage + " on " + DayOf(at) +
                     " after it had passed the " + gate.name + " gate";
}

}  // namespace

void CheckGaps(const AccountCase& account) {
  const auto gates = GatesInOrder(account.rules.lifecycle);
  if (!account.progress.stage() && !gates.empty()) AddStageGap(account, *gates.front());
  std::set<uint16_t> reported;  // a term that two gates require is one gap, at the earlier gate
  for (const Gate* gate : gates) {
    if (!account.progress.Reached(gate->from)) continue;
    for (const GateItem& item : gate->items) {
      for (const uint16_t term : item.required) {
        if (HasValid(account.FindTerm(term)) || !reported.insert(term).second) continue;
        AddGap(account, *gate, item, account.entity().terms[term]);
      }
    }
  }
}

void CheckCounterparts(const AccountCase& account) {
  for (const Counterpart& counterpart : account.rules.lifecycle.counterparts) {
    const bool due = counterpart.from == 0 || account.progress.Reached(counterpart.from);
    if (due && !IsKnownTo(account, counterpart)) AddMissing(account, counterpart);
  }
}

void CheckWaiting(const AccountCase& account) {
  for (const Gate& gate : account.rules.lifecycle.gates) {
    if (account.progress.stage() == gate.from && gate.limit) AddStalled(account, gate);
    if (const auto at = account.progress.FellBackAt(gate.from)) AddHandback(account, gate, *at);
  }
}

}  // namespace trueup::pipeline
