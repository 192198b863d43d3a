#include "connectors/netsuite/fake_netsuite.h"
#include "connectors/netsuite/netsuite_connector.h"
#include "connectors/netsuite/suiteql.h"
#include "connectors/netsuite/zone.h"
#include "tests/contract/connector_contract.h"

namespace trueup::connectors {
namespace {

class NetsuiteSource : public ContractSource {
 public:
  std::string object() const override { return "customer"; }
  std::shared_ptr<HttpClient> http() override { return server_; }
  std::string data_path() const override { return "/query/v1/suiteql"; }

  std::unique_ptr<Connector> Connect(std::shared_ptr<HttpClient> http,
                                     std::shared_ptr<Clock> clock) override {
    netsuite::NetsuiteSettings settings;
    settings.account = "1234567";
    settings.auth.client_id = "client";
    settings.auth.certificate_id = "certificate";
    settings.auth.private_key = config::Secret(netsuite::kTestKey);
    settings.auth.algorithm = JwtAlgorithm::kEs256;
    settings.page_size = 7;
    settings.objects = {{"customer", {}}};
    return netsuite::MakeConnector(
        {"netsuite", settings, std::move(http), std::move(clock), [] { return 0.5; }});
  }

  std::vector<std::string> Add(int count, Instant stamp) override {
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i) {
      // The order of ids is not that of creation, and not that of their texts.
      const int64_t id = ++added_ * 7919 % 2'000;
      const std::string name = "Customer " + std::to_string(id);
      server_->Put(id, {Local(stamp), {{"companyname", name}, {"datecreated", Local(stamp)}}});
      ids.push_back(std::to_string(id));
    }
    return ids;
  }
  bool Delete(const std::string& id, Instant stamp) override {
    server_->Delete(std::stoll(id), Local(stamp));
    return true;
  }
  int sign_ins() const override { return server_->sign_ins(); }

 private:
  std::string Local(Instant at) const { return netsuite::FormatSuiteTime(zone_.ToLocal(at)); }

  const netsuite::Zone zone_ = *netsuite::Zone::Load("-08:00");
  std::shared_ptr<netsuite::FakeNetsuite> server_ =
      std::make_shared<netsuite::FakeNetsuite>("-08:00");
  int64_t added_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Netsuite, ConnectorContract,
                         testing::Values(ContractParam{
                             "netsuite", [] { return std::make_unique<NetsuiteSource>(); }}),
                         NameOfParam);

}  // namespace
}  // namespace trueup::connectors
