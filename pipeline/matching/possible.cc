#include <algorithm>
#include <cstdio>

#include "pipeline/matching/engine.h"

namespace trueup::pipeline {
namespace {

std::string Signed(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%+.1f", number);
  return text;
}

}  // namespace

std::optional<Condition> Engine::PossibleDuplicate(MemberId a, MemberId b, double score) const {
  const bool together = cluster_of.at(a) == cluster_of.at(b);
  if (together || score < config.possible || DecisionOn(a, b) || Apart(a, b)) return std::nullopt;
  const PairScore pair = scorer.Explain(ComparandOf(a), ComparandOf(b));
  Condition condition;
  condition.kind = "possible_duplicate";
  condition.subject = members.ref(a);
  condition.refs = {members.ref(a), members.ref(b)};
  condition.account = members[a].account;
  condition.id = ConditionId(condition.kind, condition.subject, members.ref(b).text());
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

void Engine::StatePossible(const std::set<MemberId>& concerned, ResolveOutput& output) {
  std::map<std::string, Condition> stated;
  std::set<std::string> withdrawn;
  const auto drop = [&](MemberId a, MemberId b) {
    const auto held = possible.find({a, b});
    if (held == possible.end()) return;
    withdrawn.insert(held->second.id);
    possible.erase(held);
    possible_of[a].erase(b);
    possible_of[b].erase(a);
  };
  const auto in_order = [this](MemberId a, MemberId b) {
    return members.ref(a) < members.ref(b) ? std::make_pair(a, b) : std::make_pair(b, a);
  };
  std::map<std::pair<MemberId, MemberId>, double> pairs;
  for (const MemberId id : concerned) {
    const std::set<MemberId> held = possible_of[id];
    for (const MemberId other : held) {
      const auto [a, b] = in_order(id, other);
      drop(a, b);
    }
    if (!members.IsLive(id)) continue;
    for (const auto& [other, score] : members[id].links) {
      if (members.IsLive(other)) pairs[in_order(id, other)] = score;
    }
  }
  for (const auto& [pair, score] : pairs) {
    auto condition = PossibleDuplicate(pair.first, pair.second, score);
    if (!condition) continue;
    withdrawn.erase(condition->id);
    stated.emplace(condition->id, *condition);
    possible_of[pair.first].insert(pair.second);
    possible_of[pair.second].insert(pair.first);
    possible[pair] = *std::move(condition);
  }
  for (auto& [id, condition] : stated) output.conditions.push_back(std::move(condition));
  output.withdrawn.assign(withdrawn.begin(), withdrawn.end());
}

}  // namespace trueup::pipeline
