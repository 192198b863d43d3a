#pragma once

#include <string>

#include "base/change_event.h"
#include "base/json.h"
#include "connectors/netsuite/suiteql.h"
#include "connectors/netsuite/zone.h"

namespace trueup::connectors::netsuite {

// What turns the rows of one object into change events.
struct RecordForm {
  std::string system;
  std::string object;
  const ObjectSettings& settings;
  const std::vector<SuiteColumn>& columns;
  const Zone& zone;
};

// A row as a change event: all values as text, times as UTC ("...Z"). kInvalid where it has no id,
// or its stamp is no time.
Result<ChangeEvent> ReadRecord(const RecordForm& form, JsonValue row);

// A row of "id" and "stamp" as a deletion.
Result<ChangeEvent> ReadDeletion(const RecordForm& form, JsonValue row);

// The value under the only key of a row besides "links": SuiteQL does not always keep to the alias.
JsonValue OnlyValue(JsonValue row);

}  // namespace trueup::connectors::netsuite
