// What is wrong with the account's records, whatever its stage: conflicts, invalid values,
// duplicates, hierarchy.
#include <algorithm>
#include <map>
#include <set>

#include "pipeline/accounts/checks.h"
#include "pipeline/accounts/wording.h"

namespace trueup::pipeline {
namespace {

using mappings::MappedRow;
using mappings::MappedTerm;
using mappings::Term;
using mappings::Tolerance;

// More differing values than this are not read one by one by anybody.
constexpr size_t kMaxListed = 12;

std::string_view Comment(ConflictKind kind) {
  switch (kind) {
    case ConflictKind::kReal: return "they really differ";
    case ConflictKind::kLag: return "one system seems to lag behind the other";
    case ConflictKind::kFormat: return "they differ only in how they are written";
    case ConflictKind::kValueMap: return "one of them is not in the glossary's list";
  }
  return "";
}

// "netsuite: X | salesforce: Y": each system's valid values, each once.
std::string ListBySystem(const std::vector<Contender>& ranked) {
  std::set<std::pair<std::string_view, std::string>> values;
  for (const Contender& contender : ranked) {
    if (!contender.held->valid()) continue;
    values.emplace(contender.row->ref.system(), contender.held->value.ToText());
  }
  std::string list;
  size_t listed = 0;
  for (const auto& [system, value] : values) {
    if (!list.empty()) list += " | ";
    if (listed++ == kMaxListed) return list + "...";
    list.append(system).append(": ").append(value);
  }
  return list;
}

std::string Says(const Contender& contender) {
  return std::string(contender.row->ref.system()) + " has " +
         Quoted(contender.held->value.ToText()) + " (" + contender.row->ref.text() + ", since " +
         DayOf(contender.held->since) + ")";
}

// Every term on which a system's records of the account contradict each other: "payment_terms
// (net_30, net_60)".
std::vector<std::string> Differences(const std::vector<const MappedRow*>& records,
                                     const mappings::Entity& entity) {
  std::map<uint16_t, std::vector<const Value*>> values;
  for (const MappedRow* record : records) {
    for (const MappedTerm& held : record->terms) {
      const bool compared = held.term < entity.terms.size() &&
                            entity.terms[held.term].tolerance != Tolerance::kNotCompared;
      if (compared && held.valid() && !held.value.is_empty())
        values[held.term].push_back(&held.value);
    }
  }
  std::vector<std::string> differences;
  for (const auto& [index, held] : values) {
    const Term& term = entity.terms[index];
    const bool agree = std::all_of(
        held.begin(), held.end(),
        [&, first = held.front()](const Value* value) { return Agree(term, *first, *value); });
    if (agree) continue;
    std::set<std::string> texts;
    for (const Value* value : held) texts.insert(value->ToText());
    std::string list;
    for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + text;
    differences.push_back(term.name + " (" + list + ")");
  }
  return differences;
}

// When the second of them came into being; nothing where a source does not tell.
std::optional<Instant> SecondCreated(const std::vector<const MappedRow*>& records) {
  std::vector<Instant> created;
  for (const MappedRow* record : records) {
    if (!record->created) return std::nullopt;
    created.push_back(*record->created);
  }
  std::nth_element(created.begin(), created.begin() + 1, created.end());
  return created[1];
}

void AddDuplicate(const AccountCase& account, const std::vector<const MappedRow*>& records) {
  const std::string system(records.front()->ref.system());
  std::vector<Ref> refs;
  std::vector<std::string> names;
  for (const MappedRow* record : records) {
    refs.push_back(record->ref);
    if (names.size() < kMaxListed) names.push_back(record->ref.text());
  }
  if (names.size() < records.size()) {
    names.push_back(Count(records.size() - names.size(), "other record"));
  }
  Condition& condition = account.Add("duplicate", records.front()->ref, "",
                                     SystemOwner(account.rules, system), std::move(refs));
  condition.value = system + ": " + Count(records.size(), "record");
  condition.reason = system + " holds this customer " + std::to_string(records.size()) +
                     " times: " + JoinAnd(names);
  const auto differences = Differences(records, account.entity());
  if (!differences.empty()) condition.reason += "; they differ on " + JoinAnd(differences);
  condition.active_from = SecondCreated(records);
}

std::string ParentTermName(const AccountCase& account) {
  const mappings::Entity& entity = account.entity();
  return entity.parents.empty() ? "parent" : entity.terms[entity.parents.front()].name;
}

void CheckRow(const AccountCase& account, const MappedRow& row) {
  const mappings::Entity& entity = account.rules.glossary.entities[row.entity];
  for (const MappedTerm& held : row.terms) {
    if (held.valid() || held.value.is_empty() || held.term >= entity.terms.size()) continue;
    const Term& term = entity.terms[held.term];
    Condition& condition = account.Add("invalid", row.ref, term.name, term.owner);
    condition.value = held.value.ToText();
    condition.reason = term.name + " " + Quoted(condition.value) + " in " + row.ref.text() +
                       " is not valid: " + held.invalid;
    condition.active_from = held.since;
  }
}

}  // namespace

void AddConflict(const AccountCase& account, const Term& term, const AccountTerm& survivor,
                 const std::vector<Contender>& ranked, const Disagreement& disagreement) {
  std::vector<Ref> refs;
  for (const Contender& contender : ranked) {
    if (contender.held->valid()) refs.push_back(contender.row->ref);
  }
  Condition& condition =
      account.Add("conflict", disagreement.subject, term.name, term.owner, std::move(refs));
  condition.value = ListBySystem(ranked);
  condition.reason = "the systems disagree on " + term.name + ": " + Says(disagreement.preferred) +
                     ", " + Says(disagreement.other) + "; " +
                     std::string(Comment(disagreement.kind)) + " (" +
                     std::string(ToString(disagreement.kind)) + "); " +
                     Quoted(survivor.winner.value.ToText()) + " stands (" + survivor.rule + ")";
  condition.active_from =
      std::max(disagreement.preferred.held->since, disagreement.other.held->since);
}

void CheckInvalid(const AccountCase& account) {
  for (const MappedRow* member : account.rows.members) CheckRow(account, *member);
  for (const auto& part : account.rows.by_entity) {
    for (const MappedRow* row : part) CheckRow(account, *row);
  }
}

void CheckDuplicates(const AccountCase& account) {
  const auto& members = account.rows.members;  // by ref, so records of one system stand together
  for (auto first = members.begin(); first != members.end();) {
    const auto next = std::find_if(first, members.end(), [&](const MappedRow* member) {
      return member->ref.system() != (*first)->ref.system();
    });
    if (next - first > 1) AddDuplicate(account, {first, next});
    first = next;
  }
}

void CheckHierarchy(const AccountCase& account) {
  const std::string term = ParentTermName(account);
  std::vector<Ref> claimants;
  std::vector<Ref> disagreeing;
  std::set<std::string_view> parents;
  std::vector<std::string> words;
  for (const Roster::ParentClaim& claim : account.roster.claims) {
    claimants.push_back(claim.member);
    if (claim.account == account.roster.account) continue;
    if (claim.account.empty()) {
      Condition& missing = account.Add("hierarchy", claim.member, term, "");
      missing.value = claim.target.text();
      missing.reason = claim.member.text() + " names " + claim.target.text() +
                       " as its parent, and nobody has that record";
      continue;
    }
    parents.insert(claim.account);
    disagreeing.push_back(claim.member);
    if (words.size() < kMaxListed) {
      words.push_back(claim.member.text() + " names " + claim.target.text() + " (" + claim.account +
                      ")");
    }
  }
  if (parents.size() > 1) {
    const Ref subject = *std::min_element(disagreeing.begin(), disagreeing.end());
    Condition& condition = account.Add("hierarchy", subject, term, "", claimants);
    condition.reason = "the records disagree on the parent: " + JoinAnd(words);
  }
  if (account.roster.cycle) {
    Condition& condition =
        account.Add("hierarchy", account.roster.founder, term + ":cycle", "", claimants);
    condition.reason = "following the parents of this account leads back to it";
  }
}

}  // namespace trueup::pipeline
