#include "pipeline/runtime/tasks/slot.h"

#include <utility>

#include "pipeline/runtime/tasks/side_by_side.h"
#include "pipeline/runtime/tasks/stage_tasks.h"
#include "pipeline/runtime/topics.h"
#include "pipeline/stages/families.h"

namespace trueup::pipeline {
namespace {

using Made = std::vector<std::pair<TopicPartition, std::unique_ptr<TaskStage>>>;

// In the order of the way of the data.
Result<Made> MakeStages(int number, const SlotOptions& options, Log& log,
                        const std::shared_ptr<const mappings::Catalog>& catalog) {
  const GenerationPlan& plan = options.plan;
  Made made;
  if (number == ResolveSlot(plan)) {
    made.emplace_back(TopicPartition{kDecisionsTopic, 0}, MakeDecisionsTask(plan));
    made.emplace_back(TopicPartition{plan.resolve(), 0},
                      MakeResolveTask(catalog, plan, options.threads));
    return made;
  }
  for (const std::string& system : options.systems) {
    // A source's topic may have been made with more partitions than the generation has, or fewer.
    TRUEUP_ASSIGN(const int partitions, log.Partitions(SourceTopic(system)));
    for (int partition = number; partition < partitions; partition += plan.partitions) {
      made.emplace_back(TopicPartition{SourceTopic(system), partition}, MakeMapTask(catalog, plan));
    }
  }
  made.emplace_back(TopicPartition{plan.collect(), number}, MakeCollectTask(catalog, plan));
  made.emplace_back(TopicPartition{plan.reconcile(), number}, MakeReconcileTask(catalog, plan));
  return made;
}

}  // namespace

int ResolveSlot(const GenerationPlan& plan) { return plan.partitions; }

Result<std::unique_ptr<Store>> Slot::OpenStore(const SlotOptions& options) {
  StoreOptions store_options = options.store;
  store_options.families = FamilyNames();
  return Store::Open(options.folder, store_options);
}

Result<std::unique_ptr<Slot>> Slot::Open(int number, const SlotOptions& options,
                                         std::unique_ptr<Store> store, Log& log,
                                         std::shared_ptr<const mappings::Catalog> catalog) {
  std::unique_ptr<Slot> slot(new Slot(number, std::move(store)));
  TRUEUP_ASSIGN(Made made, MakeStages(number, options, log, catalog));
  for (auto& [inbox, stage] : made) {
    slot->tasks_.push_back(
        std::make_unique<Task>(inbox, std::move(stage), log, *slot->store_, options.limits));
  }
  // Each asks the log where its inbox stands.
  TRUEUP_RETURN_IF_ERROR(
      SideBySide(slot->tasks_, [](const std::unique_ptr<Task>& task) { return task->Open(); }));
  return slot;
}

Result<bool> Slot::Step() {
  bool worked = false;
  for (const auto& task : tasks_) {
    TRUEUP_ASSIGN(const bool stepped, task->Step());
    worked = worked || stepped;
  }
  return worked;
}

Status Slot::Finish() {
  for (const auto& task : tasks_) TRUEUP_RETURN_IF_ERROR(task->Finish());
  return {};
}

}  // namespace trueup::pipeline
