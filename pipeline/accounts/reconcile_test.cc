#include "pipeline/accounts/reconcile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <set>

#include "pipeline/accounts/test_world.h"

namespace trueup::pipeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// An account that waits at the billing gate with everything that the gate wants.
World Contracted() {
  World world;
  world.Add(Record("salesforce/Account/1")
                .Set(kName, "Acme")
                .Set(kStage, "contracted", Day(10))
                .Set(kTaxId, "DE1")
                .Set(kTerms, "net_30"));
  return world;
}

// An active account of three systems without a fault.
World Healthy() {
  World world;
  for (const char* ref : {"salesforce/Account/1", "netsuite/customer/7", "sky/accounts/5"}) {
    world.Add(Record(ref)
                  .Set(kStage, "active", Day(20))
                  .Set(kTaxId, "DE1")
                  .Set(kTerms, "net_30")
                  .Set(kLanguage, "de"));
  }
  for (const char* kind : {"hardware", "onboarding"}) {
    world.Add(Record(std::string("sky/tasks/") + kind, kTaskEntity)
                  .Set(kKind, kind)
                  .Set(kOwner, "sky/users/1")
                  .Set(kStatus, "done"));
  }
  world.Knows(Record("sky/users/1", kUserEntity).Set(0, true));
  world.Knows(Record("sky/users/2", kUserEntity).Set(0, false));
  return world;
}

TEST(Reconcile, FindsNothingWrongWithAHealthyAccount) {
  const Reconciled result = Healthy().Run();
  EXPECT_THAT(result.conditions, IsEmpty());
  EXPECT_EQ(result.account.stage, "active");
  EXPECT_EQ(result.account.stage_since, Day(20));
  EXPECT_THAT(result.account.terms, SizeIs(4));
}

TEST(Reconcile, LeavesOutTermsThatAreEmptyEverywhere) {
  World world;
  world.Add(Record("salesforce/Account/1").Set(kName, "Acme").Set(kTaxId, Null()).Set(kTerms, ""));
  EXPECT_THAT(world.Run().account.terms, SizeIs(1));
}

TEST(Reconcile, ReportsAConflictWithAllValues) {
  World world = Contracted();
  world.Add(Record("netsuite/customer/7").Set(kTerms, "net_60", Day(3)));
  const Condition conflict = world.Only("conflict");
  EXPECT_EQ(conflict.subject, R("netsuite/customer/7"));
  EXPECT_EQ(conflict.term, "payment_terms");
  EXPECT_EQ(conflict.value, "netsuite: net_60 | salesforce: net_30");
  EXPECT_THAT(conflict.refs, ElementsAre(R("netsuite/customer/7"), R("salesforce/Account/1")));
  EXPECT_EQ(conflict.owner, "Finance");
  EXPECT_EQ(conflict.account, "a-test");
  EXPECT_EQ(conflict.active_from, Day(3));
  EXPECT_THAT(conflict.reason,
              HasSubstr("\"net_60\" stands (source_priority: netsuite before salesforce)"));
}

TEST(Reconcile, ReportsAGapFromTheGateOnWithItsDueTime) {
  World world;
  world.Add(Record("salesforce/Account/1").Set(kStage, "contracted", Day(10)).Set(kTaxId, "DE1"));
  const Condition gap = world.Only("gap");
  EXPECT_EQ(gap.term, "payment_terms");
  EXPECT_EQ(gap.owner, "Finance");
  EXPECT_EQ(gap.severity, "high");
  EXPECT_EQ(gap.active_from, Day(12));
  EXPECT_EQ(gap.due, Day(22));
  EXPECT_EQ(gap.reason,
            "payment_terms is empty in salesforce; the account waits at the billing gate, "
            "which needs it (reached by 2026-01-11)");
}

TEST(Reconcile, DatesAPassedGateByTheMilestones) {
  World world;
  world.Add(Record("salesforce/Account/1")
                .Set(kStage, "billing_ready", Day(30))
                .Had(kStage, "prospect", Day(1))
                .Had(kStage, "contracted", Day(5))
                .Had(kStage, "billing_ready", Day(30))
                .Set(kTaxId, "DE1")
                .Set(kLanguage, "de"));
  const Condition gap = world.Only("gap");
  EXPECT_EQ(gap.active_from, Day(7));
  EXPECT_THAT(gap.reason, HasSubstr("passed the billing gate"));
}

TEST(Reconcile, CountsAnInvalidValueAsAGapAndReportsBoth) {
  World world = Contracted();
  world.rows()[0].row.terms[1].invalid = "check digit is wrong";
  EXPECT_THAT(world.Only("gap").reason,
              HasSubstr("tax_id has no valid value (salesforce has \"DE1\")"));
  const Condition invalid = world.Only("invalid");
  EXPECT_EQ(invalid.subject, R("salesforce/Account/1"));
  EXPECT_EQ(invalid.reason,
            "tax_id \"DE1\" in salesforce/Account/1 is not valid: check digit is wrong");
}

TEST(Reconcile, DoesNotAskForTermsOfLaterGates) {
  EXPECT_THAT(Contracted().Find("gap"), IsEmpty());
  World world;
  world.Add(Record("salesforce/Account/1").Set(kStage, "prospect", Day(0)));
  EXPECT_THAT(world.Run().conditions, IsEmpty());
}

TEST(Reconcile, ReportsATermThatTwoGatesRequireOnce) {
  World world;
  world.Add(Record("salesforce/Account/1")
                .Set(kStage, "billing_ready")
                .Set(kTerms, "net_30")
                .Set(kLanguage, "de"));
  EXPECT_EQ(world.Only("gap").owner, "Finance");
}

TEST(Reconcile, ReportsAMissingStageAsAGapAtTheFirstGate) {
  World world;
  world.Add(Record("salesforce/Account/1").Set(kName, "Acme"));
  const Condition gap = world.Only("gap");
  EXPECT_EQ(gap.term, "stage");
  EXPECT_FALSE(gap.active_from);
}

TEST(Reconcile, ReportsMissingCounterpartsByTheStage) {
  World world = Healthy();
  world.rows().erase(world.rows().begin() + 1);
  const Condition missing = world.Only("missing_counterpart");
  EXPECT_EQ(missing.term, "netsuite");
  EXPECT_EQ(missing.owner, "Finance");
  EXPECT_EQ(missing.active_from, Day(21));
  world.roster().ancestor_systems = {"netsuite"};
  EXPECT_THAT(world.Find("missing_counterpart"), IsEmpty());
}

TEST(Reconcile, AsksForARecordThatEveryAccountNeedsEvenWithoutAStage) {
  World world;
  world.Add(Record("sky/accounts/1").Set(kName, "Acme"));
  world.roster().ancestor_systems = {"salesforce"};
  EXPECT_EQ(world.Only("missing_counterpart").term, "salesforce");
}

TEST(Reconcile, ReportsDuplicatesPerSystemWithWhatTheyDifferOn) {
  World world = Contracted();
  world.Add(
      Record("salesforce/Account/0").Set(kTerms, "net_60").Set(kTaxId, "DE1").Created(Day(8)));
  const Condition duplicate = world.Only("duplicate");
  EXPECT_EQ(duplicate.subject, R("salesforce/Account/0"));
  EXPECT_EQ(duplicate.refs.size(), 2U);
  EXPECT_EQ(duplicate.owner, "AM");
  EXPECT_EQ(duplicate.active_from, Day(8));
  EXPECT_EQ(
      duplicate.reason,
      "salesforce holds this customer 2 times: salesforce/Account/0 and salesforce/Account/1; "
      "they differ on payment_terms (net_30, net_60)");
  EXPECT_THAT(world.Find("conflict"), IsEmpty());
}

TEST(Reconcile, ReportsHandoffTrouble) {
  World world = Healthy();
  world.rows().pop_back();
  world.Add(Record("sky/tasks/2", kTaskEntity)
                .Set(kTitle, "Train")
                .Set(kKind, "hardware")
                .Set(kStatus, "open"));
  world.Add(Record("sky/tasks/3", kTaskEntity)
                .Set(kKind, "hardware")
                .Set(kStatus, "done")
                .Set(kOwner, "sky/users/2"));
  world.Add(Record("sky/tasks/4", kTaskEntity)
                .Set(kKind, "hardware")
                .Set(kStatus, "done")
                .Set(kOwner, "sky/users/9"));
  std::set<std::string> found;
  for (const Condition& condition : world.Find("handoff")) {
    found.insert(condition.subject.text() + " " + condition.term + ": " + condition.reason);
    EXPECT_EQ(condition.owner, "Ops");
  }
  EXPECT_THAT(
      found,
      ElementsAre(
          "salesforce/Account/1 backstage_tasks:onboarding: no task of kind \"onboarding\" exists "
          "in sky; the account passed the onboarding gate",
          "sky/tasks/2 backstage_tasks:open: task \"Train\" (sky/tasks/2) is still \"open\" in "
          "sky, "
          "and the account passed the onboarding gate",
          "sky/tasks/2 backstage_tasks:owner: task \"Train\" (sky/tasks/2) has no owner; the "
          "account passed the onboarding gate",
          "sky/tasks/3 backstage_tasks:owner: task sky/tasks/3 is owned by sky/users/2, who is no "
          "longer active; the account passed the onboarding gate",
          "sky/tasks/4 backstage_tasks:owner: task sky/tasks/4 is owned by sky/users/9, whom "
          "nobody knows; the account passed the onboarding gate"));
}

TEST(Reconcile, AsksForNoTasksOfAnAccountThatOperationsDoNotKnow) {
  World world;
  world.Add(Record("salesforce/Account/1")
                .Set(kStage, "active")
                .Set(kTaxId, "DE1")
                .Set(kTerms, "net_30")
                .Set(kLanguage, "de"));
  EXPECT_THAT(world.Find("handoff"), IsEmpty());
}

TEST(Reconcile, LetsTasksBeOpenUntilTheGateIsPassed) {
  World world = Healthy();
  for (AccountRow& row : world.rows()) {
    for (auto& held : row.row.terms) {
      if (row.row.entity == kTaskEntity && held.term == kStatus) held.value = "open";
      if (row.row.entity == kAccountEntity && held.term == kStage) held.value = "billing_ready";
    }
  }
  EXPECT_THAT(world.Find("handoff"), IsEmpty());
}

TEST(Reconcile, StallsAfterTheLimitOfTheGate) {
  const Condition stalled = Contracted().Only("stalled");
  EXPECT_EQ(stalled.term, "billing");
  EXPECT_EQ(stalled.active_from, Day(20));
  EXPECT_EQ(stalled.reason,
            "waits at the billing gate in stage contracted since 2026-01-11; the limit is 10 d");
}

TEST(Reconcile, ReportsAHandBackUntilTheGateIsPassedAgain) {
  World world;
  Record record("salesforce/Account/1");
  record.Set(kStage, "contracted", Day(9)).Set(kTaxId, "DE1").Set(kTerms, "net_30");
  record.Had(kStage, "billing_ready", Day(4))
      .Had(kStage, "prospect", Day(6))
      .Had(kStage, "contracted", Day(9));
  world.Add(record);
  const Condition handback = world.Only("handback");
  EXPECT_EQ(handback.term, "billing");
  EXPECT_EQ(handback.active_from, Day(6));
  auto& row = world.rows()[0].row;
  row.terms.back().value = "billing_ready";
  row.milestones.push_back({kStage, "billing_ready", Day(12)});
  EXPECT_THAT(world.Find("handback"), IsEmpty());
}

TEST(Reconcile, ReportsContradictionsInTheTree) {
  World world = Contracted();
  world.Add(Record("netsuite/customer/7").Set(kName, "Acme"))
      .Add(Record("sky/accounts/5").Set(kName, "Acme"));
  world.roster().claims = {{R("netsuite/customer/7"), R("netsuite/customer/1"), "a-one"},
                           {R("salesforce/Account/1"), R("salesforce/Account/9"), "a-two"},
                           {R("sky/accounts/5"), R("sky/accounts/404"), ""}};
  world.roster().cycle = true;
  std::set<std::string> found;
  for (const Condition& condition : world.Find("hierarchy")) {
    found.insert(condition.subject.text() + " " + condition.term);
    EXPECT_EQ(condition.owner, "ops");
  }
  EXPECT_THAT(found, ElementsAre("netsuite/customer/7 parent", "salesforce/Account/1 parent:cycle",
                                 "sky/accounts/5 parent"));
}

TEST(Reconcile, LetsTheLifecycleNameOwnerAndSeverity) {
  World world = Contracted();
  world.Add(Record("netsuite/customer/7").Set(kTerms, "net_60"));
  world.lifecycle().kind_owners["conflict"] = "Controlling";
  world.lifecycle().severities["conflict"] = "high";
  EXPECT_EQ(world.Only("conflict").owner, "Controlling");
  EXPECT_EQ(world.Only("conflict").severity, "high");
}

TEST(Reconcile, NamesOrphansAndQuarantinedRecordsByThemselves) {
  const World world;
  mappings::MappedRow row = Record("sky/tasks/1", kTaskEntity).row();
  row.parent = R("sky/installations/404");
  const Condition orphan =
      OrphanCondition(row, "nobody has the record that it names", world.MakeRules());
  EXPECT_EQ(orphan.id, ConditionId("orphan", row.ref, ""));
  EXPECT_EQ(orphan.reason,
            "task sky/tasks/1 hangs on no account: nobody has the record that it names "
            "(sky/installations/404)");
  const Condition refused = QuarantineCondition(R("sky/tasks/2"), "no kind", world.MakeRules());
  EXPECT_EQ(refused.id, ConditionId("quarantined", R("sky/tasks/2"), ""));
  EXPECT_EQ(refused.owner, "admin");
  const Condition gap = SyncGapCondition(R("sky/tasks/2"), "not here", world.MakeRules());
  EXPECT_EQ(gap.id, ConditionId("sync_gap", R("sky/tasks/2"), ""));
  EXPECT_EQ(gap.owner, "admin");
  EXPECT_EQ(gap.severity, "high");
  EXPECT_EQ(gap.reason, "sky/tasks/2 differs from its source in every audit: not here");
}

std::string Everything(const Reconciled& result, const World& world) {
  const Rules rules = world.MakeRules();
  const SourceLookup nowhere = [](auto, auto, auto) { return std::nullopt; };
  std::string text = AccountJson(result.account, rules.glossary, nowhere, Offsets::kInclude);
  for (const Condition& condition : result.conditions) text += "\n" + ConditionJson(condition);
  return text;
}

// An account with a random part of everything that can be wrong.
World RandomWorld(std::mt19937& random) {
  const auto below = [&random](unsigned limit) { return random() % limit; };
  World world;
  static constexpr std::array kStages = {"prospect",   "contracted", "billing_ready",
                                         "onboarding", "active",     "nonsense"};
  static constexpr std::array kObjects = {"netsuite/customer/", "salesforce/Account/",
                                          "sky/accounts/"};
  const unsigned members = 1 + below(5);
  for (unsigned i = 0; i < members; ++i) {
    Record record(kObjects[below(3)] + std::to_string(i));
    record.Offset(i);
    const auto maybe = [&](uint16_t term, const Value& value) {
      const std::string invalid = below(6) == 0 ? "it is wrong" : "";
      if (below(4) != 0) record.Set(term, value, Day(static_cast<int>(below(4))), invalid);
    };
    maybe(kStage, kStages[below(6)]);
    maybe(kTaxId, "DE" + std::to_string(below(2)));
    maybe(kTerms, below(2) == 0 ? "net_30" : "net_60");
    maybe(kLanguage, "de");
    for (unsigned step = below(4); step > 0; --step)
      record.Had(kStage, kStages[below(5)], Day(static_cast<int>(step)));
    world.Add(record);
    const std::string claimed = below(2) == 0 ? "" : "a-" + std::to_string(below(2));
    if (below(3) == 0)
      world.roster().claims.push_back({record.row().ref, R("sky/accounts/99"), claimed});
  }
  world.roster().cycle = below(4) == 0;
  static constexpr std::array kKinds = {"hardware", "onboarding", "other"};
  for (unsigned i = below(5); i > 0; --i) {
    Record task("sky/tasks/" + std::to_string(i), kTaskEntity);
    task.Set(kKind, kKinds[below(3)]).Set(kStatus, below(2) == 0 ? "open" : "done");
    if (below(2) == 0) task.Set(kOwner, "sky/users/" + std::to_string(below(3)));
    world.Add(task);
  }
  world.Knows(Record("sky/users/1", kUserEntity).Set(0, true));
  world.Knows(Record("sky/users/2", kUserEntity).Set(0, false));
  return world;
}

TEST(ReconcileProperty, HoldsForRandomAccounts) {
  std::set<std::string> kinds;
  for (unsigned seed = 0; seed < 2000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    World world = RandomWorld(random);
    const Reconciled result = world.Run();
    const std::string before = Everything(result, world);

    std::set<std::string> ids;
    for (const Condition& condition : result.conditions) {
      kinds.insert(condition.kind);
      ASSERT_TRUE(ids.insert(condition.id).second) << condition.kind << " " << condition.term;
      ASSERT_TRUE(std::is_sorted(condition.refs.begin(), condition.refs.end()));
      ASSERT_TRUE(
          std::binary_search(condition.refs.begin(), condition.refs.end(), condition.subject));
      ASSERT_FALSE(condition.reason.empty());
      ASSERT_FALSE(condition.owner.empty());
    }

    std::shuffle(world.rows().begin(), world.rows().end(), random);
    ASSERT_EQ(Everything(world.Run(), world), before);

    world.rows().push_back(world.rows().front());  // a row that came twice is one row
    ASSERT_EQ(Everything(world.Run(), world), before);
  }
  EXPECT_THAT(kinds, SizeIs(9)) << "every kind that reconcile can report was seen";
}

}  // namespace
}  // namespace trueup::pipeline
