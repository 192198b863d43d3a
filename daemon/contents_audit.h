#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/change_event.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/instant.h"
#include "connectors/connector.h"
#include "daemon/audit_records.h"
#include "pipeline/state/store.h"

namespace trueup::daemon {

// A row that is held as live, and ChangeEvent::ContentHash of the version that is held.
struct HeldContent {
  std::string id;
  Hash128 content;
};

// The next rows of an object that are held as live, in order of their ids, from behind `after` on
// ("": from the first). Fewer than `most`: there are no more.
Result<std::vector<HeldContent>> ReadContents(const pipeline::Store& store,
                                              const std::string& system, const std::string& object,
                                              const std::string& after, size_t most);

// The content of one record; nothing where it is not held as live.
Result<std::optional<Hash128>> FindContent(const pipeline::Store& store, const std::string& ref);

// What was found of rows that were compared.
struct ContentsFound {
  ContentsTally tally;
  std::string after;               // the last row that was compared; empty: none was
  std::vector<ChangeEvent> cures;  // those that differ, as the source has them now
  std::string waits;  // why not all could be compared, although the source did not fail
};

// Fetches the rows, in batches as the connector takes them, and compares each one's content with
// what is held. `as_of` is up to when all is held: what the source changed later than kSettling
// before it is set aside. Adds to `found`; where the source fails, `found` has what was compared
// until then. Stops where the pulling needs what is left of the source's allowance (`found.waits`).
// Sends nothing but reads.
Status CompareContents(connectors::Connector& connector, const std::string& object,
                       const std::vector<HeldContent>& held, Instant as_of, std::stop_token stop,
                       ContentsFound& found);

}  // namespace trueup::daemon
