#include "pipeline/accounts/agreement.h"

#include <gtest/gtest.h>

#include "pipeline/accounts/survivorship.h"
#include "pipeline/accounts/test_world.h"

namespace trueup::pipeline {
namespace {

mappings::Term TermOf(uint16_t index) {
  return MakeGlossary().entities[kAccountEntity].terms[index];
}

Value Money(std::string_view text) { return Value(*Decimal::Parse(text)); }
Value OnDay(int day) { return Value(std::chrono::floor<std::chrono::days>(Day(day))); }

struct Row {
  const char* name;
  uint16_t term;
  Value a;
  Value b;
  bool agree;
};

class Agreement : public testing::TestWithParam<Row> {};

TEST_P(Agreement, FollowsTheTolerance) {
  const Row& row = GetParam();
  EXPECT_EQ(Agree(TermOf(row.term), row.a, row.b), row.agree);
  EXPECT_EQ(Agree(TermOf(row.term), row.b, row.a), row.agree);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Agreement,
    testing::Values(Row{"exact_same", kTaxId, "DE1", "DE1", true},
                    Row{"exact_other_case", kTaxId, "DE1", "de1", false},
                    Row{"name_legal_form", kName, "Acme GmbH", "ACME", true},
                    Row{"name_other", kName, "Acme GmbH", "Bolt GmbH", false},
                    Row{"days_within", kGoLive, OnDay(1), OnDay(2), true},
                    Row{"days_beyond", kGoLive, OnDay(1), OnDay(3), false},
                    Row{"days_of_an_instant", kGoLive, OnDay(1), Value(ZonedInstant{Day(2)}), true},
                    Row{"amount_within", kRevenue, Money("100"), Money("110"), true},
                    Row{"amount_beyond", kRevenue, Money("100"), Money("110.01"), false},
                    Row{"not_compared", kParent, "a", "b", true}),
    [](const auto& row) { return std::string(row.param.name); });

// What the contenders for a term, given as records, disagree on; a view of the records.
std::optional<Disagreement> DisagreementOf(uint16_t index, const std::vector<Record>& records) {
  const mappings::Term term = TermOf(index);
  std::vector<Contender> contenders;
  for (const Record& record : records)
    contenders.push_back({&record.row(), record.row().Find(index)});
  Rank(term, contenders);
  return FindDisagreement(term, contenders);
}

TEST(Disagreement, NeedsTwoSystems) {
  EXPECT_FALSE(DisagreementOf(kTaxId, {Record("sky/accounts/1").Set(kTaxId, "DE1"),
                                       Record("sky/accounts/2").Set(kTaxId, "DE2")}));
}

TEST(Disagreement, IgnoresInvalidValues) {
  EXPECT_FALSE(DisagreementOf(kTaxId, {Record("sky/accounts/1").Set(kTaxId, "DE1"),
                                       Record("netsuite/customer/2").Invalid(kTaxId, "DE2")}));
}

TEST(Disagreement, IsNamedByTheFirstRecordThatIsContradictedWhoeverWins) {
  std::vector<Record> records = {Record("salesforce/Account/1").Set(kTaxId, "DE1"),
                                 Record("netsuite/customer/9").Set(kTaxId, "DE2"),
                                 Record("sky/accounts/1").Set(kTaxId, "DE1")};
  const auto three = DisagreementOf(kTaxId, records);
  ASSERT_TRUE(three);
  EXPECT_EQ(three->subject, R("netsuite/customer/9"));
  EXPECT_EQ(three->preferred.row->ref, R("netsuite/customer/9"));
  EXPECT_EQ(three->other.row->ref, R("salesforce/Account/1"));
  records.pop_back();
  EXPECT_EQ(DisagreementOf(kTaxId, records)->subject, three->subject);
}

TEST(Disagreement, IsSeenBehindAWinnerThatAgreesWithAllOtherSystems) {
  const std::vector<Record> records = {Record("netsuite/customer/1").Set(kTaxId, "DE1", Day(5)),
                                       Record("netsuite/customer/2").Set(kTaxId, "DE2"),
                                       Record("salesforce/Account/1").Set(kTaxId, "DE1")};
  const auto found = DisagreementOf(kTaxId, records);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->preferred.row->ref, R("netsuite/customer/2"));
}

TEST(Disagreement, IsLagWhereTheOtherStillHasThePreferredSystemsFormerValue) {
  const auto found =
      DisagreementOf(kStage, {Record("netsuite/customer/1")
                                  .Set(kStage, "active", Day(9))
                                  .Had(kStage, "onboarding", Day(2)),
                              Record("salesforce/Account/1").Set(kStage, "onboarding", Day(1))});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->kind, ConflictKind::kLag);
}

TEST(Disagreement, IsLagWhereBothWereEditedOnOneDay) {
  const auto kind = [](int first, int second) {
    return DisagreementOf(kTaxId, {Record("netsuite/customer/1").Set(kTaxId, "DE1", Day(first)),
                                   Record("salesforce/Account/1").Set(kTaxId, "DE2", Day(second))})
        ->kind;
  };
  EXPECT_EQ(kind(5, 6), ConflictKind::kLag);
  EXPECT_EQ(kind(5, 7), ConflictKind::kReal);
  EXPECT_EQ(kind(0, 0), ConflictKind::kReal)
      << "nobody edited anything since the records were made";
}

TEST(Disagreement, TellsSpellingAndUnknownChoicesFromRealDifferences) {
  EXPECT_EQ(DisagreementOf(kTaxId, {Record("netsuite/customer/1").Set(kTaxId, "DE 12-3"),
                                    Record("salesforce/Account/1").Set(kTaxId, "de123")})
                ->kind,
            ConflictKind::kFormat);
  EXPECT_EQ(DisagreementOf(kTerms, {Record("netsuite/customer/1").Set(kTerms, "net_30"),
                                    Record("salesforce/Account/1").Set(kTerms, "30 days")})
                ->kind,
            ConflictKind::kValueMap);
}

}  // namespace
}  // namespace trueup::pipeline
