#include <algorithm>
#include <functional>

#include "pipeline/matching/clustering.h"
#include "pipeline/matching/engine.h"

namespace trueup::pipeline {

std::optional<PairDecision::Verdict> Engine::DecisionOn(MemberId a, MemberId b) const {
  const auto of_a = decisions.find(a);
  if (of_a == decisions.end()) return std::nullopt;
  const auto verdict = of_a->second.find(b);
  if (verdict == of_a->second.end()) return std::nullopt;
  return verdict->second;
}

bool Engine::Apart(MemberId a, MemberId b) const {
  if (DecisionOn(a, b) == PairDecision::Verdict::kDifferent) return true;
  const auto is_parent = [this](MemberId child, MemberId other) {
    const Ref& parent = members[child].features.parent;
    if (parent.empty()) return false;
    const auto id = members.Find(parent);
    return id && members.FinalOf(*id) == other;
  };
  return is_parent(a, b) || is_parent(b, a);
}

// The live members that match links and decisions connect with `start`.
std::vector<MemberId> Engine::ComponentOf(MemberId start, std::set<MemberId>& seen) const {
  std::vector<MemberId> component;
  std::vector<MemberId> open{start};
  seen.insert(start);
  const auto visit = [&](MemberId next) {
    if (members.IsLive(next) && seen.insert(next).second) open.push_back(next);
  };
  while (!open.empty()) {
    const MemberId id = open.back();
    open.pop_back();
    component.push_back(id);
    for (const auto& [other, score] : members[id].links) {
      if (score >= config.match) visit(other);
    }
    const auto decided = decisions.find(id);
    if (decided == decisions.end()) continue;
    for (const auto& [other, verdict] : decided->second) {
      if (verdict == PairDecision::Verdict::kSame) visit(other);
    }
  }
  std::sort(component.begin(), component.end(),
            [this](MemberId a, MemberId b) { return members.ref(a) < members.ref(b); });
  return component;
}

void Engine::Recluster(Batch& batch) {
  // Whoever was together with a touched record may have been so only through it.
  std::set<MemberId> start = batch.touched;
  for (const MemberId id : batch.touched) {
    const auto cluster = cluster_of.find(id);
    if (cluster == cluster_of.end()) continue;
    const auto& others = clusters[cluster->second].members;
    start.insert(others.begin(), others.end());
  }
  std::set<MemberId> seen;
  for (const MemberId id : start) {
    if (!members.IsLive(id)) {
      const auto cluster = cluster_of.find(id);
      if (cluster != cluster_of.end()) DissolveCluster(cluster->second, batch);
      continue;
    }
    if (!seen.contains(id)) ReplaceClusters(ComponentOf(id, seen), batch);
  }
}

void Engine::DissolveCluster(ClusterId id, Batch& batch) {
  const auto cluster = clusters.find(id);
  batch.rosters.try_emplace(cluster->second.roster.account, cluster->second.roster);
  batch.dirty.erase(id);
  for (const MemberId member : cluster->second.members) {
    cluster_of.erase(member);
    const auto ghosts = attached.find(member);
    if (ghosts != attached.end()) batch.ghosts.insert(ghosts->second.begin(), ghosts->second.end());
  }
  const auto account = accounts.find(cluster->second.roster.account);
  if (account != accounts.end() && account->second == id) accounts.erase(account);
  clusters.erase(cluster);
}

void Engine::ReplaceClusters(const std::vector<MemberId>& component, Batch& batch) {
  ClusterInput input;
  input.size = component.size();
  input.match = config.match;
  input.score = [&](size_t a, size_t b) {
    return scorer.Score(ComparandOf(component[a]), ComparandOf(component[b]));
  };
  input.same = [&](size_t a, size_t b) {
    return DecisionOn(component[a], component[b]) == PairDecision::Verdict::kSame;
  };
  input.apart = [&](size_t a, size_t b) { return Apart(component[a], component[b]); };
  const std::vector<size_t> grouped = Cluster(input);
  for (const MemberId member : component) {
    const auto old = cluster_of.find(member);
    if (old != cluster_of.end()) DissolveCluster(old->second, batch);
  }
  std::map<size_t, ClusterId> made;
  for (size_t i = 0; i < component.size(); ++i) {
    const auto [place, is_new] = made.try_emplace(grouped[i], next_cluster);
    if (is_new) batch.dirty.insert(next_cluster++);
    clusters[place->second].members.push_back(component[i]);
    cluster_of[component[i]] = place->second;
  }
}

std::optional<MemberId> Engine::TargetOf(MemberId ghost) const {
  MemberId id = members.FinalOf(ghost);
  if (members.IsLive(id)) return id;
  if (!members[id].known) id = ghost;
  std::optional<MemberId> best;
  double best_score = config.match;
  for (const auto& [other, score] : members[id].links) {
    if (!members.IsLive(other) || score < best_score) continue;
    if (score == best_score && best && members.ref(*best) < members.ref(other)) continue;
    best = other;
    best_score = score;
  }
  return best;
}

void Engine::SetTarget(MemberId ghost, std::optional<MemberId> target, Batch& batch) {
  const auto mark = [&](MemberId live) {
    const auto cluster = cluster_of.find(live);
    if (cluster != cluster_of.end()) batch.dirty.insert(cluster->second);
  };
  const auto old = targets.find(ghost);
  if (old != targets.end()) {
    mark(old->second);
    attached[old->second].erase(ghost);
    targets.erase(old);
  }
  if (!target) return;
  mark(*target);
  targets[ghost] = *target;
  attached[*target].insert(ghost);
}

void Engine::Retarget(Batch& batch) {
  // What was merged into a record goes where that goes, however long the chain.
  std::vector<MemberId> open(batch.ghosts.begin(), batch.ghosts.end());
  open.insert(open.end(), batch.redo.begin(), batch.redo.end());
  std::set<MemberId> seen(open.begin(), open.end());
  while (!open.empty()) {
    const MemberId id = open.back();
    open.pop_back();
    for (const MemberId merged : members.MergedInto(id)) {
      if (seen.insert(merged).second) open.push_back(merged);
    }
  }
  for (const MemberId id : seen) {
    const bool ghost = members[id].known && members[id].features.ghost;
    SetTarget(id, ghost ? TargetOf(id) : std::nullopt, batch);
    if (ghost && !targets.contains(id)) SetAccount(id, "", batch);
    if (!members[id].known) SetAccount(id, "", batch);
  }
}

}  // namespace trueup::pipeline
