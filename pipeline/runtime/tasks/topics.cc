#include "pipeline/runtime/tasks/topics.h"

#include "base/hash.h"
#include "pipeline/runtime/generation.h"
#include "pipeline/runtime/topics.h"
#include "pipeline/stages/messages.h"

namespace trueup::pipeline {

std::string GenerationPlan::name() const { return GenerationName(number); }

int PartitionOf(std::string_view key, int partitions) {
  return static_cast<int>(HashBytes64(key) % static_cast<uint64_t>(partitions));
}

std::vector<std::pair<std::string, TopicSettings>> LastingTopics(
    const std::vector<std::string>& systems, int partitions) {
  std::vector<std::pair<std::string, TopicSettings>> topics{
      {kGenerationsTopic, {1, false}}, {kDecisionsTopic, {1, false}},
      {kPullsTopic, {1, true}},        {kCursorsTopic, {1, true}},
      {kAuditsTopic, {1, true}},       {kAuditRecordsTopic, {1, true}},
  };
  for (const std::string& system : systems) {
    topics.push_back({SourceTopic(system), {partitions, false}});
  }
  for (const char* published : {kAccountsTopic, kConditionsTopic, kFactsTopic}) {
    topics.push_back({published, {partitions, true}});
  }
  topics.push_back({kChangesTopic, {partitions, false}});
  return topics;
}

std::vector<std::pair<std::string, TopicSettings>> InboxTopics(const GenerationPlan& plan) {
  return {{plan.collect(), {plan.partitions, false}},
          {plan.resolve(), {1, false}},
          {plan.reconcile(), {plan.partitions, false}}};
}

}  // namespace trueup::pipeline
