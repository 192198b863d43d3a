#include <algorithm>
#include <cstdio>

#include "pipeline/matching/engine.h"

namespace trueup::pipeline {
namespace {

constexpr const char* kPossible = "possible_duplicate";

std::string Signed(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%+.1f", number);
  return text;
}

}  // namespace

bool Engine::ArePossible(MemberId a, MemberId b) const {
  return cluster_of.at(a) != cluster_of.at(b) && !DecisionOn(a, b) && !Apart(a, b);
}

std::string Engine::PossibleId(const Pair& pair) const {
  return ConditionId(kPossible, members.ref(pair.first), members.ref(pair.second).text());
}

Condition Engine::PossibleDuplicate(const Pair& of) const {
  const auto& [a, b] = of;
  const PairScore pair = scorer.Explain(ComparandOf(a), ComparandOf(b));
  Condition condition;
  condition.kind = kPossible;
  condition.subject = members.ref(a);
  condition.refs = {members.ref(a), members.ref(b)};
  condition.account = members[a].account;
  condition.id = PossibleId(of);
  const auto& lifecycle = catalog->lifecycle();
  const auto owner = lifecycle.kind_owners.find(condition.kind);
  condition.owner = owner == lifecycle.kind_owners.end() ? "Ops" : owner->second;
  const auto severity = lifecycle.severities.find(condition.kind);
  condition.severity = severity == lifecycle.severities.end() ? "medium" : severity->second;
  condition.value = Signed(pair.score);
  condition.reason =
      members.ref(a).text() + " and " + members.ref(b).text() + " may be one customer:";
  for (const Evidence& evidence : pair.evidence) {
    if (evidence.weight == 0) continue;
    condition.reason +=
        " " + evidence.feature + " " + evidence.level + " (" + Signed(evidence.weight) + ")";
  }
  return condition;
}

void Engine::FindPossible(const std::set<MemberId>& concerned, Batch& batch) {
  const auto in_order = [this](MemberId a, MemberId b) {
    return members.ref(a) < members.ref(b) ? Pair(a, b) : Pair(b, a);
  };
  for (const MemberId id : concerned) {
    const auto held = possible.find(id);
    if (held == possible.end()) continue;
    for (const MemberId other : held->second) {
      batch.withdrawn.insert(in_order(id, other));
      const auto back = possible.find(other);
      back->second.erase(id);
      if (back->second.empty()) possible.erase(back);
    }
    possible.erase(held);
  }
  for (const MemberId id : concerned) {
    if (!members.IsLive(id)) continue;
    for (const auto& [other, score] : members[id].links) {
      if (members.IsLive(other) && ArePossible(id, other)) batch.stated.insert(in_order(id, other));
    }
  }
  for (const Pair& pair : batch.stated) {
    batch.withdrawn.erase(pair);
    possible[pair.first].insert(pair.second);
    possible[pair.second].insert(pair.first);
  }
}

void Engine::ReportPossible(const Batch& batch, ResolveOutput& output) const {
  for (const Pair& pair : batch.stated) output.conditions.push_back(PossibleDuplicate(pair));
  std::sort(output.conditions.begin(), output.conditions.end(),
            [](const Condition& a, const Condition& b) { return a.id < b.id; });
  for (const Pair& pair : batch.withdrawn) output.withdrawn.push_back(PossibleId(pair));
  std::sort(output.withdrawn.begin(), output.withdrawn.end());
}

std::vector<Condition> Engine::AllPossible() const {
  std::vector<Condition> conditions;
  for (const auto& [id, others] : possible) {
    for (const MemberId other : others) {
      if (members.ref(id) < members.ref(other))
        conditions.push_back(PossibleDuplicate({id, other}));
    }
  }
  std::sort(conditions.begin(), conditions.end(),
            [](const Condition& a, const Condition& b) { return a.id < b.id; });
  return conditions;
}

}  // namespace trueup::pipeline
