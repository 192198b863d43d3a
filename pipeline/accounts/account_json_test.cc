#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "pipeline/accounts/test_world.h"

namespace trueup::pipeline {
namespace {

Account ExampleAccount() {
  World world;
  world.Add(Record("salesforce/Account/1")
                .Set(kStage, "contracted", Day(1))
                .Set(kTerms, "net_60")
                .Offset(11));
  world.Add(
      Record("netsuite/customer/7").Set(kTerms, "net_30").Set(kRevenue, Decimal(12)).Offset(12));
  world.Add(Record("sky/accounts/5")
                .Invalid(kTaxId, "DE0")
                .Set(kGoLive, Value(Date(std::chrono::days(20000))))
                .Offset(13));
  world.roster().ghosts = {R("salesforce/Account/0")};
  world.roster().ancestors = {"a-parent", "a-root"};
  world.roster().parent = "a-parent";
  return world.Run().account;
}

const SourceLookup kSources = [](std::string_view, std::string_view, uint16_t term) {
  if (term != kTerms) return std::optional<mappings::TermSource>();
  return std::optional<mappings::TermSource>({"terms_display", {"netsuite.yaml", 17, 7}});
};

TEST(AccountJson, HoldsEveryValueWithItsProvenance) {
  const std::string json =
      AccountJson(ExampleAccount(), MakeGlossary(), kSources, Offsets::kInclude);
  EXPECT_EQ(
      json,
      R"({"id":"a-test","members":["netsuite/customer/7","salesforce/Account/1","sky/accounts/5"],)"
      R"("ghosts":["salesforce/Account/0"],"stage":"contracted","stage_since":"2026-01-02T00:00:00Z",)"
      R"("parent":"a-parent","ancestors":["a-parent","a-root"],"terms":{)"
      R"("tax_id":{"value":"DE0","invalid":"it is wrong","provenance":{"ref":"sky/accounts/5","system":"sky",)"
      R"("rule":"no valid value; only value","since":"2026-01-01T00:00:00Z","offset":13},"others":[]},)"
      R"("payment_terms":{"value":"net_30","provenance":{"ref":"netsuite/customer/7","system":"netsuite",)"
      R"("field":"terms_display","mapping":"netsuite.yaml:17","rule":"source_priority: netsuite before salesforce",)"
      R"("since":"2026-01-01T00:00:00Z","offset":12},"conflict":"real","others":[{"value":"net_60",)"
      R"("ref":"salesforce/Account/1","system":"salesforce","since":"2026-01-01T00:00:00Z","offset":11}]},)"
      R"("go_live_date":{"value":"2024-10-04","provenance":{"ref":"sky/accounts/5","system":"sky",)"
      R"("rule":"only value","since":"2026-01-01T00:00:00Z","offset":13},"others":[]},)"
      R"("revenue":{"value":12,"provenance":{"ref":"netsuite/customer/7","system":"netsuite",)"
      R"("rule":"only value","since":"2026-01-01T00:00:00Z","offset":12},"others":[]},)"
      R"("stage":{"value":"contracted","provenance":{"ref":"salesforce/Account/1","system":"salesforce",)"
      R"("rule":"only value","since":"2026-01-02T00:00:00Z","offset":11},"others":[]}}})");
}

TEST(AccountJson, LeavesOutWhatDependsOnTheRun) {
  const std::string json =
      AccountJson(ExampleAccount(), MakeGlossary(), kSources, Offsets::kLeaveOut);
  EXPECT_THAT(json, testing::Not(testing::HasSubstr("offset")));
  EXPECT_THAT(json, testing::Not(testing::HasSubstr("netsuite.yaml")));
  EXPECT_THAT(json, testing::HasSubstr("terms_display"));
}

TEST(AccountJson, WritesFlagsAndListsAsJson) {
  Account account;
  AccountTerm flag;
  flag.winner = {true, R("sky/accounts/5"), Day(0), 0, ""};
  AccountTerm list = flag;
  list.term = 1;
  list.winner.value = Value::List{"a", Decimal(2)};
  account.terms = {flag, list};
  const auto document =
      JsonDocument::Parse(AccountJson(account, MakeGlossary(), kSources, Offsets::kInclude));
  ASSERT_TRUE(document.ok());
  EXPECT_TRUE(document->root()["terms"]["name"]["value"].boolean());
  EXPECT_EQ(document->root()["terms"]["tax_id"]["value"].ToJson(), R"(["a",2])");
  EXPECT_TRUE(document->root()["stage"].is_null());
  EXPECT_TRUE(document->root()["parent"].is_null());
}

Condition ExampleCondition() {
  Condition condition;
  condition.id = "f-1";
  condition.kind = "gap";
  condition.subject = R("sky/accounts/5");
  condition.refs = {R("netsuite/customer/7"), R("sky/accounts/5")};
  condition.account = "a-test";
  condition.term = "tax_id";
  condition.severity = "high";
  condition.owner = "Finance";
  condition.value = "a \"quoted\" value";
  condition.reason = "because";
  condition.active_from = Day(1);
  return condition;
}

TEST(ConditionJson, ComesBackAsItWas) {
  Condition condition = ExampleCondition();
  const std::string json = ConditionJson(condition);
  EXPECT_EQ(
      json,
      R"({"id":"f-1","kind":"gap","subject":"sky/accounts/5","refs":["netsuite/customer/7",)"
      R"("sky/accounts/5"],"account":"a-test","term":"tax_id","severity":"high","owner":"Finance",)"
      R"("value":"a \"quoted\" value","reason":"because","active_from":"2026-01-02T00:00:00Z"})");
  const auto read = ParseCondition(json);
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(ConditionJson(*read), json);
  EXPECT_FALSE(read->due);
  condition.due = Day(3);
  EXPECT_EQ(ParseCondition(ConditionJson(condition))->due, Day(3));
}

TEST(ConditionJson, RefusesDamagedText) {
  for (const char* text : {"", "[]", "{}", R"({"id":"f-1","kind":"gap","subject":"nonsense"})",
                           R"({"id":"f-1","kind":"gap","subject":"a/b/c","refs":["x"]})",
                           R"({"id":"f-1","kind":"gap","subject":"a/b/c","due":"soon"})"}) {
    const auto read = ParseCondition(text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.error().kind(), ErrorKind::kCorrupt) << text;
  }
}

}  // namespace
}  // namespace trueup::pipeline
