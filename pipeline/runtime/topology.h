#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include "base/clock.h"
#include "mappings/catalog.h"
#include "pipeline/stages/collect_stage.h"
#include "pipeline/stages/map_stage.h"
#include "pipeline/stages/reconcile_stage.h"
#include "pipeline/stages/resolve_stage.h"

namespace trueup::pipeline {

// While more entries than this wait before resolve, its inputs only gather: a snapshot touches each
// account many times, and every new record may move others to another account
// (docs/decisions/0006).
inline constexpr uint64_t kDeferringBacklog = 8000;

// The parts of a step, for the split of its time.
enum class Phase { kRead, kMap, kCollect, kResolve, kReconcile, kPublish, kCommit };
inline constexpr size_t kPhases = 7;
const char* ToString(Phase phase);

// Adds up where the time goes.
class PhaseTimes {
 public:
  explicit PhaseTimes(const Clock& clock) : clock_(clock), last_(clock.Elapsed()) {}
  // Counts the time since the last call (or Restart) to `phase`.
  void Charge(Phase phase);
  void Restart() { last_ = clock_.Elapsed(); }
  const std::array<std::chrono::microseconds, kPhases>& totals() const { return totals_; }

 private:
  const Clock& clock_;
  std::chrono::microseconds last_;
  std::array<std::chrono::microseconds, kPhases> totals_{};
};

// The stages wired up for one process: what one stage sends is handed to the next until nothing is
// on its way. All of it happens in one view and so in one commit.
class Topology {
 public:
  // With `shuffle_seed` every inbox is put into a random order where the order is free (messages
  // with different keys): tests prove with it that the order does not matter.
  Topology(std::shared_ptr<const mappings::Catalog> catalog, int threads,
           std::optional<uint64_t> shuffle_seed);

  // Reads what the stages keep in memory.
  Status Load(const Store& store);

  const MapStage& map() const { return map_; }
  ReconcileStage& reconcile() { return reconcile_; }
  const ReconcileStage& reconcile() const { return reconcile_; }
  const Resolver& resolver() const { return resolve_.resolver(); }
  // Resolve has nothing waiting.
  bool settled() const { return resolve_.settled(); }

  // Delivers every message in `effects`, and those that they cause; documents and observations stay
  // there. Resolve's inputs wait in its inbox where `resolve_limit` is 0; else it works them off
  // and sends so many of its messages at most.
  void Deliver(Effects& effects, View& view, size_t resolve_limit, PhaseTimes& times);

 private:
  void DeliverToCollect(Effects& effects, View& view);
  void TakeIntoResolve(Effects& effects, View& view);
  void DeliverToReconcile(Effects& effects, View& view);
  template <class Input>
  void Shuffle(std::vector<Input>& inputs);

  MapStage map_;
  CollectStage collect_;
  ResolveStage resolve_;
  ReconcileStage reconcile_;
  std::optional<std::mt19937_64> shuffle_;
};

}  // namespace trueup::pipeline
