#pragma once

#include <memory>
#include <string>
#include <vector>

#include "mappings/catalog.h"
#include "pipeline/runtime/tasks/task.h"

namespace trueup::bench {

// The job that docs/benchmarks.md compares with a Kafka Streams application, as two stages of the
// product's tasks: a source's JSON becomes terms and goes to its customer; a customer's three rows
// become one golden row, sent when one of them says something new.
struct Topology {
  std::string prefix;  // of every topic
  int partitions = 1;  // of every topic

  std::string source(const std::string& system) const { return prefix + system; }
  std::string rows() const { return prefix + "rows"; }
  std::string golden() const { return prefix + "golden"; }
};

// In order of survivorship: the first that has a value decides.
const std::vector<std::string>& Systems();

// `system`: its place in Systems().
std::unique_ptr<pipeline::TaskStage> MakeMapper(std::shared_ptr<const mappings::Catalog> catalog,
                                                const Topology& topology, size_t system);
std::unique_ptr<pipeline::TaskStage> MakeReconciler(
    std::shared_ptr<const mappings::Catalog> catalog, const Topology& topology);

}  // namespace trueup::bench
