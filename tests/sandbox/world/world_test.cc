#include "tests/sandbox/world/world.h"

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "tests/sandbox/world/truth.h"

namespace trueup::sandbox {
namespace {

WorldOptions Small(uint64_t seed, size_t customers = 400) {
  WorldOptions options;
  options.population.seed = seed;
  options.population.customers = customers;
  return options;
}

// A ref leads to a row that is there.
bool IsLiveRef(const World& world, const std::string& ref) {
  const size_t first = ref.find('/');
  const size_t second = ref.find('/', first + 1);
  for (System system : kAllSystems) {
    if (ToString(system) != ref.substr(0, first)) continue;
    const auto table = FindTable(system, ref.substr(first + 1, second - first - 1));
    if (!table) return false;
    const auto row = world.table(*table).Find(ref.substr(second + 1));
    return row && !world.table(*table).row(*row).deleted;
  }
  return false;
}

TEST(World, IsAFunctionOfSeedAndSteps) {
  World one(Small(7));
  World two(Small(7));
  EXPECT_EQ(TruthJson(one), TruthJson(two));
  for (int i = 0; i < 3; ++i) {
    one.Step();
    two.Step();
  }
  EXPECT_EQ(TruthJson(one), TruthJson(two));
  EXPECT_NE(TruthJson(one), TruthJson(World(Small(8))));
}

TEST(World, PlantsEveryKindOfDefect) {
  const World world(Small(1, 2000));
  std::map<std::string, size_t> kinds;
  for (const TruthFinding& finding : FindTruth(world).findings) ++kinds[finding.kind];
  for (const char* kind :
       {"duplicate", "gap", "conflict", "invalid", "missing_counterpart", "orphan", "handoff"}) {
    EXPECT_GE(kinds[kind], 30U) << kind;
  }
  EXPECT_GE(kinds["hierarchy"], 3U);
}

TEST(World, LeavesMostCustomersWithoutAnyDefect) {
  const World world(Small(1, 2000));
  std::set<std::string> with_defects;
  for (const TruthFinding& finding : FindTruth(world).findings)
    with_defects.insert(finding.customer);
  EXPECT_LT(with_defects.size(), 800U);
}

class WorldAfterSteps : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    for (int i = 0; i < GetParam(); ++i) world_.Step();
    truth_ = FindTruth(world_);
  }

  World world_{Small(3)};
  Truth truth_;
};
INSTANTIATE_TEST_SUITE_P(Steps, WorldAfterSteps, testing::Values(0, 1, 12), [](const auto& steps) {
  return "After" + std::to_string(steps.param) + "Steps";
});

TEST_P(WorldAfterSteps, EachLiveAccountRecordIsInExactlyOneCluster) {
  std::map<std::string, int> held;
  for (const TruthCluster& cluster : truth_.clusters) {
    EXPECT_FALSE(cluster.members.empty());
    for (const std::string& member : cluster.members) ++held[member];
  }
  size_t live = 0;
  for (System system : kAllSystems) {
    const TableId id = AccountTable(system);
    const Table& table = world_.table(id);
    for (uint32_t i = 0; i < table.rows().size(); ++i) {
      if (table.row(i).deleted) continue;
      ++live;
      EXPECT_EQ(held[RefOf(world_, id, i)], 1) << RefOf(world_, id, i);
    }
  }
  EXPECT_EQ(held.size(), live);
}

TEST_P(WorldAfterSteps, FindingsNameRecordsThatAreThere) {
  for (const TruthFinding& finding : truth_.findings) {
    EXPECT_FALSE(finding.refs.empty()) << finding.kind;
    for (const std::string& ref : finding.refs)
      EXPECT_TRUE(IsLiveRef(world_, ref)) << finding.kind << " " << ref;
  }
}

TEST_P(WorldAfterSteps, RecordsOfOneCustomerShareStrongEvidence) {
  for (int customer = 0; customer < static_cast<int>(world_.customers().size()); ++customer) {
    std::vector<const Face*> live;
    for (uint32_t number : world_.faces_of(customer)) {
      if (world_.IsLive(world_.faces()[number])) live.push_back(&world_.faces()[number]);
    }
    for (const Face* a : live) {
      for (const Face* b : live) {
        if (a == b) continue;
        int agree = 0;
        for (Term term : {Term::kWebsite, Term::kPhone, Term::kTaxId, Term::kBillingStreet}) {
          agree += !a->valid(term).empty() && a->valid(term) == b->valid(term) ? 1 : 0;
        }
        EXPECT_GE(agree, 1) << world_.customers()[static_cast<size_t>(customer)].id;
      }
    }
  }
}

TEST_P(WorldAfterSteps, StampsNeverLieBeforeCreationOrAfterNow) {
  for (size_t t = 0; t < kTables; ++t) {
    for (const Row& row : world_.table(static_cast<TableId>(t)).rows()) {
      EXPECT_LE(row.created, row.stamp);
      EXPECT_LE(row.modified, row.stamp);
      EXPECT_LE(row.stamp, world_.now());
    }
  }
}

TEST(World, HoldsTiesOfManyRowsOnOneStamp) {
  const World world(Small(1, 2000));
  std::map<Seconds, size_t> rows_at;
  for (const Row& row : world.table(TableId::kSfContact).rows()) ++rows_at[row.stamp];
  const auto most =
      std::max_element(rows_at.begin(), rows_at.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  EXPECT_GT(most->second, 30U);
}

TEST(World, MergesLeaveTheLoserPointingAtTheWinner) {
  World world(Small(5, 1000));
  for (int i = 0; i < 10; ++i) world.Step();
  const Table& accounts = world.table(TableId::kSfAccount);
  size_t merged = 0;
  for (uint32_t i = 0; i < accounts.rows().size(); ++i) {
    const std::string& master = accounts.Get(i, "MasterRecordId");
    if (master.empty()) continue;
    ++merged;
    EXPECT_TRUE(accounts.row(i).deleted);
    EXPECT_TRUE(accounts.Find(master).has_value());
    const Table& contacts = world.table(TableId::kSfContact);
    for (uint32_t c = 0; c < contacts.rows().size(); ++c)
      EXPECT_NE(contacts.Get(c, "AccountId"), accounts.row(i).id);
  }
  EXPECT_GT(merged, 0U);
}

TEST(World, ListedCompaniesBecomeCustomersOnce) {
  WorldOptions options = Small(1, 3);
  options.population.companies_csv =
      "name,country,state,city,zipcode,website\n"
      "\"Norvik, Steel\nInc.\",United States,OH,Dayton,45402,http://www.norvik.example.com\n"
      "Norvik Steel Holdings,United States,OH,Dayton,45402,https://norvik.example.com/en\n"
      "Elsewhere Ltd,Atlantis,,Deep,,http://deep.example.com\n";
  const World world(options);
  const auto listed = std::count_if(world.customers().begin(), world.customers().end(),
                                    [](const Customer& c) { return c.core.starts_with("Norvik"); });
  EXPECT_GE(listed, 1);
  EXPECT_EQ(CompanySource(1, options.population.companies_csv).listed(), 1U);
}

}  // namespace
}  // namespace trueup::sandbox
