#include <filesystem>
#include <fstream>
#include <map>

#include "base/json.h"
#include "base/testing/temporary_folder.h"
#include "connectors/singer/singer_connector.h"
#include "tests/contract/connector_contract.h"

namespace trueup::connectors {
namespace {

// A tap over a table in a file. As an incremental stream it tells of deletions by tombstones, as a
// full table by leaving rows out.
class SingerSource : public ContractSource {
 public:
  explicit SingerSource(bool full_table) : full_table_(full_table) {}

  std::string object() const override { return "site"; }
  std::shared_ptr<HttpClient> http() override { return nullptr; }
  std::string data_path() const override { return ""; }

  std::unique_ptr<Connector> Connect(std::shared_ptr<HttpClient>,
                                     std::shared_ptr<Clock> clock) override {
    Problems problems;
    const YamlNode settings =
        ParseYaml("command: [/usr/bin/python3, -S, " TRUEUP_SOURCE_DIR
                  "/connectors/singer/testdata/table_tap.py]\ndiscover: false\npage_size: 7\n"
                  "config: {table: " +
                      (folder_ / "table") + "}\nobjects: {site: {replication_method: " +
                      (full_table_ ? "FULL_TABLE" : "catalog") + "}}\n",
                  "trueup.yaml", problems);
    auto connector = SingerKind().make({"ops", settings, folder_.path(), std::move(clock),
                                        std::make_shared<config::ProcessSecrets>()},
                                       problems);
    EXPECT_EQ(problems.ToText(), "");
    return connector;
  }

  std::vector<std::string> Add(int count, Instant stamp) override {
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i) {
      // The order of ids is not that of creation.
      ids.push_back("s/" + std::to_string(10'000 + ++added_ * 7919 % 10'000));
      rows_[ids.back()] = {stamp, false};
    }
    Write();
    return ids;
  }

  // The tap ends with an error in the middle of its rows.
  void Fail(bool on) override { SetTrouble(on ? "fail" : ""); }
  bool Hang() override {
    SetTrouble("hang");
    return true;
  }
  bool hangs() const override { return std::filesystem::exists(folder_ / "table.hangs"); }

  bool Delete(const std::string& id, Instant stamp) override {
    if (full_table_) {
      rows_.erase(id);
    } else {
      rows_[id] = {stamp, true};
    }
    Write();
    return true;
  }

 private:
  struct Row {
    Instant stamp;
    bool deleted = false;
  };

  void SetTrouble(const char* what) { std::ofstream(folder_ / "table.trouble") << what; }

  void Write() const {
    std::ofstream table(folder_ / "table");
    for (const auto& [id, row] : rows_) {
      JsonWriter json;
      json.BeginObject().Member("id", id).Member("updated_at", FormatInstant(row.stamp));
      if (row.deleted) json.Member("_sdc_deleted_at", FormatInstant(row.stamp));
      json.EndObject();
      table << json.text() << "\n";
    }
  }

  const bool full_table_;
  TemporaryFolder folder_;
  std::map<std::string, Row> rows_;
  int added_ = 0;
};

INSTANTIATE_TEST_SUITE_P(
    Singer, ConnectorContract,
    testing::Values(ContractParam{"singer", [] { return std::make_unique<SingerSource>(false); }},
                    ContractParam{"singer_full_table",
                                  [] { return std::make_unique<SingerSource>(true); }}),
    NameOfParam);

}  // namespace
}  // namespace trueup::connectors
