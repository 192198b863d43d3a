#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "base/error.h"
#include "pipeline/log/log.h"
#include "pipeline/stages/messages.h"
#include "pipeline/stages/view.h"
#include "pipeline/state/store.h"

namespace trueup::pipeline {

// What the pipeline published and the log has not acknowledged yet. Committed with the state that
// caused it, so nothing is published that is not so, and nothing that is so stays unpublished.
//
// Of a document only its key waits here; its newest content lies in kPublished, so a document that
// changes ten times before it is sent is sent once. Observations wait with their content.
class Outbox {
 public:
  // Finds what waits in the store.
  static Result<std::unique_ptr<Outbox>> Open(const Store& store);

  // Writes what a batch sends. Documents of one key are coalesced: the last one counts.
  void Write(const Effects& effects, View& view);

  // Sends at most `limit` waiting entries to their topics, waits until the log has them, and
  // forgets them. How many it sent. May run in another thread than Write, as long as only one
  // sends.
  Result<size_t> Send(Store& store, Log& log, size_t limit);

  // Everything that was ever written is sent. To be called by the thread that writes.
  bool empty() const { return sent_ == next_; }

 private:
  Outbox(uint64_t sent, uint64_t next) : next_(next), sent_(sent) {}

  uint64_t next_;  // the first free sequence number
  // Entries below are gone: scanning where they were would cost as much as if they were there.
  std::atomic<uint64_t> sent_;
};

}  // namespace trueup::pipeline
