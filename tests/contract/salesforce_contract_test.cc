#include "connectors/salesforce/fake_salesforce.h"
#include "connectors/salesforce/salesforce_connector.h"
#include "connectors/salesforce/soql.h"
#include "tests/contract/connector_contract.h"

namespace trueup::connectors {
namespace {

class SalesforceSource : public ContractSource {
 public:
  // From how many rows on it goes by Bulk; 0: never.
  explicit SalesforceSource(int64_t bulk_from) : bulk_from_(bulk_from) {}

  std::string object() const override { return "Account"; }
  std::shared_ptr<HttpClient> http() override { return server_; }
  std::string data_path() const override { return "/services/data/"; }

  std::unique_ptr<Connector> Connect(std::shared_ptr<HttpClient> http,
                                     std::shared_ptr<Clock> clock) override {
    salesforce::SalesforceSettings settings;
    settings.login_url = "https://login.example";
    settings.auth.client_id = "key";
    settings.auth.client_secret = config::Secret("s3cret&");
    settings.objects = {{"Account", {}}};
    settings.bulk.from_rows = bulk_from_;
    return salesforce::MakeConnector(
        {"salesforce", settings, std::move(http), std::move(clock), [] { return 0.5; }});
  }

  std::vector<std::string> Add(int count, Instant stamp) override {
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i) {
      // The order of ids is not that of creation.
      const std::string number = std::to_string(100'000 + ++added_ * 7919 % 100'000);
      ids.push_back(salesforce::LongId("001D00000" + number));
      server_->Put({ids.back(), salesforce::SoqlInstant(stamp), "Account " + number, false, ""});
    }
    return ids;
  }
  bool Delete(const std::string& id, Instant stamp) override {
    server_->Put({id, salesforce::SoqlInstant(stamp), "", true, ""});
    return true;
  }
  void ForgetSessions() override { server_->ForgetLocators(); }
  int sign_ins() const override { return server_->sign_ins(); }

 private:
  std::shared_ptr<salesforce::FakeSalesforce> server_ =
      std::make_shared<salesforce::FakeSalesforce>(7);
  const int64_t bulk_from_;
  int added_ = 0;
};

INSTANTIATE_TEST_SUITE_P(
    Salesforce, ConnectorContract,
    testing::Values(
        ContractParam{"salesforce", [] { return std::make_unique<SalesforceSource>(0); }},
        ContractParam{"salesforce_bulk", [] { return std::make_unique<SalesforceSource>(1); }}),
    NameOfParam);

}  // namespace
}  // namespace trueup::connectors
