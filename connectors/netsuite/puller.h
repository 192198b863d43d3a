#pragma once

#include <stop_token>
#include <string>

#include "connectors/connector.h"
#include "connectors/netsuite/cursor.h"
#include "connectors/netsuite/object_reader.h"
#include "connectors/netsuite/records.h"
#include "connectors/netsuite/zone.h"

namespace trueup::connectors::netsuite {

// One pull call: takes a cursor one page further. Made anew for each call.
class Puller {
 public:
  struct Parts {
    std::string system;
    ObjectReader& object;
    const Zone& zone;
    std::chrono::milliseconds lookback;
    int page_size;
    Instant now;
    std::stop_token stop;
  };
  explicit Puller(const Parts& parts)
      : parts_(parts),
        form_{parts.system, parts.object.name(), parts.object.settings(),
              parts.object.queries().columns(), parts.zone} {}

  // `cursor` is one that a page gave; a default one begins a snapshot.
  Result<Page> Pull(Cursor cursor);

 private:
  Status Begin(Cursor& cursor);
  Result<SuitePage> Run(const Cursor& cursor);
  Result<SuitePage> RunChanges(const Cursor& cursor);
  Status Take(const SuitePage& rows, Cursor& cursor, Page& page);
  void Advance(const SuitePage& rows, Cursor& cursor);
  void NextPhase(Cursor& cursor, Page& page);
  void AddVanished(Cursor& cursor, Page& page);
  SuitePlace Behind(const std::string& mark) const;

  const Parts parts_;
  const RecordForm form_;
};

}  // namespace trueup::connectors::netsuite
