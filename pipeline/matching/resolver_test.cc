#include "pipeline/matching/resolver.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "base/problems.h"

namespace trueup::pipeline {
namespace {

std::shared_ptr<const mappings::Catalog> DefaultCatalog() {
  static const auto catalog = [] {
    Problems problems;
    auto loaded = mappings::Catalog::Load(TRUEUP_SOURCE_DIR "/mappings/default", problems);
    EXPECT_TRUE(loaded != nullptr) << problems.ToText();
    return loaded;
  }();
  return catalog;
}

using Terms = std::vector<std::pair<std::string, std::string>>;

MemberFeatures Member(const std::string& ref, const Terms& terms, const std::string& parent = {}) {
  MemberFeatures features;
  features.ref = *Ref::Parse(ref);
  if (!parent.empty()) features.parent = *Ref::Parse(parent);
  for (const auto& [name, value] : terms) {
    const mappings::Term* term = DefaultCatalog()->glossary().account().Find(name);
    if (term == nullptr) ADD_FAILURE() << "no term " << name;
    if (term != nullptr) features.values.emplace_back(term->index, value);
  }
  return features;
}

std::vector<ResolveInput> Inputs(const std::vector<MemberFeatures>& members) {
  std::vector<ResolveInput> inputs;
  inputs.reserve(members.size());
  for (const MemberFeatures& member : members) inputs.push_back({member.ref, member, std::nullopt});
  return inputs;
}

// Whether the default rules put the first two of these records into one account.
bool AreTogether(const std::vector<MemberFeatures>& members) {
  Resolver resolver(DefaultCatalog(), 1);
  resolver.Load(Inputs(members));
  return resolver.AccountOf(members[0].ref) == resolver.AccountOf(members[1].ref);
}

const Terms kAcme{{"name", "Acme Rocket Works GmbH"}, {"website", "acme-rockets.de"},
                  {"phone", "+4930123456"},           {"tax_id", "DE136695976"},
                  {"billing_street", "Hauptstr. 5"},  {"billing_postcode", "10115"},
                  {"billing_country", "DE"}};

// kAcme with some terms replaced; an empty value takes the term away.
Terms AcmeBut(const Terms& changes) {
  Terms terms = kAcme;
  for (const auto& change : changes) {
    std::erase_if(terms, [&](const auto& term) { return term.first == change.first; });
    if (!change.second.empty()) terms.push_back(change);
  }
  return terms;
}

struct Case {
  const char* what;
  Terms terms;  // of the second record; the first is kAcme
  bool together;
};

TEST(DefaultMatching, TellsWhoIsOneCustomer) {
  const Case cases[] = {
      {"the same", kAcme, true},
      {"another legal form, and nothing but the domain",
       {{"name", "ACME Rocket Works Ltd"}, {"website", "acme-rockets.de"}},
       true},
      {"a typing error in the name, and no domain",
       AcmeBut({{"name", "Acme Rokcet Works"}, {"website", ""}}), true},
      {"the tax id without its country",
       {{"name", "Acme Rocket Works"}, {"tax_id", "136695976"}, {"billing_postcode", "10115"}},
       true},
      {"only the name, a rare one", {{"name", "Acme Rocket Works"}}, false},
      {"another company in the same house",
       {{"name", "Zebra Fine Pasta"},
        {"billing_street", "Hauptstr. 5"},
        {"billing_postcode", "10115"}},
       false},
      {"another company with the same phone, of an agent",
       {{"name", "Zebra Fine Pasta"}, {"phone", "+4930123456"}, {"billing_street", "Hauptstr. 5"}},
       false},
      {"one name, but everything else is different",
       {{"name", "Acme Rocket Works"},
        {"website", "acme.com.br"},
        {"tax_id", "BR11222333000181"},
        {"billing_postcode", "70070"},
        {"billing_country", "BR"}},
       false},
      {"a free mail address",
       {{"name", "Zebra Fine Pasta"}, {"email", "info@gmail.com"}, {"billing_country", "DE"}},
       false},
  };
  for (const Case& one : cases) {
    const bool together =
        AreTogether({Member("crm/Account/1", kAcme), Member("erp/customer/2", one.terms)});
    EXPECT_EQ(together, one.together) << one.what;
  }
}

TEST(DefaultMatching, SiblingsThatShareEverythingButTheNameStayApart) {
  const auto sibling = [](const std::string& ref, const std::string& name) {
    return Member(ref, AcmeBut({{"name", name}}), "crm/Account/0");
  };
  EXPECT_FALSE(AreTogether({sibling("crm/Account/1", "Acme Rocket Works North"),
                            sibling("crm/Account/2", "Acme Rocket Works South"),
                            Member("crm/Account/0", kAcme)}));
  EXPECT_FALSE(AreTogether({sibling("crm/Account/1", "Acme Rocket Works Fund 2"),
                            sibling("crm/Account/2", "Acme Rocket Works Fund 3"),
                            Member("crm/Account/0", kAcme)}));
}

TEST(DefaultMatching, ASiblingThatWasEnteredTwiceIsFound) {
  const auto twin = [](const std::string& ref, const std::string& name) {
    return Member(ref, AcmeBut({{"name", name}}), "crm/Account/0");
  };
  EXPECT_TRUE(AreTogether({twin("crm/Account/1", "Acme Rocket Works North"),
                           twin("crm/Account/2", "Acme Rokcet Works North"),
                           Member("crm/Account/0", kAcme)}));
}

TEST(DefaultMatching, ARecordAndItsParentAreNeverOne) {
  EXPECT_FALSE(AreTogether(
      {Member("crm/Account/1", kAcme), Member("crm/Account/2", kAcme, "crm/Account/1")}));
}

TEST(DefaultMatching, APersonHasTheLastWord) {
  const auto acme = Member("crm/Account/1", kAcme);
  const auto other = Member("erp/customer/2", {{"name", "Zebra Fine Pasta"}});
  const auto twin = Member("erp/customer/3", kAcme);
  Resolver resolver(DefaultCatalog(), 1);
  auto inputs = Inputs({acme, other, twin});
  inputs.push_back(
      {{}, std::nullopt, PairDecision{acme.ref, other.ref, PairDecision::Verdict::kSame}});
  inputs.push_back(
      {{}, std::nullopt, PairDecision{acme.ref, twin.ref, PairDecision::Verdict::kDifferent}});
  resolver.Load(std::move(inputs));
  EXPECT_EQ(resolver.AccountOf(acme.ref), resolver.AccountOf(other.ref));
  EXPECT_NE(resolver.AccountOf(acme.ref), resolver.AccountOf(twin.ref));
}

TEST(DefaultMatching, AnExplanationAddsUpToTheScore) {
  const auto a = Member("crm/Account/1", kAcme);
  const auto b = Member("erp/customer/2", AcmeBut({{"phone", "+4940999999"}}));
  Resolver resolver(DefaultCatalog(), 1);
  resolver.Load(Inputs({a, b}));
  const auto explanation = resolver.Explain(a.ref, b.ref);
  ASSERT_TRUE(explanation);
  double sum = DefaultCatalog()->matching().prior;
  for (const Evidence& evidence : explanation->score.evidence) sum += evidence.weight;
  EXPECT_NEAR(sum, explanation->score.score, 1e-9);
  EXPECT_TRUE(explanation->candidates);
  EXPECT_EQ(explanation->verdict, "match");
  EXPECT_FALSE(resolver.Explain(a.ref, *Ref::Parse("crm/Account/9")).has_value());
}

}  // namespace
}  // namespace trueup::pipeline
