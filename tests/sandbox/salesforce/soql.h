#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tests/sandbox/query/permissions.h"
#include "tests/sandbox/query/query.h"

namespace trueup::sandbox {

struct SoqlError {
  std::string code;  // MALFORMED_QUERY, INVALID_FIELD, INVALID_TYPE
  std::string message;
};

struct Aggregate {
  enum Function { kCount, kMin, kMax } function = kCount;
  Column column;  // of kMin and kMax
  std::string alias;
};

// A part of a date that rows are grouped by, in UTC.
struct GroupBy {
  enum Part { kYear, kMonth } part = kYear;
  Column column;
  std::string alias;
};

struct Soql {
  Query query;
  TableId object = TableId::kSfAccount;
  std::vector<const Field*> fields;   // of a plain SELECT
  bool count_only = false;            // SELECT COUNT()
  std::vector<Aggregate> aggregates;  // SELECT COUNT(Id) c, MIN(CreatedDate) first
  std::vector<GroupBy> groups;        // SELECT CALENDAR_YEAR(CreatedDate) y, ... GROUP BY ...
};

// Reads SELECT list FROM object [WHERE ...] [GROUP BY ...] [ORDER BY ...] [LIMIT n]: comparisons
// with = != < <= >
// >= IN NOT IN, AND OR NOT and parentheses; strings, numbers, date-times, true, false, null.
std::variant<Soql, SoqlError> ParseSoql(const World& world, std::string_view text,
                                        bool include_deleted);

// Why a query by a user with these permissions is refused: it names, wherever in it, what they may
// not see.
std::optional<SoqlError> Refuse(const Permissions& permissions, const Soql& soql);

}  // namespace trueup::sandbox
