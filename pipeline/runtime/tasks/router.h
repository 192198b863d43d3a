#pragma once

#include <cstdint>

#include "pipeline/runtime/tasks/outbound.h"
#include "pipeline/runtime/tasks/topics.h"
#include "pipeline/stages/messages.h"
#include "pipeline/stages/view.h"

namespace trueup::pipeline {

// Addresses what a stage sends: each message to the inbox of the task that owns its key, each
// document to its topic and into kPublished.
class Router {
 public:
  // `tag` names the stage in kMeta and kOutbox of a store that several tasks share.
  Router(GenerationPlan plan, char tag) : plan_(plan), tag_(tag) {}

  // Sends along everything in `effects`, which the input at `offset` of the task's inbox caused,
  // and empties it.
  void Route(Effects& effects, uint64_t offset, View& view, Outbound& out) const;

  // The same, but for documents, which only go into kPublished and wait: nothing is published
  // before every record has found its place once (docs/decisions/0008).
  void RouteHolding(Effects& effects, uint64_t offset, View& view, Outbound& out) const;
  // Publishes what waits.
  Status Release(uint64_t offset, const Store& store, View& view, Outbound& out) const;

 private:
  void RouteMessages(Effects& effects, uint64_t offset, Outbound& out) const;
  void Keep(const Document& document, View& view) const;
  void Publish(const std::string& topic, std::string key, std::string json, uint64_t offset,
               Outbound& out) const;

  GenerationPlan plan_;
  char tag_;
};

}  // namespace trueup::pipeline
