#pragma once

#include "base/error.h"
#include "pipeline/log/log.h"
#include "pipeline/matching/resolver.h"

namespace trueup::pipeline {

// Reads what a person settled, as it lies in the decisions topic (docs/reference). kCorrupt or
// kInvalid where it cannot be read.
Result<PairDecision> ParseDecision(const LogRecord& record);

}  // namespace trueup::pipeline
