#pragma once

#include <memory>
#include <string>

#include "mappings/catalog.h"
#include "pipeline/runtime/tasks/task.h"
#include "pipeline/runtime/tasks/topics.h"

namespace trueup::pipeline {

// The stages as tasks. Each works on one partition of its inbox.

// A system's change events; sends mapped rows to collect.
std::unique_ptr<TaskStage> MakeMapTask(std::shared_ptr<const mappings::Catalog> catalog,
                                       const GenerationPlan& plan);
// Holds its documents back until the first cut, which says that every record has been read once.
std::unique_ptr<TaskStage> MakeCollectTask(std::shared_ptr<const mappings::Catalog> catalog,
                                           const GenerationPlan& plan);
// What people settled; forwards it to resolve.
std::unique_ptr<TaskStage> MakeDecisionsTask(const GenerationPlan& plan);
// Decides at cuts who is one customer.
std::unique_ptr<TaskStage> MakeResolveTask(std::shared_ptr<const mappings::Catalog> catalog,
                                           const GenerationPlan& plan, int threads);
// Builds and publishes accounts at cuts.
std::unique_ptr<TaskStage> MakeReconcileTask(std::shared_ptr<const mappings::Catalog> catalog,
                                             const GenerationPlan& plan);

}  // namespace trueup::pipeline
