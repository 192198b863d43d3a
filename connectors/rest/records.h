#pragma once

#include <optional>
#include <string>

#include "base/change_event.h"
#include "base/json.h"
#include "connectors/rest/settings.h"

namespace trueup::connectors::rest {

// A row of a list as a change event. kInvalid where it has no id, or a stamp that is no time: then
// the settings do not fit the source.
Result<ChangeEvent> ReadRecord(const std::string& system, const std::string& object,
                               const ObjectSettings& settings, JsonValue row);

// A row of the feed of deletions, where it is of this object.
Result<std::optional<ChangeEvent>> ReadDeletion(const std::string& system,
                                                const std::string& object,
                                                const DeletionsSettings& settings, JsonValue row);

}  // namespace trueup::connectors::rest
