#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "mappings/catalog.h"
#include "pipeline/matching/resolver.h"
#include "pipeline/stages/messages.h"
#include "pipeline/stages/view.h"
#include "pipeline/state/store.h"

namespace trueup::pipeline {

// The third stage: one task that decides which members are one account. Its working set (features,
// postings, links, clusters) is in memory, built from kMembers and kDecisions at the start; inbox
// and outbox are durable. After a batch that could not be committed it must be made anew.
//
// What it decides is a function of the features behind the last input, so inputs may wait: in a
// snapshot, where each new record would move others about, all of them are worked off at once
// (docs/decisions/0006).
class ResolveStage {
 public:
  ResolveStage(std::shared_ptr<const mappings::Catalog> catalog, int threads);

  // Reads the stored features and decisions, and what waits.
  Status Load(const Store& store);

  // Puts inputs into the inbox. The newest of a key counts.
  void Take(std::vector<ResolveInput> inputs, View& view);

  // Works off the inbox; memberships and rosters that changed go to the outbox.
  void Settle(View& view, Effects& effects);

  // Sends from the outbox, in order of key, at most `limit` messages.
  void Send(size_t limit, View& view, Effects& effects);

  // Nothing waits: every account record is where it belongs, and the other stages know.
  bool settled() const { return inbox_.empty() && outbox_.empty(); }

  const Resolver& resolver() const { return resolver_; }

 private:
  using Message = std::variant<Membership, Roster>;

  Resolver resolver_;
  std::map<std::string, ResolveInput> inbox_;  // by ref, or by pair
  std::map<std::string, Message> outbox_;      // by member, or by account
};

}  // namespace trueup::pipeline
