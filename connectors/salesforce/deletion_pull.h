#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "connectors/connector.h"
#include "connectors/salesforce/api.h"
#include "connectors/salesforce/cursor.h"
#include "connectors/salesforce/fields.h"

namespace trueup::connectors::salesforce {

// Learns which records are gone for good (hard deletions, an emptied recycle bin), as no query
// shows them any more: by getDeleted, which reaches about 15 days back.
//
// It lists deletions of every sort, those too that queryAll has told or will tell, and with a merge
// it does not name the winner. So each id is looked up, and only what no query shows becomes a
// deletion here. This comes last in a pull, up to the end of its query: what is still shown by then
// was delivered by the query, or will be by the next one.
//
// Safe from any thread.
class DeletionPull {
 public:
  DeletionPull(Api& api, std::string system) : api_(api), system_(std::move(system)) {}

  // The deletions that are due; the pull ends with them. A gap where the source no longer knows
  // those behind the ones that it told before, so that some may be lost. REQUIRES:
  // cursor.deletions->due.
  Result<Page> Step(const ObjectFields& fields, Cursor cursor, std::stop_token stop);

 private:
  Result<JsonReply> Ask(const ObjectFields& fields, const Deletions& known, std::stop_token stop);
  Page NotTold(const ObjectFields& fields, Cursor cursor, const std::string& why) const;
  Result<std::vector<ChangeEvent>> GoneForGood(const ObjectFields& fields, JsonValue deleted,
                                               std::stop_token stop);

  Api& api_;
  const std::string system_;
};

}  // namespace trueup::connectors::salesforce
