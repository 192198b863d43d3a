// The rules that ship, from raw rows to conditions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/json.h"
#include "pipeline/accounts/reconcile.h"

namespace trueup::pipeline {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

Instant NewYear() { return Instant(std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)); }

class DefaultRules : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    Problems problems;
    catalog_ = mappings::Catalog::Load(TRUEUP_SOURCE_DIR "/mappings/default", problems);
    ASSERT_NE(catalog_, nullptr) << problems.ToText();
  }
  static void TearDownTestSuite() { catalog_.reset(); }

  // A record as its system gives it; one that hangs on another names it as `member`.
  void Add(const Ref& ref, const Fields& fields, const Ref& member = {}) {
    ChangeEvent event;
    event.ref = ref;
    event.modified = NewYear();
    event.created = NewYear();
    for (const auto& [name, text] : fields) event.row.AddText(name, text);
    std::string why;
    auto row = catalog_->Map(event, why);
    ASSERT_TRUE(row) << why;
    if (member.empty()) roster_.members.push_back(ref);
    rows_.push_back({member.empty() ? ref : member, *std::move(row)});
  }

  Reconciled Run() {
    std::sort(roster_.members.begin(), roster_.members.end());
    roster_.founder = roster_.members.front();
    roster_.account = AccountIdOf(roster_.founder);
    return Reconcile(
        roster_, rows_, [](const Ref&) { return nullptr; }, *catalog_);
  }

  static std::set<std::string> Names(const Reconciled& result) {
    std::set<std::string> names;
    for (const Condition& condition : result.conditions)
      names.insert(condition.kind + " " + condition.term);
    return names;
  }

  static std::shared_ptr<const mappings::Catalog> catalog_;
  Roster roster_;
  std::vector<AccountRow> rows_;
};

std::shared_ptr<const mappings::Catalog> DefaultRules::catalog_;

const Ref kCrm("salesforce", "Account", "001000000000001AAA");
const Ref kErp("netsuite", "customer", "17");
const Ref kOps("sky", "accounts", "acc_1");

TEST_F(DefaultRules, ReadOneCustomerOfThreeSystems) {
  Add(kCrm, {{"Name", "Müller Logistik"},
             {"Legal_Name__c", "Müller Logistik GmbH"},
             {"BillingCountry", "Germany"},
             {"BillingCity", "Berlin"},
             {"BillingPostalCode", "10 115"},
             {"CurrencyIsoCode", "EUR"},
             {"Lifecycle_Stage__c", "Billing Ready"},
             {"Payment_Terms__c", "Net 30"},
             {"Language__c", "German"},
             {"Billing_Email__c", "rechnung@mueller.example"}});
  Add(kErp, {{"companyname", "MUELLER LOGISTIK"},
             {"custentity_legal_name", "Mueller Logistik Gesellschaft mit beschränkter Haftung"},
             {"billing_country", "DE"},
             {"billing_zip", "10115"},
             {"terms_display", "Net 60"},
             {"custentity_lifecycle", "3-Billing"},
             {"currency_display", "EUR"}});
  const Reconciled result = Run();
  EXPECT_EQ(result.account.stage, "billing_ready");
  EXPECT_THAT(Names(result), testing::ElementsAre("conflict payment_terms", "gap tax_id",
                                                  "gap timezone", "stalled onboarding"));
}

TEST_F(DefaultRules, AskForTasksOnceOperationsKnowTheAccount) {
  Add(kCrm, {{"Name", "Acme"}, {"Lifecycle_Stage__c", "Billing Ready"}});
  EXPECT_THAT(Names(Run()), testing::Not(testing::Contains("handoff backstage_tasks:hardware")));
  Add(kOps, {{"name", "Acme"}, {"status", "ready_to_bill"}});
  Add(Ref("sky", "tasks", "t1"),
      {{"account_id", "acc_1"}, {"kind", "hardware"}, {"status", "open"}}, kOps);
  const auto names = Names(Run());
  EXPECT_THAT(names, testing::IsSupersetOf({"handoff backstage_tasks:installation",
                                            "handoff backstage_tasks:onboarding",
                                            "handoff backstage_tasks:owner"}));
  EXPECT_THAT(names, testing::Not(testing::Contains("handoff backstage_tasks:hardware")));
}

TEST_F(DefaultRules, NameTheMappingLineOfEachValue) {
  Add(kCrm, {{"Name", "Acme"}, {"Lifecycle_Stage__c", "Prospect"}});
  const Account account = Run().account;
  const auto document = JsonDocument::Parse(AccountJson(account, *catalog_, Offsets::kInclude));
  ASSERT_TRUE(document.ok());
  const JsonValue provenance = document->root()["terms"]["name"]["provenance"];
  EXPECT_EQ(provenance["field"].text(), "Name");
  EXPECT_THAT(std::string(provenance["mapping"].text()),
              testing::ContainsRegex("salesforce.yaml:[0-9]+$"));
  EXPECT_THAT(AccountJson(account, *catalog_, Offsets::kLeaveOut),
              testing::Not(testing::HasSubstr("yaml")));
}

}  // namespace
}  // namespace trueup::pipeline
