#pragma once

#include "base/json.h"
#include "reports/queries.h"
#include "reports/table.h"

namespace trueup::reports {

// The JSON that other programs rely on: docs/reference/{account,finding}.schema.json.
void WriteAccount(JsonWriter& json, const AccountRow& account);
void WriteFinding(JsonWriter& json, const Finding& finding);

// The same listings for people.
Table AccountTable(const std::vector<AccountRow>& accounts);
Table FindingTable(const std::vector<Finding>& findings, Instant now);

// What a JSON value says, for a cell: texts without quotes, null as nothing.
std::string CellOf(const JsonValue& value);

}  // namespace trueup::reports
