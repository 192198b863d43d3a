#include "pipeline/accounts/survivorship.h"

#include <algorithm>
#include <tuple>

#include "pipeline/accounts/wording.h"

namespace trueup::pipeline {
namespace {

using mappings::MappedRow;
using mappings::MappedTerm;
using mappings::SurvivorshipRule;
using mappings::Term;

// Place of a system in the term's order; systems that it does not name come last, all alike.
int64_t PriorityOf(const Term& term, std::string_view system) {
  const auto found = std::find(term.priority.begin(), term.priority.end(), system);
  return found - term.priority.begin();
}

int64_t FilledTerms(const MappedRow& row) {
  return std::count_if(row.terms.begin(), row.terms.end(), [](const MappedTerm& held) {
    return held.valid() && !held.value.is_empty();
  });
}

int64_t LengthOf(const Value& value) {
  const std::string text = value.ToText();
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; });
}

// What a rule prefers, as numbers: the smaller pair comes first.
std::pair<int64_t, int64_t> Preference(const Term& term, SurvivorshipRule rule,
                                       const Contender& contender) {
  switch (rule) {
    case SurvivorshipRule::kSourcePriority:
      return {PriorityOf(term, contender.row->ref.system()), 0};
    case SurvivorshipRule::kMostRecent: return {-ToMicros(contender.held->since), 0};
    case SurvivorshipRule::kMostComplete:
      return {-LengthOf(contender.held->value), -FilledTerms(*contender.row)};
  }
  return {0, 0};
}

Candidate CandidateOf(const Contender& contender) {
  return {contender.held->value, contender.row->ref, contender.held->since, contender.row->offset,
          contender.held->invalid};
}

std::string Words(SurvivorshipRule rule, const Contender& winner, const Contender& loser) {
  switch (rule) {
    case SurvivorshipRule::kSourcePriority:
      return "source_priority: " + std::string(winner.row->ref.system()) + " before " +
             std::string(loser.row->ref.system());
    case SurvivorshipRule::kMostRecent:
      return "most_recent: since " + FormatInstant(winner.held->since) + ", the other since " +
             FormatInstant(loser.held->since);
    case SurvivorshipRule::kMostComplete:
      return LengthOf(winner.held->value) != LengthOf(loser.held->value)
                 ? "most_complete: the longer value"
                 : "most_complete: the record with more terms filled in";
  }
  return {};
}

// The rule that put the winner before the best value that differs from it.
std::string Reason(const Term& term, const std::vector<Contender>& ranked) {
  const Contender& winner = ranked.front();
  const std::string prefix = winner.held->valid() ? "" : "no valid value; ";
  if (ranked.size() == 1) return prefix + "only value";
  const auto loser = std::find_if(ranked.begin(), ranked.end(), [&](const Contender& other) {
    return other.held->value != winner.held->value || other.held->valid() != winner.held->valid();
  });
  if (loser == ranked.end()) return prefix + "all agree";
  if (winner.held->valid() && !loser->held->valid()) return "valid before invalid";
  for (const SurvivorshipRule rule : term.survivorship) {
    if (Preference(term, rule, winner) != Preference(term, rule, *loser)) {
      return prefix + Words(rule, winner, *loser);
    }
  }
  return prefix + "no rule decides: smallest record id";
}

}  // namespace

void Rank(const Term& term, std::vector<Contender>& contenders) {
  if (contenders.size() < 2) return;
  std::sort(contenders.begin(), contenders.end(), [&](const Contender& a, const Contender& b) {
    if (a.held->valid() != b.held->valid()) return a.held->valid();
    for (const SurvivorshipRule rule : term.survivorship) {
      const auto first = Preference(term, rule, a);
      const auto second = Preference(term, rule, b);
      if (first != second) return first < second;
    }
    return a.row->ref < b.row->ref;
  });
}

AccountTerm Survive(const Term& term, const std::vector<Contender>& ranked) {
  AccountTerm survivor;
  survivor.term = term.index;
  survivor.winner = CandidateOf(ranked.front());
  survivor.rule = Reason(term, ranked);
  for (size_t i = 1; i < ranked.size(); ++i) survivor.others.push_back(CandidateOf(ranked[i]));
  return survivor;
}

}  // namespace trueup::pipeline
