#include "connectors/rest/fake_sky.h"
#include "connectors/rest/rest_connector.h"
#include "tests/contract/connector_contract.h"

namespace trueup::connectors {
namespace {

rest::RestSettings Settings(const rest::PagingSettings& paging, rest::DeletionsBy by) {
  rest::RestSettings settings;
  settings.base_url = "https://sky.example";
  settings.auth.kind = rest::AuthKind::kClientCredentials;
  settings.auth.token_url = "https://sky.example/token";
  settings.auth.client_id = "client";
  settings.auth.client_secret = config::Secret("secret");
  rest::ObjectSettings& sites = settings.objects["sites"];
  sites.path = "/api/v1/{object}";
  sites.modified = "/updated_at";
  sites.created = "/created_at";
  sites.paging = paging;
  sites.updated_since = "updated_since";
  sites.ids = {"/api/v1/{object}/ids", "/id"};
  sites.count = {"/api/v1/{object}/ids", "/total"};
  sites.fetch = "/api/v1/{object}/{id}";
  rest::DeletionsSettings& deletions = settings.deletions.emplace();
  deletions.by = by;
  if (by == rest::DeletionsBy::kIds) return settings;
  deletions.path = "/api/v1/deletions";
  deletions.object = "/object";
  deletions.deleted_at = "/deleted_at";
  deletions.since = "since";
  deletions.paging = paging;
  return settings;
}

class RestSource : public ContractSource {
 public:
  explicit RestSource(rest::PagingKind paging, rest::DeletionsBy by = rest::DeletionsBy::kFeed)
      : server_(std::make_shared<rest::FakeSky>(7, paging)), by_(by) {}

  std::string object() const override { return "sites"; }
  std::shared_ptr<HttpClient> http() override { return server_; }
  std::string data_path() const override { return "/api/v1/"; }

  std::unique_ptr<Connector> Connect(std::shared_ptr<HttpClient> http,
                                     std::shared_ptr<Clock> clock) override {
    return rest::MakeConnector({"sky", Settings(server_->paging(), by_), std::move(http),
                                std::move(clock), [] { return 0.5; }});
  }

  std::vector<std::string> Add(int count, Instant stamp) override {
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i) {
      // The order of ids is not that of creation.
      ids.push_back("s/" + std::to_string(10'000 + ++added_ * 7919 % 10'000));
      server_->Put(ids.back(), stamp);
    }
    return ids;
  }
  bool Delete(const std::string& id, Instant stamp) override {
    server_->Delete(id, stamp);
    return true;
  }
  void ForgetSessions() override { server_->Forget(); }
  int sign_ins() const override { return server_->sign_ins(); }

 private:
  const std::shared_ptr<rest::FakeSky> server_;
  const rest::DeletionsBy by_;
  int added_ = 0;
};

template <rest::PagingKind paging, rest::DeletionsBy by = rest::DeletionsBy::kFeed>
ContractParam Param(std::string name) {
  return {std::move(name), [] { return std::make_unique<RestSource>(paging, by); }};
}

using rest::PagingKind;
INSTANTIATE_TEST_SUITE_P(
    Rest, ConnectorContract,
    testing::Values(Param<PagingKind::kCursor>("cursor"), Param<PagingKind::kPage>("page"),
                    Param<PagingKind::kOffset>("offset"),
                    Param<PagingKind::kLinkHeader>("link_header"),
                    Param<PagingKind::kNextUrl>("next_url"),
                    Param<PagingKind::kCursor, rest::DeletionsBy::kIds>("deletions_by_ids")),
    NameOfParam);

}  // namespace
}  // namespace trueup::connectors
