// The checklists of the gates over the rows that hang on the account: who does what backstage.
#include <algorithm>
#include <unordered_set>

#include "pipeline/accounts/checks.h"
#include "pipeline/accounts/wording.h"

namespace trueup::pipeline {
namespace {

using mappings::ChecklistRule;
using mappings::Entity;
using mappings::Gate;
using mappings::GateItem;
using mappings::MappedRow;
using mappings::MappedTerm;

// One checklist of one gate, for one account.
struct Checklist {
  const AccountCase& account;
  const Gate& gate;
  const GateItem& item;
  const ChecklistRule& rule;

  const Entity& entity() const { return account.rules.glossary.entities[rule.entity]; }
  const std::vector<const MappedRow*>& rows() const { return account.rows.by_entity[rule.entity]; }

  // Findings of one item tell themselves apart by what they lack: "backstage_tasks:hardware".
  Condition& Add(const Ref& subject, std::string_view what, std::vector<Ref> refs) const {
    Condition& condition =
        account.Add("handoff", subject, item.name + ":" + std::string(what),
                    item.owner.empty() ? gate.owner : item.owner, std::move(refs));
    const Instant reached = account.progress.ReachedAt(gate.from);
    condition.active_from = reached + item.grace;
    if (gate.limit) condition.due = *condition.active_from + *gate.limit;
    return condition;
  }

  std::string AtTheGate() const {
    return (account.progress.Passed(gate.from) ? "the account passed the "
                                               : "the account waits at the ") +
           gate.name + " gate";
  }
};

// The text of a valid value; empty where there is none.
std::string TextOf(const MappedRow& row, uint16_t term) {
  const MappedTerm* held = row.Find(term);
  return held != nullptr && held->valid() ? held->value.ToText() : std::string();
}

bool Contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// What a person calls a row: "task \"Ship router\" (sky/tasks/17)".
std::string NameOf(const Checklist& list, const MappedRow& row) {
  for (const std::string_view naming : {"title", "name", "subject"}) {
    const mappings::Term* term = list.entity().Find(naming);
    const std::string text = term == nullptr ? std::string() : TextOf(row, term->index);
    if (!text.empty()) return list.entity().name + " " + Quoted(text) + " (" + row.ref.text() + ")";
  }
  return list.entity().name + " " + row.ref.text();
}

// Members in systems whose records can be such rows: where the missing ones would hang. An account
// that none of these systems knows is a missing counterpart, or an account above it is served for
// it: no hand-off of its own.
std::vector<Ref> WhereRowsWouldHang(const Checklist& list) {
  std::vector<Ref> refs;
  for (const MappedRow* member : list.account.rows.members) {
    if (list.account.rules.holds(member->ref.system(), list.rule.entity))
      refs.push_back(member->ref);
  }
  return refs;
}

void CheckKinds(const Checklist& list) {
  if (list.rule.kinds.empty()) return;
  const std::vector<Ref> holders = WhereRowsWouldHang(list);
  if (holders.empty()) return;
  std::unordered_set<std::string> there;
  for (const MappedRow* row : list.rows()) there.insert(TextOf(*row, list.rule.kind_term));
  for (const std::string& kind : list.rule.kinds) {
    if (there.contains(kind)) continue;
    Condition& condition = list.Add(list.account.roster.founder, kind, holders);
    condition.value = kind;
    condition.reason = "no " + list.entity().name + " of kind " + Quoted(kind) + " exists in " +
                       std::string(holders.front().system()) + "; " + list.AtTheGate();
  }
}

// Why the owner of a row cannot be counted on; empty where somebody active owns it.
std::string OwnerTrouble(const Checklist& list, const MappedRow& row, std::string& named) {
  const MappedTerm* held = row.Find(*list.rule.owner_term);
  if (held == nullptr || held->value.is_empty()) return "has no owner";
  named = held->value.ToText();
  const auto ref = Ref::Parse(named);
  if (!held->valid() || !ref.ok()) return "has no valid owner (" + Quoted(named) + ")";
  const MappedRow* user = list.account.references(*ref);
  if (user == nullptr) return "is owned by " + named + ", whom nobody knows";
  if (user->deleted) return "is owned by " + named + ", who was deleted";
  const mappings::Term* active = list.account.rules.glossary.entities[user->entity].Find("active");
  const MappedTerm* flag = active == nullptr ? nullptr : user->Find(active->index);
  const bool* is_active = flag == nullptr ? nullptr : flag->value.if_bool();
  if (is_active != nullptr && !*is_active)
    return "is owned by " + named + ", who is no longer active";
  return {};
}

void CheckOwner(const Checklist& list, const MappedRow& row) {
  std::string named;
  const std::string trouble = OwnerTrouble(list, row, named);
  if (trouble.empty()) return;
  Condition& condition = list.Add(row.ref, "owner", {});
  condition.value = named;
  condition.reason = NameOf(list, row) + " " + trouble + "; " + list.AtTheGate();
}

void CheckDone(const Checklist& list, const MappedRow& row) {
  const std::string status = TextOf(row, *list.rule.done_term);
  if (Contains(list.rule.done, status)) return;
  Condition& condition = list.Add(row.ref, "open", {});
  condition.value = status;
  condition.reason = NameOf(list, row) + " is still " +
                     (status.empty() ? "without a status" : Quoted(status)) + " in " +
                     std::string(row.ref.system()) + ", and " + list.AtTheGate();
}

void CheckList(const Checklist& list) {
  CheckKinds(list);
  const bool must_be_done =
      list.rule.all_done && list.rule.done_term && list.account.progress.Passed(list.gate.from);
  for (const MappedRow* row : list.rows()) {
    const bool concerned =
        list.rule.kinds.empty() || Contains(list.rule.kinds, TextOf(*row, list.rule.kind_term));
    if (!concerned) continue;
    if (list.rule.owner_term) CheckOwner(list, *row);
    if (must_be_done) CheckDone(list, *row);
  }
}

}  // namespace

void CheckHandoffs(const AccountCase& account) {
  for (const Gate& gate : account.rules.lifecycle.gates) {
    if (!account.progress.Reached(gate.from)) continue;
    for (const GateItem& item : gate.items) {
      if (item.checklist) CheckList({account, gate, item, *item.checklist});
    }
  }
}

}  // namespace trueup::pipeline
