#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/change_event.h"
#include "base/error.h"
#include "base/hash.h"
#include "pipeline/state/store.h"

namespace trueup::daemon {

// A record that is held as live: the version that map keeps, and its ChangeEvent::ContentHash.
struct LiveRow {
  ChangeEvent event;
  Hash128 content;
};

// Calls `visit` for the rows of an object that are held as live, in order of their ids, from behind
// the id `after` on ("": from the first), until it returns false. kCorrupt names the record.
Status ScanLive(const pipeline::Store& store, const std::string& system, const std::string& object,
                const std::string& after, const std::function<bool(const LiveRow&)>& visit);

// One record; nothing where it is not held as live.
Result<std::optional<LiveRow>> FindLive(const pipeline::Store& store, const std::string& ref);

}  // namespace trueup::daemon
