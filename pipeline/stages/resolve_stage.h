#pragma once

#include <memory>
#include <vector>

#include "mappings/catalog.h"
#include "pipeline/matching/resolver.h"
#include "pipeline/stages/messages.h"
#include "pipeline/stages/view.h"
#include "pipeline/state/store.h"

namespace trueup::pipeline {

// The third stage: one task that decides which members are one account. Its working set (features, postings, links, clusters) is
// in memory, built from kMembers and kDecisions at the start; both are written through the view. After a batch that could not
// be committed it must be made anew.
class ResolveStage {
 public:
  ResolveStage(std::shared_ptr<const mappings::Catalog> catalog, int threads);

  // Reads the stored features and decisions.
  Status Load(const Store& store);

  // Applies all inputs of a batch at once. The result is a function of the state behind the last input, so the outputs of a batch
  // are those that the last input alone would leave (docs/decisions/0003).
  void Apply(const std::vector<ResolveInput>& inputs, View& view, Effects& effects);

  const Resolver& resolver() const { return resolver_; }

 private:
  Resolver resolver_;
};

}  // namespace trueup::pipeline
