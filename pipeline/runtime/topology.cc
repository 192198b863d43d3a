#include "pipeline/runtime/topology.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

namespace trueup::pipeline {

const char* ToString(Phase phase) {
  switch (phase) {
    case Phase::kRead: return "read";
    case Phase::kMap: return "map";
    case Phase::kCollect: return "collect";
    case Phase::kResolve: return "resolve";
    case Phase::kReconcile: return "reconcile";
    case Phase::kPublish: return "publish";
    case Phase::kCommit: return "commit";
  }
  return "unknown";
}

void PhaseTimes::Charge(Phase phase) {
  const auto now = clock_.Elapsed();
  totals_[static_cast<size_t>(phase)] += now - last_;
  last_ = now;
}

Topology::Topology(std::shared_ptr<const mappings::Catalog> catalog, int threads,
                   std::optional<uint64_t> shuffle_seed)
    : map_(catalog), collect_(catalog), resolve_(catalog, threads), reconcile_(catalog) {
  if (shuffle_seed) shuffle_.emplace(*shuffle_seed);
}

Status Topology::Load(const Store& store) {
  TRUEUP_RETURN_IF_ERROR(resolve_.Load(store));
  return reconcile_.Load(store);
}

template <class Input>
void Topology::Shuffle(std::vector<Input>& inputs) {
  if (!shuffle_) return;
  // Each key draws a rank; the stable sort then mixes the keys and keeps each key's own order.
  std::unordered_map<std::string, uint64_t> ranks;
  std::vector<std::pair<uint64_t, Input>> ranked;
  ranked.reserve(inputs.size());
  for (Input& input : inputs) {
    const auto [place, made] = ranks.try_emplace(KeyOf(input));
    if (made) place->second = (*shuffle_)();
    ranked.emplace_back(place->second, std::move(input));
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  inputs.clear();
  for (auto& [rank, input] : ranked) inputs.push_back(std::move(input));
}

void Topology::Deliver(Effects& effects, View& view, size_t resolve_limit, PhaseTimes& times) {
  DeliverToCollect(effects, view);
  times.Charge(Phase::kCollect);
  TakeIntoResolve(effects, view);
  if (resolve_limit > 0) {
    resolve_.Settle(view, effects);
    resolve_.Send(resolve_limit, view, effects);
  }
  times.Charge(Phase::kResolve);
  // What a membership moves about goes on to reconcile: it changes no features.
  DeliverToCollect(effects, view);
  times.Charge(Phase::kCollect);
  DeliverToReconcile(effects, view);
  times.Charge(Phase::kReconcile);
}

void Topology::DeliverToCollect(Effects& effects, View& view) {
  while (!effects.to_collect.empty() && view.status().ok()) {
    auto inputs = std::exchange(effects.to_collect, {});
    Shuffle(inputs);
    view.Prefetch(kNodes, CollectStage::Reads(inputs));
    for (const CollectInput& input : inputs) collect_.Apply(input, view, effects);
  }
}

void Topology::TakeIntoResolve(Effects& effects, View& view) {
  auto inputs = std::exchange(effects.to_resolve, {});
  Shuffle(inputs);
  resolve_.Take(std::move(inputs), view);
}

void Topology::DeliverToReconcile(Effects& effects, View& view) {
  auto inputs = std::exchange(effects.to_reconcile, {});
  Shuffle(inputs);
  view.Prefetch(kAccounts, ReconcileStage::Reads(inputs));
  for (const ReconcileInput& input : inputs) reconcile_.Apply(input, view);
}

}  // namespace trueup::pipeline
