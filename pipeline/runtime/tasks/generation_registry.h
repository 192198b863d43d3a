#pragma once

#include "base/error.h"
#include "pipeline/log/log.h"
#include "pipeline/runtime/meta.h"
#include "pipeline/runtime/tasks/topics.h"

namespace trueup::pipeline {

// Which generation the instances of one cluster work on. They agree by the generations topic alone:
// the last record there says it, and who wants another one appends a record. A generation's number
// is the place of the first record of its run of equal ones, so it does not matter how many
// instances appended the same at once.
//
// Joins the generation of this config, code and number of partitions, or begins it. REQUIRES: the
// lasting topics are there.
Result<GenerationPlan> JoinGeneration(const Identity& identity, int partitions, Log& log);

// Begins the same once more, from the source topics: for a log that has lost what it had
// acknowledged. `lost` is the generation that cannot go on.
Status BeginAnew(const GenerationPlan& lost, Log& log);

}  // namespace trueup::pipeline
