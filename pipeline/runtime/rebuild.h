#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "mappings/catalog.h"
#include "pipeline/runtime/meta.h"
#include "pipeline/runtime/topology.h"

namespace trueup::pipeline {

// Fills the empty store `target` from the raw rows, their history and the decisions of `source`, as
// if every row had come in anew, and takes over how far the topics were read. Everything is
// published again.
Status BuildGeneration(const Store& source, Store& target, Topology& topology,
                       const std::vector<std::string>& topics, const Identity& identity,
                       const Clock& clock);

}  // namespace trueup::pipeline
