#include "reports/queries.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/json.h"

namespace trueup::reports {
namespace {

constexpr const char* kFindingColumns =
    "SELECT id, kind, severity, owner, account, subject, refs, term, value, reason, first_seen, "
    "due, closed_at, reopened, coalesce(active_from, 0) FROM findings ";
constexpr const char* kAccountColumns =
    "SELECT id, name, stage, parent, document, (SELECT count(*) FROM findings f "
    "WHERE f.account = accounts.id AND f.closed_at IS NULL AND coalesce(f.active_from, 0) <= ?1) "
    "AS open_findings FROM accounts ";

std::optional<Instant> OptionalInstant(std::optional<int64_t> micros) {
  if (!micros) return std::nullopt;
  return FromMicros(*micros);
}

std::vector<std::string> TextsOf(const JsonValue& list) {
  std::vector<std::string> texts;
  for (const JsonValue& item : list) texts.emplace_back(item.text());
  return texts;
}

Finding FindingOf(const Statement& row, Instant now) {
  Finding finding{row.Text(0),
                  row.Text(1),
                  {},
                  row.Text(2),
                  row.Text(3),
                  row.Text(4),
                  row.Text(5),
                  {},
                  row.Text(7),
                  row.Text(8),
                  row.Text(9),
                  FromMicros(row.Number(10)),
                  OptionalInstant(row.OptionalNumber(11)),
                  OptionalInstant(row.OptionalNumber(12)),
                  row.Number(13)};
  if (const auto refs = JsonDocument::Parse(row.Text(6)); refs.ok()) {
    finding.refs = TextsOf(refs->root());
  }
  const bool active = row.Number(14) <= ToMicros(now);
  finding.status = finding.closed_at ? "closed" : active ? "open" : "pending";
  return finding;
}

AccountRow AccountOf(const Statement& row) {
  AccountRow account{row.Text(0), row.Text(1), {}, row.Text(2), row.Text(3), {}, row.Number(5)};
  const auto document = JsonDocument::Parse(row.Text(4));
  if (!document.ok()) return account;
  account.members = TextsOf(document->root()["members"]);
  for (const JsonValue& term : document->root()["terms"]) {
    account.terms.emplace_back(term.key(), term["value"].ToJson());
  }
  return account;
}

// Conditions joined by AND, with the texts that they bind from parameter 2 on; parameter 1 is the
// time.
struct Where {
  std::vector<std::string> conditions;
  std::vector<std::string> texts;

  void Equal(const std::string& column, const std::string& text) {
    if (!text.empty()) Add(column + " = ?", text);
  }
  void Add(std::string condition, const std::string& text) {
    const size_t mark = condition.find('?');
    condition.insert(mark + 1, std::to_string(texts.size() + 2));
    conditions.push_back(std::move(condition));
    texts.push_back(text);
  }
  std::string Sql() const {
    std::string sql = "WHERE ?1 IS NOT NULL ";
    for (const std::string& condition : conditions) sql += "AND " + condition + " ";
    return sql;
  }
};

std::string PageSql(const Page& page) {
  if (page.limit == 0 && page.offset == 0) return {};
  const std::string limit = page.limit == 0 ? "-1" : std::to_string(page.limit);
  return " LIMIT " + limit + " OFFSET " + std::to_string(page.offset);
}

Result<Statement> PrepareListing(const Database& database, const char* columns, const Where& where,
                                 const std::string& order, Instant now, const Page& page) {
  TRUEUP_ASSIGN(Statement statement,
                database.Prepare(columns + where.Sql() + order + PageSql(page)));
  statement.Bind(1, ToMicros(now));
  for (size_t i = 0; i < where.texts.size(); ++i) {
    statement.Bind(static_cast<int>(i) + 2, where.texts[i]);
  }
  return statement;
}

std::string LikePattern(const std::string& text) {
  std::string pattern = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') pattern.push_back('\\');
    pattern.push_back(c);
  }
  return pattern + "%";
}

Result<std::optional<std::string>> OneText(const Database& database, const char* sql,
                                           const std::string& parameter) {
  TRUEUP_ASSIGN(Statement statement, database.Prepare(sql));
  TRUEUP_ASSIGN(const bool found, statement.Bind(1, parameter).Step());
  if (!found) return std::optional<std::string>();
  return std::optional<std::string>(statement.Text(0));
}

Result<std::string> RootOf(const Database& database, std::string id) {
  std::set<std::string> seen;
  while (seen.insert(id).second) {
    TRUEUP_ASSIGN(const auto parent,
                  OneText(database, "SELECT parent FROM accounts WHERE id=?", id));
    if (!parent || parent->empty()) break;
    TRUEUP_ASSIGN(const auto there,
                  OneText(database, "SELECT id FROM accounts WHERE id=?", *parent));
    if (!there) break;
    id = *parent;
  }
  return id;
}

}  // namespace

Result<std::vector<Finding>> ListFindings(const Database& database, const FindingFilter& filter,
                                          Instant now, const Page& page) {
  Where where;
  where.Equal("kind", filter.kind);
  where.Equal("owner", filter.owner);
  where.Equal("severity", filter.severity);
  where.Equal("account", filter.account);
  if (filter.status == "closed") where.conditions.emplace_back("closed_at IS NOT NULL");
  if (filter.status == "open" || filter.status == "pending") {
    where.conditions.emplace_back("closed_at IS NULL");
    where.conditions.push_back(std::string("coalesce(active_from, 0) ") +
                               (filter.status == "open" ? "<=" : ">") + " ?1");
  }
  const std::string order =
      "ORDER BY CASE severity WHEN 'high' THEN 0 WHEN 'medium' THEN 1 ELSE 2 END, first_seen, id";
  TRUEUP_ASSIGN(Statement rows, PrepareListing(database, kFindingColumns, where, order, now, page));
  std::vector<Finding> findings;
  while (true) {
    TRUEUP_ASSIGN(const bool row, rows.Step());
    if (!row) return findings;
    findings.push_back(FindingOf(rows, now));
  }
}

Result<std::optional<Finding>> FindFinding(const Database& database, const std::string& id,
                                           Instant now) {
  Where where;
  where.Equal("id", id);
  TRUEUP_ASSIGN(Statement rows, PrepareListing(database, kFindingColumns, where, "", now, {}));
  TRUEUP_ASSIGN(const bool row, rows.Step());
  if (!row) return std::optional<Finding>();
  return std::optional<Finding>(FindingOf(rows, now));
}

Result<std::vector<FindingCount>> CountOpenFindings(const Database& database, Instant now) {
  TRUEUP_ASSIGN(Statement rows,
                database.Prepare("SELECT kind, severity, count(*) FROM findings WHERE closed_at IS "
                                 "NULL AND coalesce(active_from, 0) <= ?1 GROUP BY 1, 2"));
  rows.Bind(1, ToMicros(now));
  std::vector<FindingCount> counts;
  while (true) {
    TRUEUP_ASSIGN(const bool row, rows.Step());
    if (!row) return counts;
    counts.push_back({rows.Text(0), rows.Text(1), rows.Number(2)});
  }
}

Result<std::vector<AccountRow>> ListAccounts(const Database& database, const AccountFilter& filter,
                                             Instant now, const Page& page) {
  Where where;
  where.Equal("stage", filter.stage);
  if (!filter.text.empty()) where.Add("name LIKE ? ESCAPE '\\'", LikePattern(filter.text));
  if (filter.with_findings) where.conditions.emplace_back("open_findings > 0");
  TRUEUP_ASSIGN(Statement rows,
                PrepareListing(database, kAccountColumns, where, "ORDER BY id", now, page));
  std::vector<AccountRow> accounts;
  while (true) {
    TRUEUP_ASSIGN(const bool row, rows.Step());
    if (!row) return accounts;
    accounts.push_back(AccountOf(rows));
  }
}

Result<std::optional<std::string>> FindAccount(const Database& database,
                                               const std::string& id_or_ref) {
  for (const char* sql :
       {"SELECT id FROM accounts WHERE id=?", "SELECT account FROM members WHERE ref=?",
        "SELECT account FROM members WHERE own_account=?",
        "SELECT m.account FROM facts f JOIN members m ON m.ref=f.member WHERE f.ref=?",
        // Other rows that hang on an account are not kept here, but what is wrong with them is.
        "SELECT account FROM findings WHERE subject=? AND account!='' AND closed_at IS NULL"}) {
    TRUEUP_ASSIGN(auto found, OneText(database, sql, id_or_ref));
    if (found) return found;
  }
  return std::optional<std::string>();
}

Result<std::optional<std::string>> AccountDocument(const Database& database,
                                                   const std::string& id) {
  return OneText(database, "SELECT document FROM accounts WHERE id=?", id);
}

Result<std::vector<TreeNode>> TreeOf(const Database& database, const std::string& id, size_t most) {
  TRUEUP_ASSIGN(const std::string root, RootOf(database, id));
  TRUEUP_ASSIGN(Statement find, database.Prepare("SELECT name, stage FROM accounts WHERE id=?"));
  TRUEUP_ASSIGN(Statement children,
                database.Prepare("SELECT id FROM accounts WHERE parent=? ORDER BY id DESC"));
  std::vector<TreeNode> tree;
  std::set<std::string> seen;
  std::vector<std::pair<std::string, int>> open{{root, 0}};
  while (!open.empty() && tree.size() < most) {
    const auto [next, depth] = open.back();
    open.pop_back();
    if (!seen.insert(next).second) continue;  // a cycle, which is a finding of its own
    TRUEUP_ASSIGN(const bool found, find.Bind(1, next).Step());
    if (!found) continue;
    tree.push_back({next, find.Text(0), find.Text(1), depth});
    find.Reset();
    children.Bind(1, next);
    while (true) {
      TRUEUP_ASSIGN(const bool row, children.Step());
      if (!row) break;
      open.emplace_back(children.Text(0), depth + 1);
    }
  }
  return tree;
}

}  // namespace trueup::reports
