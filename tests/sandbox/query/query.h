#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/sandbox/world/world.h"

namespace trueup::sandbox {

// What both query languages come down to, and how it runs over the tables.

inline constexpr size_t kMaxTables = 4;

struct Column {
  size_t table = 0;  // index into Query::tables
  const Field* field = nullptr;
};

// A value to compare with, read for the type of the column it meets.
struct Literal {
  bool null = false;
  std::string text;
  double number = 0;
  Seconds at = 0;  // an instant, in the table's own clock (Table::OrderKey)
};

// Empty if the text is no value of the column's type. An instant is expected in `text` as
// ParseTime reads it.
std::optional<Literal> MakeLiteral(const Column& column, const std::string& text);

enum class Operator { kEq, kNe, kLt, kLe, kGt, kGe, kIn };

struct Condition {
  enum Kind { kAnd, kOr, kNot, kCompare } kind = kAnd;
  std::vector<Condition> parts;  // of kAnd, kOr, kNot
  Column column;                 // of kCompare
  Operator op = Operator::kEq;
  std::vector<Literal> literals;
};

struct OrderBy {
  Column column;
  bool descending = false;
};

struct Join {
  Column left;   // of a table before it
  Column right;  // of the joined table
  bool keep_unmatched = false;
};

// A row of each table; kNoRow where a left join found none.
inline constexpr uint32_t kNoRow = ~uint32_t{0};
using Match = std::array<uint32_t, kMaxTables>;

struct Query {
  std::vector<const Table*> tables;
  std::vector<Join> joins;  // one less than tables
  std::optional<Condition> where;
  std::vector<OrderBy> order;
  std::optional<size_t> limit;
  bool include_deleted = false;
  bool null_is_unlike = false;  // SOQL: null != 'x' is true; in SQL it is unknown
};

// The fields that a query names besides those that it selects.
std::vector<const Field*> FieldsOf(const Query& query);

// The rows that the query names, in its order. A range of stamps or ids is read through the table's
// orders, not by looking at every row. REQUIRES the world's lock (shared).
std::vector<Match> RunQuery(const Query& query);

// The text of a cell as the tables store it: an instant in seconds, a bool as true or false; empty
// is null.
std::string CellText(const Query& query, const Match& match, const Column& column);
// The row's instant in the table's own clock; nothing where it is null.
std::optional<Seconds> CellInstant(const Query& query, const Match& match, const Column& column);

}  // namespace trueup::sandbox
