#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/netsuite/settings.h"

namespace trueup::connectors::netsuite {

// A query with its bound parameters.
struct SuiteQuery {
  std::string text;
  std::vector<std::string> params;
};

// Times in queries and rows: "2026-01-31 09:00:00", in the session's time zone.
std::string FormatSuiteTime(Instant local);

// Where a scan in order of (stamp, id) goes on. All empty: at the beginning.
struct SuitePlace {
  std::string stamp;
  std::string id;  // empty: with the first row of that stamp
};

// How a column comes into a row.
enum class SuiteColumnKind { kPlain, kDate, kInstant, kDisplay };
struct SuiteColumn {
  std::string source;  // "companyname", or "a.city" of a joined table
  std::string name;    // in the row
  SuiteColumnKind kind = SuiteColumnKind::kPlain;
};

// The queries over one object. `dropped` names source columns that the account does not have. Pure.
class SuiteQueries {
 public:
  // REQUIRES: the settings are complete.
  explicit SuiteQueries(const ObjectSettings& object);

  const std::vector<SuiteColumn>& columns() const { return columns_; }

  // Rows in order of (stamp, id), from `from` on, changed at `upper` or before.
  SuiteQuery Changes(const std::set<std::string>& dropped, const SuitePlace& from,
                     const std::string& upper) const;
  // Rows in order of id behind `after` (empty: from the first on); with stamps within a stretch of
  // time, ends excluded, where `begin` is set.
  SuiteQuery ById(const std::set<std::string>& dropped, const std::string& after,
                  const std::string& begin, const std::string& end) const;
  SuiteQuery OfIds(const std::set<std::string>& dropped, const std::vector<std::string>& ids) const;
  // The newest stamp, as "stamp" of one row; none where the table is empty.
  SuiteQuery Newest() const;
  SuiteQuery Ids(const std::string& after) const;
  SuiteQuery Count() const;
  // How many rows were created before each of these times, in their order. REQUIRES: the settings
  // name the column.
  SuiteQuery CreatedBefore(const std::vector<std::string>& times) const;

  // The source columns that the account lacks, or the role may not see, as an error text says: it
  // names them in quotes, or what their join is made of. Never id and stamp.
  std::set<std::string> NamedIn(std::string_view error) const;

 private:
  bool NeedsName(const SuiteColumn& column, const std::string& name) const;
  // " ORDER BY " and the columns; behind them those of joined tables, so that of several rows that
  // a join finds for one record the same comes first each time.
  std::string Order(const std::string& columns, const std::set<std::string>& dropped) const;
  std::string Select(const std::set<std::string>& dropped) const;
  std::string From(const std::set<std::string>& dropped) const;
  std::string Id() const { return "t." + object_.id; }
  std::string Stamp() const { return "t." + *object_.modified; }

  const ObjectSettings& object_;
  std::vector<SuiteColumn> columns_;
};

// Deletions of one type, as rows of "id" and "stamp", in order of (stamp, id).
SuiteQuery Deletions(const std::string& type, const SuitePlace& from);
// The same in order of id, within a stretch of time, ends excluded.
SuiteQuery DeletionsById(const std::string& type, const std::string& after,
                         const std::string& begin, const std::string& end);

SuiteQuery SessionTimeZone();

// The first `rows` rows of a query in its order, cut off inside the database: so the query itself
// has no more rows than these.
SuiteQuery FirstRows(SuiteQuery query, int rows);

}  // namespace trueup::connectors::netsuite
