#include "reports/summary.h"

#include <gmock/gmock.h>

#include "reports/documents.h"
#include "reports/test_model.h"

namespace trueup::reports {
namespace {

using ::testing::HasSubstr;

TEST(Table, QuotesCsvCellsWhereNeeded) {
  const Table table{{{"a"}, {"b"}}, {{"plain", "with \"quotes\", and\nlines"}}};
  EXPECT_EQ(ToCsv(table), "a,b\r\nplain,\"with \"\"quotes\"\", and\nlines\"\r\n");
}

TEST(Table, FitsTheTerminalByCuttingTheWidestColumn) {
  const Table table{{{"id"}, {"text"}, {"n", true}}, {{"x", "ä long text that is cut", "7"}}};
  EXPECT_EQ(ToText(table, 18), "id  text         n\nx   ä long tex…  7\n");
  EXPECT_EQ(ToText(table, 0), "id  text                     n\nx   ä long text that is cut  7\n");
}

TEST(Documents, AccountAndFindingHaveExactlyTheContractsKeys) {
  JsonWriter account;
  WriteAccount(account, {"a-1", "Acme", {"crm/Account/1"}, "", "", {{"name", "\"Acme\""}}, 0});
  EXPECT_EQ(account.text(),
            R"({"id":"a-1","members":["crm/Account/1"],"stage":null,"terms":{"name":"Acme"}})");
  Finding finding;
  finding.id = "f-1";
  finding.first_seen = Day(0);
  JsonWriter json;
  WriteFinding(json, finding);
  EXPECT_EQ(
      json.text(),
      R"({"id":"f-1","kind":"","status":"","severity":"","owner":"","account":null,"refs":[],)"
      R"("term":null,"value":null,"reason":"","first_seen":"2024-10-04T00:00:00Z","due":null})");
}

TEST(Summary, CountsWhatIsOpenAndHowCompleteTheGatesAre) {
  TestModel test;
  test.PublishAccount("a-1", "<Acme>", R"(["crm/Account/1","erp/customer/4"])");
  test.PublishAccount("a-2", "Beta", R"(["crm/Account/2"])", R"("stage":"prospect")");
  test.PublishCondition("a-1", "f-1",
                        R"("kind":"gap","severity":"high","owner":"AM","account":"a-1")");
  test.Apply(Day(1));
  const std::vector<GateQuestion> gates{
      {"contract", "Contract", {"active"}, {{"name", "AM"}, {"tax_id", "Finance"}}}};
  const Summary summary = Summarize(test.Reader(), gates, Day(3)).value();
  EXPECT_EQ(summary.accounts, 2);
  EXPECT_EQ(summary.open, 1);
  ASSERT_EQ(summary.kinds.size(), 1U);
  EXPECT_EQ(summary.kinds[0].owners, std::vector<std::string>{"AM"});
  EXPECT_EQ(summary.kinds[0].oldest, Day(1));
  ASSERT_EQ(summary.completeness.size(), 2U);
  EXPECT_EQ(summary.completeness[0].filled, 1);
  EXPECT_EQ(summary.completeness[1].filled, 0);
  ASSERT_EQ(summary.worst.size(), 1U);
  EXPECT_THAT(SummaryText(summary, 100), HasSubstr("crm/Account/1"));
  EXPECT_THAT(SummaryHtml(summary), HasSubstr("&lt;Acme&gt;"));
  EXPECT_THAT(SummaryHtml(summary), ::testing::Not(HasSubstr("http")));
  EXPECT_TRUE(JsonDocument::Parse(SummaryJson(summary)).ok());
}

}  // namespace
}  // namespace trueup::reports
