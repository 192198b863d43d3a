#pragma once

#include <string>

#include "connectors/connector.h"
#include "connectors/rest/client.h"
#include "connectors/rest/cursor.h"

namespace trueup::connectors::rest {

// What is pulled.
struct PulledObject {
  const std::string& name;
  const ObjectSettings& settings;
};

// The next page behind a cursor. A pull goes through the list of records, and then, as the settings
// have it, through the feed of deletions or the list of ids.
Result<Page> PullPage(Client& client, const PulledObject& object, Cursor cursor,
                      std::stop_token stop);

}  // namespace trueup::connectors::rest
