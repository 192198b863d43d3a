#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/instant.h"
#include "connectors/connector.h"
#include "pipeline/state/store.h"

namespace trueup::daemon {

// When the rows were created that are held of an object as live, of those of which the source tells
// it.
Result<std::vector<Instant>> ReadCreated(const pipeline::Store& store, const std::string& system,
                                         const std::string& object);

// The windows of creation that rows are counted by, as Connector::CountCreated takes them: years in
// UTC, all before 2001 as one; months from the begin of the year before `until` on; and `until` as
// the end of the last.
std::vector<Instant> CreationBounds(Instant until);

// How many rows more the source counts than are held, by the begin of the window (the first has
// none: Instant::min()); windows in which both count the same are left out. The last one's end
// moves from one comparison to the next.
using CountDifferences = std::map<Instant, int64_t>;

CountDifferences CompareCounts(const std::vector<Instant>& created,
                               const std::vector<Instant>& bounds,
                               const std::vector<uint64_t>& counted);

}  // namespace trueup::daemon
