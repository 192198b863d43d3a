#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipeline/log/log.h"

namespace trueup::pipeline {

// Topics that outlive a generation: what systems and people said, and what was published.
//
// A source's topic keeps everything: a new generation is built from it.
inline constexpr const char* kGenerationsTopic = "generations";

// One build of the whole state (design, section 2), as tasks know it. Versions of what it publishes
// begin with its number, so those of a later generation count more than all of an earlier one.
struct GenerationPlan {
  uint64_t number = 1;  // behind the offset of its record in kGenerationsTopic
  int partitions = 1;   // of the inboxes of collect and reconcile
  int published = 1;    // of the published topics, which keep what they were made with

  friend bool operator==(const GenerationPlan&, const GenerationPlan&) = default;

  std::string name() const;  // "g000012"
  std::string collect() const { return name() + ".collect"; }
  std::string resolve() const { return name() + ".resolve"; }
  std::string reconcile() const { return name() + ".reconcile"; }
  std::string slots() const { return name() + ".slots"; }

  // The version of a document that the input at `offset` of its stage's inbox caused.
  uint64_t VersionAt(uint64_t offset) const { return number << kOffsetBits | offset; }
  static constexpr int kOffsetBits = 48;
};

// Where the messages about a key go: the same on every machine, for ever.
int PartitionOf(std::string_view key, int partitions);

// Every topic that the pipeline of these systems uses, with what it must be like.
std::vector<std::pair<std::string, TopicSettings>> LastingTopics(
    const std::vector<std::string>& systems, int partitions);
std::vector<std::pair<std::string, TopicSettings>> InboxTopics(const GenerationPlan& plan);

}  // namespace trueup::pipeline
