// SOQL and SuiteQL: what they accept, what they refuse, and that their pages cover every row once.
#include "tests/sandbox/query/query.h"

#include <set>

#include <gtest/gtest.h>

#include "tests/sandbox/netsuite/suiteql.h"
#include "tests/sandbox/salesforce/soql.h"

namespace trueup::sandbox {
namespace {

const World& SharedWorld() {
  static World* const world = [] {
    WorldOptions options;
    options.population.customers = 300;
    auto* made = new World(options);  // lives as long as the process
    for (int i = 0; i < 3; ++i) made->Step();
    return made;
  }();
  return *world;
}

std::string SoqlOutcome(std::string_view text) {
  const auto parsed = ParseSoql(SharedWorld(), text, false);
  if (const auto* error = std::get_if<SoqlError>(&parsed)) return error->code;
  return "ok";
}

struct SoqlRow {
  const char* name;
  const char* text;
  const char* outcome;
};
class SoqlTable : public testing::TestWithParam<SoqlRow> {};
INSTANTIATE_TEST_SUITE_P(
    Soql, SoqlTable,
    testing::Values(
        SoqlRow{"Plain", "SELECT Id, Name FROM Account", "ok"},
        SoqlRow{"IgnoresCase", "select id from account where name = 'x' order by id limit 1", "ok"},
        SoqlRow{"Keyset",
                "SELECT Id FROM Account WHERE (SystemModstamp > 2026-01-01T00:00:00Z) OR "
                "(SystemModstamp = "
                "2026-01-01T00:00:00.000+0000 AND Id > '001') ORDER BY SystemModstamp ASC NULLS "
                "FIRST, Id LIMIT 2000",
                "ok"},
        SoqlRow{"InAndNot",
                "SELECT Id FROM Contact WHERE NOT (LastName IN ('O\\'Hara', 'Smith')) AND "
                "AccountId != null",
                "ok"},
        SoqlRow{"Numbers", "SELECT Id FROM Account WHERE AnnualRevenue >= 1000000.5", "ok"},
        SoqlRow{"Booleans", "SELECT Id FROM User WHERE IsActive = TRUE", "ok"},
        SoqlRow{"Dates", "SELECT Id FROM Opportunity WHERE CloseDate > 2025-12-01", "ok"},
        SoqlRow{"Count", "SELECT COUNT() FROM Account WHERE IsDeleted = false", "ok"},
        SoqlRow{"Aggregates", "SELECT COUNT(Id) n, MIN(CreatedDate) first FROM Account", "ok"},
        SoqlRow{"Months",
                "SELECT CALENDAR_YEAR(CreatedDate) y, CALENDAR_MONTH(CreatedDate) m, COUNT(Id) n "
                "FROM Account GROUP BY CALENDAR_YEAR(CreatedDate), CALENDAR_MONTH(CreatedDate)",
                "ok"},
        SoqlRow{"MonthsUngrouped", "SELECT CALENDAR_MONTH(CreatedDate) FROM Account",
                "MALFORMED_QUERY"},
        SoqlRow{"UnknownField", "SELECT Id, Nope__c FROM Account", "INVALID_FIELD"},
        SoqlRow{"UnknownObject", "SELECT Id FROM Nothing", "INVALID_TYPE"},
        SoqlRow{"QuotedDateTime",
                "SELECT Id FROM Account WHERE SystemModstamp > '2026-01-01T00:00:00Z'",
                "INVALID_FIELD"},
        SoqlRow{"UnquotedText", "SELECT Id FROM Account WHERE Name = 5", "INVALID_FIELD"},
        SoqlRow{"NoFrom", "SELECT Id", "MALFORMED_QUERY"},
        SoqlRow{"Star", "SELECT * FROM Account", "MALFORMED_QUERY"},
        SoqlRow{"OpenString", "SELECT Id FROM Account WHERE Name = 'x", "MALFORMED_QUERY"},
        SoqlRow{"OpenParenthesis", "SELECT Id FROM Account WHERE (Name = 'x'", "MALFORMED_QUERY"},
        SoqlRow{"Trailing", "SELECT Id FROM Account LIMIT 5 5", "MALFORMED_QUERY"},
        SoqlRow{"GroupBy", "SELECT COUNT(Id) FROM Account GROUP BY Name", "MALFORMED_QUERY"},
        SoqlRow{"Empty", "", "MALFORMED_QUERY"}),
    [](const auto& row) { return std::string(row.param.name); });
TEST_P(SoqlTable, Answers) { EXPECT_EQ(SoqlOutcome(GetParam().text), GetParam().outcome); }

TEST(Soql, RefusesDeepNestingInsteadOfOverflowing) {
  const std::string deep(100000, '(');
  EXPECT_EQ(SoqlOutcome("SELECT Id FROM Account WHERE " + deep), "MALFORMED_QUERY");
}

size_t SoqlCount(std::string_view text, bool deleted = false) {
  const auto parsed = ParseSoql(SharedWorld(), text, deleted);
  return RunQuery(std::get<Soql>(parsed).query).size();
}

TEST(Soql, FollowsTheLogicOfNull) {
  const size_t all = SoqlCount("SELECT Id FROM Account");
  const size_t without = SoqlCount("SELECT Id FROM Account WHERE ParentId = null");
  const size_t with = SoqlCount("SELECT Id FROM Account WHERE ParentId != null");
  EXPECT_GT(with, 0U);
  EXPECT_EQ(without + with, all);
  // Unlike SQL, a null is unlike any value.
  EXPECT_EQ(SoqlCount("SELECT Id FROM Account WHERE ParentId != 'x'"), all);
}

TEST(Soql, ShowsDeletedRowsToQueryAllOnly) {
  const size_t live = SoqlCount("SELECT Id FROM Contact");
  EXPECT_EQ(live, SharedWorld().table(TableId::kSfContact).live());
  EXPECT_EQ(SoqlCount("SELECT Id FROM Contact", true),
            SharedWorld().table(TableId::kSfContact).rows().size());
  EXPECT_EQ(SoqlCount("SELECT Id FROM Contact WHERE IsDeleted = true", true) + live,
            SharedWorld().table(TableId::kSfContact).rows().size());
}

TEST(SuiteQl, FirstRowsAreThoseOfTheQuerysOrder) {
  const std::string query =
      "SELECT t.uniquekey AS id FROM transactionline t LEFT JOIN item a ON a.id = t.item ORDER BY "
      "t.linelastmodifieddate, t.uniquekey, a.itemid";
  const auto keys = [](const std::string& text) {
    const auto parsed = ParseSuiteQl(SharedWorld(), text, {});
    EXPECT_TRUE(std::holds_alternative<SuiteQl>(parsed)) << std::get<SuiteQlError>(parsed).detail;
    return RunQuery(std::get<SuiteQl>(parsed).query);
  };
  auto all = keys(query);
  ASSERT_GT(all.size(), 5U);
  all.resize(5);
  EXPECT_EQ(keys("SELECT * FROM (" + query + ") WHERE ROWNUM <= 5"), all);
}

TEST(Soql, SortsByAnyFieldBothWays) {
  auto parsed =
      ParseSoql(SharedWorld(), "SELECT Id FROM Account ORDER BY Name DESC, Id LIMIT 50", false);
  const Query& query = std::get<Soql>(parsed).query;
  const auto rows = RunQuery(query);
  ASSERT_EQ(rows.size(), 50U);
  for (size_t i = 1; i < rows.size(); ++i) {
    EXPECT_GE(CellText(query, rows[i - 1], query.order[0].column),
              CellText(query, rows[i], query.order[0].column));
  }
}

// Small pages cut through ties; the walk must meet each row exactly once.
TEST(Soql, KeysetWalkMeetsEveryRowOnce) {
  const Table& table = SharedWorld().table(TableId::kSfContact);
  std::set<uint32_t> seen;
  size_t met = 0;
  std::string where;
  for (;;) {
    const std::string text =
        "SELECT Id FROM Contact " + where + " ORDER BY SystemModstamp, Id LIMIT 7";
    const auto rows = RunQuery(std::get<Soql>(ParseSoql(SharedWorld(), text, true)).query);
    if (rows.empty()) break;
    for (const Match& match : rows) seen.insert(match[0]);
    met += rows.size();
    const Row& last = table.row(rows.back()[0]);
    const std::string at = DateTimeText(last.stamp, 'T', "Z");
    where = "WHERE (SystemModstamp > " + at + ") OR (SystemModstamp = " + at + " AND Id > '" +
            last.id + "')";
  }
  EXPECT_EQ(met, table.rows().size());
  EXPECT_EQ(seen.size(), table.rows().size());
}

std::string SuiteOutcome(std::string_view text, const std::vector<std::string>& params) {
  const auto parsed = ParseSuiteQl(SharedWorld(), text, params);
  if (const auto* error = std::get_if<SuiteQlError>(&parsed)) return error->detail;
  return "ok";
}

struct SuiteRow {
  const char* name;
  const char* text;
  std::vector<std::string> params;
  const char* outcome;  // a part of the error, or "ok"
};
class SuiteTable : public testing::TestWithParam<SuiteRow> {};
INSTANTIATE_TEST_SUITE_P(
    SuiteQl, SuiteTable,
    testing::Values(
        SuiteRow{"Plain", "SELECT id, companyname AS name FROM customer", {}, "ok"},
        SuiteRow{"Zone", "SELECT SESSIONTIMEZONE AS timezone FROM DUAL", {}, "ok"},
        SuiteRow{"Join",
                 "SELECT c.id, a.city FROM customer c LEFT OUTER JOIN "
                 "customeraddressbookentityaddress a ON a.nkey = "
                 "c.defaultbillingaddress WHERE c.id > ? ORDER BY c.id",
                 {"10"},
                 "ok"},
        SuiteRow{"Functions",
                 "SELECT BUILTIN.DF(terms) AS terms, TO_CHAR(lastmodifieddate, 'YYYY-MM-DD "
                 "HH24:MI:SS') AS stamp FROM customer",
                 {},
                 "ok"},
        SuiteRow{"Times",
                 "SELECT id FROM contact WHERE lastmodifieddate BETWEEN TO_TIMESTAMP(?, "
                 "'YYYY-MM-DD HH24:MI:SS') AND "
                 "TO_TIMESTAMP('2026-01-01 00:00:00', 'YYYY-MM-DD HH24:MI:SSxFF')",
                 {"2025-01-01 00:00:00"},
                 "ok"},
        SuiteRow{"InIsNotNull",
                 "SELECT id FROM customer WHERE id IN (1, 2, ?) AND phone IS NOT NULL AND NOT "
                 "isinactive = 'T'",
                 {"3"},
                 "ok"},
        SuiteRow{"Aggregates",
                 "SELECT COUNT(*) AS n, MIN(id) AS low, TO_CHAR(MAX(lastmodifieddate), 'YYYY') AS "
                 "y FROM transaction",
                 {},
                 "ok"},
        SuiteRow{"CountsOfSome",
                 "SELECT COUNT(CASE WHEN datecreated < TO_TIMESTAMP(?, 'YYYY-MM-DD HH24:MI:SS') "
                 "THEN 1 END) AS n0 FROM customer",
                 {"2026-01-01 00:00:00"},
                 "ok"},
        SuiteRow{"UnknownTable", "SELECT id FROM nothing", {}, "Record 'nothing' was not found"},
        SuiteRow{"UnknownColumn",
                 "SELECT nope FROM customer",
                 {},
                 "Field 'nope' for record 'customer' was not found"},
        SuiteRow{"BareDate",
                 "SELECT id FROM customer WHERE lastmodifieddate > '2022-12-31'",
                 {},
                 "Parse of date/time \"2022-12-31\" failed with date format"},
        SuiteRow{"TooFewParams",
                 "SELECT id FROM customer WHERE id > ? AND id < ?",
                 {"1"},
                 "Invalid number of parameters"},
        SuiteRow{"TooManyParams", "SELECT id FROM customer", {"1"}, "Invalid number of parameters"},
        SuiteRow{"Text", "SELECT id FROM customer WHERE id = 'abc'", {}, "Invalid value 'abc'"},
        SuiteRow{"Limit", "SELECT id FROM customer LIMIT 5", {}, "syntax error"},
        SuiteRow{"Open", "SELECT id FROM customer WHERE (id = 1", {}, "syntax error"}),
    [](const auto& row) { return std::string(row.param.name); });
TEST_P(SuiteTable, Answers) {
  EXPECT_NE(SuiteOutcome(GetParam().text, GetParam().params).find(GetParam().outcome),
            std::string::npos)
      << SuiteOutcome(GetParam().text, GetParam().params);
}

TEST(SuiteQl, KeysetWalkMeetsEveryRowOnceInLocalTime) {
  const Table& table = SharedWorld().table(TableId::kNsTransaction);
  std::set<uint32_t> seen;
  size_t met = 0;
  std::vector<std::string> params;
  std::string where;
  for (;;) {
    const std::string text =
        "SELECT id, TO_CHAR(lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') AS at FROM transaction " +
        where + " ORDER BY lastmodifieddate, id";
    const auto parsed = ParseSuiteQl(SharedWorld(), text, params);
    const auto& suiteql = std::get<SuiteQl>(parsed);
    auto rows = RunQuery(suiteql.query);
    if (rows.empty()) break;
    rows.resize(std::min<size_t>(rows.size(), 7));
    for (const Match& match : rows) seen.insert(match[0]);
    met += rows.size();
    const std::string at = ShowValue(SharedWorld(), suiteql, suiteql.expressions[1], rows.back());
    params = {at, at, table.row(rows.back()[0]).id};
    where =
        "WHERE lastmodifieddate > TO_TIMESTAMP(?, 'YYYY-MM-DD HH24:MI:SS') OR (lastmodifieddate = "
        "TO_TIMESTAMP(?, "
        "'YYYY-MM-DD HH24:MI:SS') AND id > ?)";
  }
  EXPECT_EQ(met, table.live());
  EXPECT_EQ(seen.size(), table.live());
}

TEST(SuiteQl, RendersMasks) {
  EXPECT_EQ(FormatByMask(kWorldStart + 3661, "YYYY-MM-DD HH24:MI:SS"), "2026-01-01 01:01:01");
  EXPECT_EQ(FormatByMask(kWorldStart, "M/D/YYYY"), "1/1/2026");
}

}  // namespace
}  // namespace trueup::sandbox
