#include "connectors/netsuite/suiteql.h"

#include <algorithm>
#include <cctype>

#include "connectors/netsuite/errors.h"

namespace trueup::connectors::netsuite {
namespace {

constexpr char kTimeOf[] = "TO_TIMESTAMP(?, 'YYYY-MM-DD HH24:MI:SS')";

std::string TimeText(const std::string& column) {
  return "TO_CHAR(" + column + ", 'YYYY-MM-DD HH24:MI:SS')";
}

// "column > ?" as a part of a condition, with its parameter.
void AddTime(SuiteQuery& query, const std::string& column, const std::string& relation,
             const std::string& time) {
  query.text += column + " " + relation + " " + kTimeOf;
  query.params.push_back(time);
}

// What stands behind a place in the order of (stamp, id); begins with `lead`. False where nothing
// was added.
bool AddPlace(SuiteQuery& query, const std::string& lead, const std::string& stamp,
              const std::string& id, const SuitePlace& from) {
  if (from.stamp.empty()) return false;
  query.text += lead;
  if (from.id.empty()) {
    AddTime(query, stamp, ">=", from.stamp);
    return true;
  }
  AddTime(query, stamp, ">=", from.stamp);
  query.text += " AND (";
  AddTime(query, stamp, ">", from.stamp);
  query.text += " OR " + id + " > ?)";
  query.params.push_back(from.id);
  return true;
}

// " WHERE " before the first condition, " AND " before the others.
class Conditions {
 public:
  explicit Conditions(SuiteQuery& query) : query_(query) {}
  std::string lead() const { return any_ ? " AND " : " WHERE "; }
  void Added() { any_ = true; }

  void Time(const std::string& column, const std::string& relation, const std::string& time) {
    query_.text += lead();
    AddTime(query_, column, relation, time);
    any_ = true;
  }
  void Compare(const std::string& condition, const std::string& value) {
    query_.text += lead() + condition;
    query_.params.push_back(value);
    any_ = true;
  }

 private:
  SuiteQuery& query_;
  bool any_ = false;
};

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

// The name without the alias of a joined table.
std::string_view LastPart(std::string_view source) { return source.substr(source.rfind('.') + 1); }

bool IsJoined(const SuiteColumn& column) { return column.source.find('.') != std::string::npos; }

std::string Expression(const SuiteColumn& column) {
  const std::string source = IsJoined(column) ? column.source : "t." + column.source;
  switch (column.kind) {
    case SuiteColumnKind::kDate: return "TO_CHAR(" + source + ", 'YYYY-MM-DD')";
    case SuiteColumnKind::kInstant: return TimeText(source);
    case SuiteColumnKind::kDisplay: return "BUILTIN.DF(" + source + ")";
    case SuiteColumnKind::kPlain: break;
  }
  return source;
}

}  // namespace

std::string FormatSuiteTime(Instant local) {
  std::string text = FormatInstant(std::chrono::floor<std::chrono::seconds>(local));
  text[10] = ' ';
  text.pop_back();
  return text;
}

SuiteQueries::SuiteQueries(const ObjectSettings& object) : object_(object) {
  const auto add = [&](const std::string& source, const std::string& name, SuiteColumnKind kind) {
    const bool there = std::any_of(columns_.begin(), columns_.end(),
                                   [&](const SuiteColumn& column) { return column.name == name; });
    if (!source.empty() && !there) columns_.push_back({source, name, kind});
  };
  add(object.id, object.id, SuiteColumnKind::kPlain);
  add(*object.modified, *object.modified, SuiteColumnKind::kInstant);
  add(*object.created, *object.created, SuiteColumnKind::kInstant);
  for (const auto& name : object.columns) add(name, name, SuiteColumnKind::kPlain);
  for (const auto& name : object.dates) add(name, name, SuiteColumnKind::kDate);
  for (const auto& name : object.instants) add(name, name, SuiteColumnKind::kInstant);
  for (const auto& name : object.display) add(name, name + "_display", SuiteColumnKind::kDisplay);
  for (const auto& [alias, join] : object.joins) {
    for (const auto& [column, name] : join.columns) {
      add(alias + "." + column, name, SuiteColumnKind::kPlain);
    }
  }
}

std::string SuiteQueries::Select(const std::set<std::string>& dropped) const {
  std::string text;
  for (const SuiteColumn& column : columns_) {
    if (dropped.count(column.source) != 0) continue;
    text += text.empty() ? "SELECT " : ", ";
    text += Expression(column) + " AS " + column.name;
  }
  return text + From(dropped);
}

// Joins whose columns are all dropped are left out: their table may be what the account lacks.
std::string SuiteQueries::From(const std::set<std::string>& dropped) const {
  std::string text = " FROM " + object_.table + " t";
  for (const auto& [name, join] : object_.joins) {
    const std::string& alias = name;
    const bool used = std::any_of(
        join.columns.begin(), join.columns.end(),
        [&](const auto& column) { return dropped.count(alias + "." + column.first) == 0; });
    if (!used) continue;
    text += " LEFT JOIN " + join.table + " " + alias + " ON " + alias + "." + join.column +
            " = t." + join.equals;
  }
  return text;
}

std::string SuiteQueries::Order(const std::string& columns,
                                const std::set<std::string>& dropped) const {
  std::string text = " ORDER BY " + columns;
  for (const SuiteColumn& column : columns_) {
    if (IsJoined(column) && dropped.count(column.source) == 0) text += ", " + column.source;
  }
  return text;
}

SuiteQuery SuiteQueries::Changes(const std::set<std::string>& dropped, const SuitePlace& from,
                                 const std::string& upper) const {
  SuiteQuery query{Select(dropped), {}};
  Conditions conditions(query);
  if (AddPlace(query, conditions.lead(), Stamp(), Id(), from)) conditions.Added();
  conditions.Time(Stamp(), "<=", upper);
  query.text += Order(Stamp() + ", " + Id(), dropped);
  return query;
}

SuiteQuery SuiteQueries::ById(const std::set<std::string>& dropped, const std::string& after,
                              const std::string& begin, const std::string& end) const {
  SuiteQuery query{Select(dropped), {}};
  Conditions conditions(query);
  if (!begin.empty()) {
    conditions.Time(Stamp(), ">", begin);
    conditions.Time(Stamp(), "<", end);
  }
  if (!after.empty()) conditions.Compare(Id() + " > ?", after);
  query.text += Order(Id(), dropped);
  return query;
}

SuiteQuery SuiteQueries::OfIds(const std::set<std::string>& dropped,
                               const std::vector<std::string>& ids) const {
  SuiteQuery query{Select(dropped) + " WHERE " + Id() + " IN (", ids};
  for (size_t i = 0; i < ids.size(); ++i) query.text += i == 0 ? "?" : ", ?";
  query.text += ")" + Order(Id(), dropped);
  return query;
}

SuiteQuery SuiteQueries::Newest() const {
  return {"SELECT " + TimeText("MAX(" + Stamp() + ")") + " AS stamp FROM " + object_.table + " t",
          {}};
}

SuiteQuery SuiteQueries::Ids(const std::string& after) const {
  SuiteQuery query{"SELECT " + Id() + " AS " + object_.id + " FROM " + object_.table + " t", {}};
  Conditions conditions(query);
  if (!after.empty()) conditions.Compare(Id() + " > ?", after);
  query.text += " ORDER BY " + Id();
  return query;
}

SuiteQuery SuiteQueries::Count() const {
  return {"SELECT COUNT(*) AS n FROM " + object_.table + " t", {}};
}

SuiteQuery SuiteQueries::CreatedBefore(const std::vector<std::string>& times) const {
  SuiteQuery query;
  for (size_t i = 0; i < times.size(); ++i) {
    query.text += i == 0 ? "SELECT " : ", ";
    query.text += "COUNT(CASE WHEN ";
    AddTime(query, "t." + *object_.created, "<", times[i]);
    query.text += " THEN 1 END) AS n" + std::to_string(i);
  }
  query.text += " FROM " + object_.table + " t";
  return query;
}

SuiteQuery Deletions(const std::string& type, const SuitePlace& from) {
  SuiteQuery query{"SELECT t.recordid AS id, " + TimeText("t.deleteddate") +
                       " AS stamp FROM deletedrecord t WHERE t.type = ?",
                   {type}};
  AddPlace(query, " AND ", "t.deleteddate", "t.recordid", from);
  query.text += " ORDER BY t.deleteddate, t.recordid";
  return query;
}

SuiteQuery DeletionsById(const std::string& type, const std::string& after,
                         const std::string& begin, const std::string& end) {
  SuiteQuery query{"SELECT t.recordid AS id, " + TimeText("t.deleteddate") +
                       " AS stamp FROM deletedrecord t WHERE t.type = ? AND ",
                   {type}};
  AddTime(query, "t.deleteddate", ">", begin);
  query.text += " AND ";
  AddTime(query, "t.deleteddate", "<", end);
  if (!after.empty()) {
    query.text += " AND t.recordid > ?";
    query.params.push_back(after);
  }
  query.text += " ORDER BY t.recordid";
  return query;
}

SuiteQuery FirstRows(SuiteQuery query, int rows) {
  query.text = "SELECT * FROM (" + query.text + ") WHERE ROWNUM <= " + std::to_string(rows);
  return query;
}

SuiteQuery SessionTimeZone() { return {"SELECT SESSIONTIMEZONE AS timezone FROM DUAL", {}}; }

std::set<std::string> SuiteQueries::NamedIn(std::string_view error) const {
  if (!SaysUnknown(error)) return {};
  // Some messages go on to list what there is.
  error = error.substr(0, error.find("vailable identifiers"));
  std::set<std::string> named;
  for (size_t at = error.find_first_of("'\""); at != std::string_view::npos;
       at = error.find_first_of("'\"", at + 1)) {
    const size_t end = error.find(error[at], at + 1);
    if (end == std::string_view::npos) break;
    const bool is_place = error.substr(0, at).ends_with("for record ");
    const std::string word = Lower(LastPart(error.substr(at + 1, end - at - 1)));
    if (is_place) continue;  // where a column is not, and not what is missing
    for (const SuiteColumn& column : columns_) {
      const bool needed = column.name == object_.id || column.name == *object_.modified;
      if (!needed && NeedsName(column, word)) named.insert(column.source);
    }
  }
  return named;
}

// Whether a column cannot be had without that name: its own, or one that its join is made of.
bool SuiteQueries::NeedsName(const SuiteColumn& column, const std::string& name) const {
  if (Lower(LastPart(column.source)) == name) return true;
  if (!IsJoined(column)) return false;
  const JoinSettings& join = object_.joins.at(column.source.substr(0, column.source.find('.')));
  return Lower(join.table) == name || Lower(join.column) == name || Lower(join.equals) == name;
}

}  // namespace trueup::connectors::netsuite
