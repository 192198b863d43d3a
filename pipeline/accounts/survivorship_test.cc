#include "pipeline/accounts/survivorship.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

#include "pipeline/accounts/test_world.h"

namespace trueup::pipeline {
namespace {

using mappings::SurvivorshipRule;

// What survives of some records' tax ids.
AccountTerm SurvivorOf(const std::vector<Record>& records,
                       std::vector<SurvivorshipRule> rules = {SurvivorshipRule::kSourcePriority,
                                                              SurvivorshipRule::kMostRecent}) {
  mappings::Term term = MakeGlossary().entities[kAccountEntity].terms[kTaxId];
  term.survivorship = std::move(rules);
  std::vector<Contender> contenders;
  for (const Record& record : records) {
    contenders.push_back({&record.row(), record.row().Find(kTaxId)});
  }
  Rank(term, contenders);
  return Survive(term, contenders);
}

Record Tax(std::string_view ref, const char* value, int since = 0) {
  return Record(ref).Set(kTaxId, value, Day(since));
}

TEST(Survivorship, KeepsTheOnlyValue) {
  const AccountTerm term = SurvivorOf({Tax("sky/accounts/1", "DE1")});
  EXPECT_EQ(term.winner.value, Value("DE1"));
  EXPECT_EQ(term.rule, "only value");
  EXPECT_TRUE(term.others.empty());
}

TEST(Survivorship, PrefersTheSystemThatComesFirst) {
  const AccountTerm term =
      SurvivorOf({Tax("salesforce/Account/1", "DE1", 9), Tax("netsuite/customer/1", "DE2")});
  EXPECT_EQ(term.winner.value, Value("DE2"));
  EXPECT_EQ(term.rule, "source_priority: netsuite before salesforce");
  ASSERT_EQ(term.others.size(), 1U);
  EXPECT_EQ(term.others[0].ref, R("salesforce/Account/1"));
}

TEST(Survivorship, PutsASystemThatTheOrderDoesNotNameLast) {
  EXPECT_EQ(SurvivorOf({Tax("billing/x/1", "DE1", 9), Tax("sky/accounts/1", "DE2")}).winner.value,
            Value("DE2"));
}

TEST(Survivorship, PrefersTheNewestWithinOneSystem) {
  const AccountTerm term =
      SurvivorOf({Tax("netsuite/customer/1", "DE1", 3), Tax("netsuite/customer/2", "DE2", 4)});
  EXPECT_EQ(term.winner.value, Value("DE2"));
  EXPECT_EQ(term.rule,
            "most_recent: since 2026-01-05T00:00:00Z, the other since 2026-01-04T00:00:00Z");
}

TEST(Survivorship, PrefersTheLongerValueThenTheFullerRecord) {
  const std::vector<SurvivorshipRule> rules = {SurvivorshipRule::kMostComplete};
  EXPECT_EQ(
      SurvivorOf({Tax("sky/accounts/1", "DE1"), Tax("sky/accounts/2", "DE12")}, rules).winner.value,
      Value("DE12"));
  const AccountTerm fuller = SurvivorOf(
      {Tax("sky/accounts/1", "DE1"), Tax("sky/accounts/2", "DE2").Set(kLanguage, "de")}, rules);
  EXPECT_EQ(fuller.winner.value, Value("DE2"));
  EXPECT_EQ(fuller.rule, "most_complete: the record with more terms filled in");
}

TEST(Survivorship, FallsBackToTheSmallestRecordId) {
  const AccountTerm term =
      SurvivorOf({Tax("netsuite/customer/2", "DE2"), Tax("netsuite/customer/1", "DE1")});
  EXPECT_EQ(term.winner.value, Value("DE1"));
  EXPECT_EQ(term.rule, "no rule decides: smallest record id");
}

TEST(Survivorship, NeverLetsAnInvalidValueWin) {
  const AccountTerm term = SurvivorOf(
      {Record("netsuite/customer/1").Invalid(kTaxId, "DE0"), Tax("sky/accounts/1", "DE1")});
  EXPECT_EQ(term.winner.value, Value("DE1"));
  EXPECT_EQ(term.rule, "valid before invalid");
  EXPECT_EQ(term.others[0].invalid, "it is wrong");
}

TEST(Survivorship, KeepsAnInvalidValueWhereThereIsNoOther) {
  const AccountTerm term = SurvivorOf({Record("netsuite/customer/1").Invalid(kTaxId, "DE0")});
  EXPECT_EQ(term.winner.invalid, "it is wrong");
  EXPECT_EQ(term.rule, "no valid value; only value");
}

TEST(Survivorship, SaysWhereAllAgree) {
  EXPECT_EQ(SurvivorOf({Tax("netsuite/customer/1", "DE1"), Tax("sky/accounts/1", "DE1", 5)}).rule,
            "all agree");
}

// Random records of few systems and values, so that ties and repeats are frequent.
std::vector<Record> RandomRecords(std::mt19937& random) {
  const auto below = [&random](unsigned limit) { return random() % limit; };
  std::vector<Record> records;
  const unsigned count = 1 + below(6);
  for (unsigned i = 0; i < count; ++i) {
    static constexpr std::array kObjects = {"netsuite/customer/", "salesforce/Account/",
                                            "sky/accounts/", "billing/x/"};
    Record record(kObjects[below(4)] + std::to_string(i));
    const std::string value = "DE" + std::to_string(below(3)) + std::string(below(2), '7');
    record.Set(kTaxId, value, Day(static_cast<int>(below(3))), below(4) == 0 ? "it is wrong" : "");
    if (below(2) == 0) record.Set(kLanguage, "de");
    records.push_back(record);
  }
  return records;
}

std::vector<SurvivorshipRule> RandomRules(std::mt19937& random) {
  std::vector<SurvivorshipRule> rules = {SurvivorshipRule::kSourcePriority,
                                         SurvivorshipRule::kMostRecent,
                                         SurvivorshipRule::kMostComplete};
  std::shuffle(rules.begin(), rules.end(), random);
  rules.resize(random() % 4);
  return rules;
}

TEST(SurvivorshipProperty, HoldsForRandomRecords) {
  for (unsigned seed = 0; seed < 3000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    std::vector<Record> records = RandomRecords(random);
    const auto rules = RandomRules(random);
    const AccountTerm before = SurvivorOf(records, rules);

    const bool any_valid = std::any_of(records.begin(), records.end(), [](const Record& record) {
      return record.row().Find(kTaxId)->valid();
    });
    ASSERT_EQ(before.winner.invalid.empty(), any_valid);
    ASSERT_EQ(before.others.size() + 1, records.size());

    std::shuffle(records.begin(), records.end(), random);
    const AccountTerm shuffled = SurvivorOf(records, rules);
    ASSERT_EQ(shuffled.winner.ref, before.winner.ref);
    ASSERT_EQ(shuffled.rule, before.rule);
    for (size_t i = 0; i < before.others.size(); ++i) {
      ASSERT_EQ(shuffled.others[i].ref, before.others[i].ref);
    }

    Record same("sky/accounts/new");
    same.Set(kTaxId, before.winner.value, Day(static_cast<int>(random() % 3)),
             before.winner.invalid);
    records.push_back(same);
    ASSERT_EQ(SurvivorOf(records, rules).winner.value, before.winner.value);
  }
}

}  // namespace
}  // namespace trueup::pipeline
