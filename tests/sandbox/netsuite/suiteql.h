#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tests/sandbox/query/permissions.h"
#include "tests/sandbox/query/query.h"

namespace trueup::sandbox {

// One item of a SELECT list.
struct SuiteExpression {
  enum Kind {
    kColumn,
    kToChar,
    kDisplay,
    kCount,
    kCountIf,
    kMin,
    kMax,
    kSessionTimezone
  } kind = kColumn;
  Column column;
  std::optional<Condition> condition;  // of kCountIf: COUNT(CASE WHEN condition THEN 1 END)
  std::string mask;                    // of kToChar; empty: as text
  std::string key;                     // in the reply, lower case
};

struct SuiteQl {
  Query query;  // no tables: FROM DUAL
  std::vector<SuiteExpression> expressions;
  bool aggregated = false;
};

struct SuiteQlError {
  std::string detail;
};

// Reads SELECT expr [[AS] alias], ... FROM table [alias] [[LEFT|INNER] JOIN table alias ON a.x =
// b.y] [WHERE ...] [ORDER BY ...], also as SELECT * FROM (...) WHERE ROWNUM <= n. `params` fill the
// question marks in their order.
std::variant<SuiteQl, SuiteQlError> ParseSuiteQl(const World& world, std::string_view text,
                                                 const std::vector<std::string>& params);

// Why a query by a role with these permissions is refused: it names what the role may not see.
std::optional<SuiteQlError> Refuse(const Permissions& permissions, const SuiteQl& suiteql);

// The value as SuiteQL shows it: always text; empty is null.
std::string ShowValue(const World& world, const SuiteQl& suiteql, const SuiteExpression& expression,
                      const Match& match);
// Renders a wall-clock time by a mask of YYYY MM DD HH24 MI SS FF; other signs stand for
// themselves.
std::string FormatByMask(Seconds local, std::string_view mask);

}  // namespace trueup::sandbox
