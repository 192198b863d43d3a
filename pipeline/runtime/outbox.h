#pragma once

#include <cstdint>
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
  // `next` is the first free sequence number, as found in the store.
  explicit Outbox(uint64_t next) : next_(next) {}
  // Finds the first free sequence number.
  static Result<Outbox> Open(const Store& store);

  // Writes what a batch sends. Documents of one key are coalesced: the last one counts.
  void Write(const Effects& effects, View& view);

  // Sends at most `limit` waiting entries to their topics, waits until the log has them, and
  // forgets them. How many it sent. May run in another thread than Write, as long as only one
  // sends.
  Result<size_t> Send(Store& store, Log& log, size_t limit);

 private:
  uint64_t next_;
  uint64_t sent_ = 0;  // entries below are gone: where to begin the scan
};

}  // namespace trueup::pipeline
