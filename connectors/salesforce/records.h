#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/change_event.h"
#include "base/csv.h"
#include "base/json.h"
#include "connectors/salesforce/fields.h"

namespace trueup::connectors::salesforce {

// A record that came by REST and the same one that came by Bulk give equal rows. So both are
// brought to one form: instants "...Z", numbers without superfluous zeros or exponents, line breaks
// as one LF, no NUL, and an empty text is null, for Salesforce stores none.

// One record of a REST reply as a change event: `attributes` dropped, related records flattened. A
// deleted record has an empty row. kInvalid where the record has no Id.
Result<ChangeEvent> ToEvent(std::string_view system, const ObjectFields& fields, JsonValue record);

// A column of a Bulk result.
struct Column {
  std::string name;
  ValueType type = ValueType::kText;
};

// One record of a Bulk result as a change event; the text of the result must have been normalised.
// kInvalid where the record has no Id, or not as many cells as there are columns.
Result<ChangeEvent> ToEvent(std::string_view system, const ObjectFields& fields,
                            const std::vector<Column>& columns, const CsvRecord& record);

// Drops NUL, which Salesforce gives in places though no text holds one, and makes each line break
// one LF: which one a CSV holds is for its writer to choose.
void NormaliseText(std::string& text);

// "2026-01-01T00:00:00.000+0000" -> "2026-01-01T00:00:00Z"; a text that is no instant stays as it
// is.
std::string NormalInstant(std::string_view text);

// "1.50", "15e-1" -> "1.5"; a text that is no number stays as it is.
std::string NormalNumber(std::string_view text);

}  // namespace trueup::connectors::salesforce
