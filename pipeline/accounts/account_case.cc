#include "pipeline/accounts/account_case.h"

#include <algorithm>

namespace trueup::pipeline {
namespace {

using mappings::MappedRow;

// A row that came through two members is one row: the newest version of it.
void SortOnce(std::vector<const MappedRow*>& rows) {
  std::sort(rows.begin(), rows.end(), [](const MappedRow* a, const MappedRow* b) {
    return a->ref != b->ref ? a->ref < b->ref : a->offset > b->offset;
  });
  const auto repeats =
      std::unique(rows.begin(), rows.end(),
                  [](const MappedRow* a, const MappedRow* b) { return a->ref == b->ref; });
  rows.erase(repeats, rows.end());
}

}  // namespace

AccountRows::AccountRows(const std::vector<AccountRow>& rows, const mappings::Glossary& glossary)
    : by_entity(glossary.entities.size()) {
  const uint16_t account_entity = glossary.account().index;
  for (const AccountRow& row : rows) {
    if (row.row.deleted) continue;
    if (row.row.entity == account_entity) {
      if (row.member == row.row.ref) members.push_back(&row.row);
    } else if (row.row.entity < by_entity.size()) {
      by_entity[row.row.entity].push_back(&row.row);
    }
  }
  SortOnce(members);
  for (auto& part : by_entity) SortOnce(part);
}

Progress::Progress(const mappings::Lifecycle& lifecycle, size_t stage, Instant since,
                   const MappedRow& record)
    : stage_(stage), since_(since) {
  for (const mappings::Milestone& milestone : record.milestones) {
    if (milestone.term != lifecycle.stage_term) continue;
    const auto reached = lifecycle.FindStage(milestone.value.ToText());
    if (reached) steps_.push_back({*reached, milestone.at});
  }
  if (steps_.empty() || steps_.back().stage != stage) steps_.push_back({stage, since});
}

Instant Progress::ReachedAt(size_t from) const {
  Instant reached = since_;
  for (auto step = steps_.rbegin(); step != steps_.rend() && step->stage >= from; ++step) {
    reached = step->at;
  }
  return reached;
}

std::optional<Instant> Progress::FellBackAt(size_t from) const {
  if (!stage_ || *stage_ > from) return std::nullopt;
  auto step = steps_.rbegin();
  Instant fell = since_;
  while (step != steps_.rend() && step->stage <= from) {
    fell = step->at;
    ++step;
  }
  if (step == steps_.rend()) return std::nullopt;
  return fell;
}

Condition MakeCondition(const Rules& rules, const std::string& kind, const Ref& subject,
                        const std::string& term, const std::string& natural_owner,
                        std::vector<Ref> refs) {
  Condition condition;
  condition.id = ConditionId(kind, subject, term);
  condition.kind = kind;
  condition.subject = subject;
  condition.term = term;
  condition.severity = SeverityOf(rules, kind);
  condition.owner = OwnerOf(rules, kind, natural_owner);
  refs.push_back(subject);
  std::sort(refs.begin(), refs.end());
  refs.erase(std::unique(refs.begin(), refs.end()), refs.end());
  condition.refs = std::move(refs);
  return condition;
}

Condition& AccountCase::Add(const std::string& kind, const Ref& subject, const std::string& term,
                            const std::string& natural_owner, std::vector<Ref> refs) const {
  conditions.push_back(MakeCondition(rules, kind, subject, term, natural_owner, std::move(refs)));
  conditions.back().account = roster.account;
  return conditions.back();
}

const AccountTerm* AccountCase::FindTerm(uint16_t term) const {
  const auto found =
      std::lower_bound(account.terms.begin(), account.terms.end(), term,
                       [](const AccountTerm& held, uint16_t wanted) { return held.term < wanted; });
  return found != account.terms.end() && found->term == term ? &*found : nullptr;
}

std::vector<std::string> AccountCase::Systems() const {
  std::vector<std::string> systems;
  for (const MappedRow* member : rows.members) {
    if (systems.empty() || systems.back() != member->ref.system()) {
      systems.emplace_back(member->ref.system());
    }
  }
  return systems;
}

}  // namespace trueup::pipeline
