#pragma once

#include <string>
#include <string_view>

#include "base/change_event.h"
#include "base/json.h"
#include "connectors/salesforce/fields.h"

namespace trueup::connectors::salesforce {

// One record of a reply as a change event: `attributes` dropped, related records flattened,
// instants in the one form
// "...Z", so that a row read here and one read through the Bulk API are equal. A deleted record has
// an empty row. kInvalid where the record has no Id.
Result<ChangeEvent> ToEvent(std::string_view system, const ObjectFields& fields, JsonValue record);

// "2026-01-01T00:00:00.000+0000" -> "2026-01-01T00:00:00Z"; a text that is no instant stays as it
// is.
std::string NormalInstant(std::string_view text);

}  // namespace trueup::connectors::salesforce
