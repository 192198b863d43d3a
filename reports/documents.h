#pragma once

#include "base/json.h"
#include "reports/queries.h"
#include "reports/table.h"

namespace trueup::reports {

// The JSON that other programs rely on: docs/reference/{account,finding}.schema.json.
void WriteAccount(JsonWriter& json, const AccountRow& account);
void WriteFinding(JsonWriter& json, const Finding& finding);

// The same fields for spreadsheets: a column each, a term each that any of the accounts has.
Table AccountRecords(const std::vector<AccountRow>& accounts);
Table FindingRecords(const std::vector<Finding>& findings);

// The same listings for people.
Table AccountTable(const std::vector<AccountRow>& accounts);
// A line each with what, whose and since when, and under it the reason and the records.
std::string FindingText(const std::vector<Finding>& findings, Instant now, size_t width);

// What a JSON value says, for a cell: texts without quotes, null as nothing.
std::string CellOf(const JsonValue& value);

}  // namespace trueup::reports
