#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/sandbox/salesforce/soql.h"
#include "tests/sandbox/server/http.h"

namespace trueup::sandbox {

// A time as replies show it: "2026-01-31T08:15:30.000+0000".
std::string InstantText(Seconds at);

// A row of a query as a record: what the query selects, with the record's type and address.
void AppendRow(std::string_view version, const Soql& soql, const Match& match, std::string* out);

// The reply to a query of aggregates: one record for each group of rows; rows without the date
// belong to none.
HttpReply AggregateReply(const Soql& soql, const std::vector<Match>& matches);

}  // namespace trueup::sandbox
