#pragma once

#include <memory>
#include <string>
#include <vector>

#include "mappings/catalog.h"
#include "pipeline/log/log.h"
#include "pipeline/runtime/tasks/task.h"
#include "pipeline/runtime/tasks/topics.h"
#include "pipeline/state/store.h"

namespace trueup::pipeline {

// What one instance owns and what moves between instances: the tasks of one partition (map of every
// system, collect, reconcile), or resolve with the forwarding of decisions. Slot p < partitions
// holds partition p; the slot behind them is resolve's.
int ResolveSlot(const GenerationPlan& plan);

struct SlotOptions {
  std::string folder;  // of its store
  GenerationPlan plan;
  std::vector<std::string> systems;
  int threads = 2;  // of resolve
  TaskLimits limits;
  StoreOptions store;  // families are set by the slot
};

// The tasks of a slot over one store, which they share so that a checkpoint of it holds them all.
// Their families and keys are their own, so each commits for itself. Used by one thread.
class Slot {
 public:
  // Opens or makes the store. Errors are those of Store::Open: kCorrupt is a damaged one.
  static Result<std::unique_ptr<Store>> OpenStore(const SlotOptions& options);
  // Opens the tasks where their store stands. Errors are those of Task::Open.
  static Result<std::unique_ptr<Slot>> Open(int number, const SlotOptions& options,
                                            std::unique_ptr<Store> store, Log& log,
                                            std::shared_ptr<const mappings::Catalog> catalog);

  // A step of every task. False: none had anything to do.
  Result<bool> Step();
  // Commits what is under way.
  Status Finish();

  int number() const { return number_; }
  const std::vector<std::unique_ptr<Task>>& tasks() const { return tasks_; }
  Store& store() { return *store_; }
  const Store& store() const { return *store_; }

 private:
  Slot(int number, std::unique_ptr<Store> store) : number_(number), store_(std::move(store)) {}

  int number_;
  std::unique_ptr<Store> store_;
  std::vector<std::unique_ptr<Task>> tasks_;
};

}  // namespace trueup::pipeline
