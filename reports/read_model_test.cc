#include "reports/read_model.h"

#include <fstream>

#include "base/file.h"
#include "reports/queries.h"
#include "reports/test_model.h"

namespace trueup::reports {
namespace {

std::vector<Finding> All(const TestModel& test, Instant now) {
  return ListFindings(test.Reader(),
                      {.kind = {}, .owner = {}, .severity = {}, .account = {}, .status = "all"},
                      now, {})
      .value();
}

TEST(ReadModel, AppliesEachDocumentExactlyOnceAcrossRestarts) {
  TestModel test;
  test.PublishAccount("a-1", "Acme", R"(["crm/Account/1"])");
  test.Publish(
      "changes", "a-1",
      R"({"account":"a-1","term":"name","old":"","new":"Acme","at":"2026-01-01T00:00:00Z"})");
  EXPECT_EQ(test.Apply(Day(1)), 2U);
  test.Reopen();
  EXPECT_EQ(test.Apply(Day(1)), 0U);
  EXPECT_EQ(test.model().Lag().value(), 0U);
  Database reader = test.Reader();
  auto count = reader.Prepare("SELECT count(*) FROM changes");
  ASSERT_TRUE(count->Step().value());
  EXPECT_EQ(count->Number(0), 1);
}

TEST(ReadModel, AFindingIsOpenWhileAnyScopeHoldsIt) {
  TestModel test;
  test.PublishCondition("a-1", "f-1");
  test.PublishCondition("crm/Account/a|b", "f-1");
  test.Apply(Day(1));
  test.Publish("conditions", "a-1|f-1", "");
  test.Apply(Day(2));
  EXPECT_EQ(All(test, Day(2)).at(0).status, "open");
  test.Publish("conditions", "crm/Account/a|b|f-1", "");
  test.Apply(Day(3));
  const Finding closed = All(test, Day(3)).at(0);
  EXPECT_EQ(closed.status, "closed");
  EXPECT_EQ(closed.closed_at, Day(3));
}

TEST(ReadModel, AFindingThatComesBackKeepsItsAgeAndCounts) {
  TestModel test;
  test.PublishCondition("a-1", "f-1");
  test.Apply(Day(1));
  test.Publish("conditions", "a-1|f-1", "");
  test.Apply(Day(2));
  test.PublishCondition("a-1", "f-1");
  test.Apply(Day(3));
  const Finding finding = All(test, Day(3)).at(0);
  EXPECT_EQ(finding.status, "open");
  EXPECT_EQ(finding.first_seen, Day(1));
  EXPECT_EQ(finding.reopened, 1);
}

TEST(ReadModel, APendingFindingThatWasNeverActiveLeavesNoTrace) {
  TestModel test;
  const std::string later = R"("kind":"stalled","severity":"low","owner":"AM","active_from":")" +
                            FormatInstant(Day(9)) + "\"";
  test.PublishCondition("a-1", "f-1", later);
  test.Apply(Day(1));
  EXPECT_EQ(All(test, Day(1)).at(0).status, "pending");
  EXPECT_EQ(All(test, Day(9)).at(0).status, "open");
  EXPECT_EQ(All(test, Day(9)).at(0).first_seen, Day(9));
  test.Publish("conditions", "a-1|f-1", "");
  test.Apply(Day(2));
  EXPECT_TRUE(All(test, Day(9)).empty());
}

TEST(ReadModel, ANewGenerationKeepsObservationsAndSweepsWhatItDoesNotSay) {
  TestModel test;
  test.PublishAccount("a-1", "Acme", R"(["crm/Account/1"])");
  test.PublishAccount("a-2", "Beta", R"(["crm/Account/2"])");
  test.PublishCondition("a-1", "f-1");
  test.PublishCondition("a-2", "f-2");
  test.Apply(Day(1));
  ASSERT_TRUE(test.model().BeginGeneration("g000002").ok());
  EXPECT_EQ(ListAccounts(test.Reader(), {}, Day(1), {})->size(), 2U) << "readable until settled";
  test.PublishAccount("a-1", "Acme", R"(["crm/Account/1","crm/Account/2"])");
  test.PublishCondition("a-1", "f-1");
  test.Reopen();
  EXPECT_EQ(test.model().generation(), "g000002");
  test.Apply(Day(4));
  ASSERT_TRUE(test.model().Settle(Day(5)).ok());
  EXPECT_EQ(ListAccounts(test.Reader(), {}, Day(5), {})->size(), 1U);
  EXPECT_EQ(FindAccount(test.Reader(), "crm/Account/2").value(), "a-1");
  const auto findings = All(test, Day(5));
  ASSERT_EQ(findings.size(), 2U);
  for (const Finding& finding : findings) {
    EXPECT_EQ(finding.first_seen, Day(1));
    EXPECT_EQ(finding.reopened, 0);
    EXPECT_EQ(finding.status, finding.id == "f-1" ? "open" : "closed");
  }
}

TEST(ReadModel, TheSameGenerationGoesOnWhereItWasAfterARestart) {
  TestModel test;
  ASSERT_TRUE(test.model().BeginGeneration("g000001").ok());
  test.PublishAccount("a-1", "Acme", R"(["crm/Account/1"])");
  test.PublishCondition("a-1", "f-1");
  test.Apply(Day(1));
  ASSERT_TRUE(test.model().Settle(Day(1)).ok());
  test.PublishAccount("a-2", "Beta", R"(["crm/Account/2"])");
  test.Reopen();
  ASSERT_TRUE(test.model().BeginGeneration("g000001").ok());
  test.Apply(Day(2));
  ASSERT_TRUE(test.model().Settle(Day(2)).ok());
  EXPECT_EQ(ListAccounts(test.Reader(), {}, Day(2), {})->size(), 2U);
  EXPECT_EQ(All(test, Day(2)).at(0).status, "open");
}

TEST(ReadModel, ADamagedFileIsSetAsideAndFilledAnewFromTheGenerationsStart) {
  TestModel test;
  test.PublishAccount("a-old", "Old", R"(["crm/Account/9"])");
  test.Apply(Day(1));
  ASSERT_TRUE(test.model().BeginGeneration("g000002").ok());
  test.PublishAccount("a-1", "Acme", R"(["crm/Account/1"])");
  test.Apply(Day(1));
  test.Close();
  std::ofstream(ReadModelPath(test.folder()), std::ios::trunc) << std::string(8192, 'x');
  test.Reopen();
  test.Apply(Day(2));
  const auto accounts = ListAccounts(test.Reader(), {}, Day(2), {}).value();
  ASSERT_EQ(accounts.size(), 1U);
  EXPECT_EQ(accounts[0].id, "a-1");
  EXPECT_TRUE(ReadFile(ReadModelPath(test.folder()) + ".aside-1").ok());
}

TEST(ReadModel, WhatAuditsStateOutlivesGenerationsAndADamagedFile) {
  TestModel test;
  test.Publish("audits", "audit:crm/Account|f-gap",
               R"({"kind":"sync_gap","severity":"high","owner":"Admin"})");
  test.Apply(Day(1));
  ASSERT_TRUE(test.model().BeginGeneration("g000002").ok());
  test.Apply(Day(2));
  ASSERT_TRUE(test.model().Settle(Day(2)).ok());
  EXPECT_EQ(All(test, Day(2)).at(0).status, "open");
  test.Close();
  std::ofstream(ReadModelPath(test.folder()), std::ios::trunc) << std::string(8192, 'x');
  test.Reopen();
  test.Apply(Day(3));
  EXPECT_EQ(All(test, Day(3)).at(0).kind, "sync_gap");
  test.Publish("audits", "audit:crm/Account|f-gap", "");
  test.Apply(Day(4));
  EXPECT_EQ(All(test, Day(4)).at(0).status, "closed");
}

TEST(ReadModel, ReadingWithoutARunSaysWhatToDo) {
  const TemporaryFolder folder;
  for (int i = 0; i < 2; ++i) {
    const auto opened = OpenForReading(folder.path());
    ASSERT_FALSE(opened.ok());
    EXPECT_NE(opened.error().message().find("no run has been made yet"), std::string::npos);
    // The second time it is there, but no table in it: the first run has just begun.
    ASSERT_TRUE(Database::Open(ReadModelPath(folder.path()), Database::Mode::kReadWrite)
                    ->Execute("PRAGMA journal_mode=WAL")
                    .ok());
  }
}

}  // namespace
}  // namespace trueup::reports
