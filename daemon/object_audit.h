#pragma once

#include <cstdint>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "base/change_event.h"
#include "base/error.h"
#include "base/instant.h"
#include "connectors/connector.h"
#include "pipeline/state/store.h"

namespace trueup::daemon {

// The records of one object that are held as live: the source's stamp by id.
using HeldRecords = std::map<std::string, Instant>;

Result<HeldRecords> ReadHeld(const pipeline::Store& store, const std::string& system,
                             const std::string& object);

// Whether the record is held as live.
Result<bool> IsHeld(const pipeline::Store& store, const std::string& ref);

// How what we hold of one object differs from its source, as of a moment. What the source created,
// changed or deleted behind that moment is set aside: it is the next pull's to bring.
struct Difference {
  std::vector<std::string> missing;  // ids that the source has and we have not, sorted
  std::vector<std::string> extra;    // ids that we hold as live and the source has not, sorted
  uint64_t listed = 0;               // ids that the source listed, without those set aside
  uint64_t set_aside = 0;
  // Of those set aside, ids that the source listed and did not show when asked for, sorted: gone in
  // between, unless the next list has them again.
  std::vector<std::string> not_shown;
  // By id, what mends each of the above: the row as it is now, or its deletion.
  std::map<std::string, ChangeEvent> cures;

  bool none() const { return missing.empty() && extra.empty(); }
};

// Lists the source's ids, and fetches once what differs from `held`. Sends nothing but reads.
// `as_of` is when `held` was read.
Result<Difference> CompareIds(connectors::Connector& connector, const std::string& system,
                              const std::string& object, const HeldRecords& held, Instant as_of,
                              std::stop_token stop);

// Takes away what was only late: ids that `store` now holds, or no longer holds, as the source
// does.
Status DropWhatWasLate(const pipeline::Store& store, const std::string& system,
                       const std::string& object, Difference& difference);

}  // namespace trueup::daemon
