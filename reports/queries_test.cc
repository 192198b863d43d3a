#include "reports/queries.h"

#include "pipeline/accounts/account.h"
#include "reports/test_model.h"

namespace trueup::reports {
namespace {

TEST(Queries, AnOldAccountIdLeadsToTheAccountThatNowHoldsItsFounder) {
  TestModel test;
  const std::string old_id = pipeline::AccountIdOf(Ref("crm", "Account", "2"));
  test.PublishAccount(old_id, "Acme Inc", R"(["crm/Account/2"])");
  test.PublishAccount("a-1", "Acme", R"(["crm/Account/1","crm/Account/2"])");
  test.Publish("accounts", old_id, "");
  test.Apply(Day(1));
  const Database reader = test.Reader();
  EXPECT_EQ(FindAccount(reader, old_id).value(), "a-1");
  EXPECT_EQ(FindAccount(reader, "crm/Account/2").value(), "a-1");
  EXPECT_EQ(FindAccount(reader, "a-1").value(), "a-1");
  EXPECT_FALSE(FindAccount(reader, "crm/Account/7")->has_value());
}

TEST(Queries, AGhostLeadsToItsAccount) {
  TestModel test;
  test.PublishAccount("a-1", "Acme", R"(["crm/Account/1"])",
                      R"("ghosts":["erp/customer/5"],"stage":"active")");
  test.Apply(Day(1));
  EXPECT_EQ(FindAccount(test.Reader(), "erp/customer/5").value(), "a-1");
}

TEST(Queries, ARecordThatAFindingIsAboutLeadsToItsAccount) {
  TestModel test;
  test.PublishAccount("a-2", "Beta", R"(["crm/Account/2"])");
  test.PublishCondition("a-2", "f-1",
                        R"("kind":"handoff","severity":"high","owner":"Ops","account":"a-2")");
  test.Apply(Day(1));
  EXPECT_EQ(FindAccount(test.Reader(), "crm/Account/1").value(), "a-2");
}

TEST(Queries, AccountsAreFilteredByStageNameAndFindings) {
  TestModel test;
  test.PublishAccount("a-1", "Acme 100%", R"(["crm/Account/1"])");
  test.PublishAccount("a-2", "Beta", R"(["crm/Account/2"])", R"("stage":"prospect")");
  test.PublishCondition("a-2", "f-1",
                        R"("kind":"gap","severity":"high","owner":"AM","account":"a-2")");
  test.Apply(Day(1));
  const Database reader = test.Reader();
  EXPECT_EQ(ListAccounts(reader, {.stage = "prospect", .text = {}}, Day(1), {})->at(0).id, "a-2");
  EXPECT_EQ(ListAccounts(reader, {.stage = {}, .text = "acme"}, Day(1), {})->at(0).id, "a-1");
  EXPECT_EQ(ListAccounts(reader, {.stage = {}, .text = "0%"}, Day(1), {})->size(), 1U);
  EXPECT_TRUE(ListAccounts(reader, {.stage = {}, .text = "%%"}, Day(1), {})->empty());
  const auto with =
      ListAccounts(reader, {.stage = {}, .text = {}, .with_findings = true}, Day(1), {});
  ASSERT_EQ(with->size(), 1U);
  EXPECT_EQ(with->at(0).open_findings, 1);
  EXPECT_EQ(ListAccounts(reader, {}, Day(1), {.limit = 1, .offset = 1})->at(0).id, "a-2");
}

TEST(Queries, HighFindingsComeFirstAndFiltersNarrow) {
  TestModel test;
  test.PublishCondition("a-1", "f-1", R"("kind":"gap","severity":"low","owner":"AM")");
  test.PublishCondition("a-1", "f-2", R"("kind":"conflict","severity":"high","owner":"Finance")");
  test.Apply(Day(1));
  const Database reader = test.Reader();
  const auto all = ListFindings(reader, {}, Day(1), {}).value();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].id, "f-2");
  FindingFilter filter;
  filter.kind = "gap";
  EXPECT_EQ(ListFindings(reader, filter, Day(1), {})->at(0).id, "f-1");
  filter.owner = "Finance";
  EXPECT_TRUE(ListFindings(reader, filter, Day(1), {})->empty());
}

TEST(Queries, ATreeIsWalkedFromItsRootAndACycleEnds) {
  TestModel test;
  test.PublishAccount("a-1", "Root", R"(["crm/Account/1"])", R"("stage":"active","parent":null)");
  test.PublishAccount("a-2", "Child", R"(["crm/Account/2"])", R"("stage":"active","parent":"a-1")");
  test.PublishAccount("a-3", "Grandchild", R"(["crm/Account/3"])",
                      R"("stage":"active","parent":"a-2")");
  test.PublishAccount("a-8", "Egg", R"(["crm/Account/8"])", R"("stage":"active","parent":"a-9")");
  test.PublishAccount("a-9", "Hen", R"(["crm/Account/9"])", R"("stage":"active","parent":"a-8")");
  test.Apply(Day(1));
  const auto tree = TreeOf(test.Reader(), "a-3").value();
  ASSERT_EQ(tree.size(), 3U);
  EXPECT_EQ(tree[2].name, "Grandchild");
  EXPECT_EQ(tree[2].depth, 2);
  EXPECT_EQ(TreeOf(test.Reader(), "a-8")->size(), 2U);
}

}  // namespace
}  // namespace trueup::reports
