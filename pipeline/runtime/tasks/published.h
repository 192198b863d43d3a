#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/error.h"
#include "pipeline/log/log.h"
#include "pipeline/runtime/tasks/topics.h"

namespace trueup::pipeline {

// What the topics say of one key, as any of their readers sees it: the content of the highest
// version.
struct PublishedDocument {
  uint64_t version = 0;
  std::string hash;  // of the canonical form, sixteen bytes; empty: removed
};

// Reads the topics of documents (accounts, conditions, facts) to their present ends; by
// DocumentKey.
Result<std::map<std::string, PublishedDocument>> ReadPublished(Log& log);

// Removes what an earlier generation published and this one does not. To be called when this one
// has published everything.
Status SweepEarlierGenerations(const GenerationPlan& plan, Log& log);

}  // namespace trueup::pipeline
