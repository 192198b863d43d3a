// trueup-pull: what the daemon does from a source to the durable log, and nothing behind it. Pulls
// every record of Account once into an empty folder.
#include <iostream>

#include <CLI/CLI.hpp>

#include "base/clock.h"
#include "base/file.h"
#include "daemon/intake.h"
#include "daemon/puller.h"
#include "pipeline/log/embedded/embedded_log.h"
#include "pipeline/runtime/embedded_runtime.h"

namespace trueup::bench {
namespace {

constexpr const char* kSystem = "salesforce";
constexpr const char* kObject = "Account";

// A client secret that is none.
class NoSecrets : public config::SecretReader {
 public:
  Result<std::string> FromEnvironment(const std::string&) const override {
    return std::string("none");
  }
  Result<std::string> FromFile(const std::string&) const override { return std::string("none"); }
};

Result<std::unique_ptr<connectors::Connector>> MakeConnector(const std::string& url, bool bulk,
                                                             std::shared_ptr<Clock> clock) {
  const std::string yaml = "instance_url: " + url +
                           "\nauth: {client_id: none, client_secret: {env: NONE}}"
                           "\nobjects: {Account: {}}\nbulk: {from_rows: " +
                           (bulk ? "1}" : "0}");
  Problems problems;
  const YamlNode settings = ParseYaml(yaml, "settings", problems);
  auto made = connectors::Registry().at(kSystem).make(
      {kSystem, settings, ".", std::move(clock), std::make_shared<NoSecrets>()}, problems);
  TRUEUP_RETURN_IF_ERROR(problems.ToStatus());
  return made;
}

// How many records are then in the log.
Result<uint64_t> Pull(const std::string& url, bool bulk, const std::string& folder) {
  const std::shared_ptr<Clock> clock = std::make_shared<SystemClock>();
  TRUEUP_ASSIGN(auto connector, MakeConnector(url, bulk, clock));
  TRUEUP_ASSIGN(auto log, pipeline::OpenEmbeddedLog(folder + "/log", {}));
  TRUEUP_ASSIGN(auto intake, daemon::Intake::Open(folder + "/intake", *log));
  daemon::StatusBoard board(folder + "/status.json", clock);
  daemon::Puller puller(kSystem, std::move(connector), {kObject}, *intake, board, clock);
  TRUEUP_RETURN_IF_ERROR(puller.RunCycle({}));
  return log->End({pipeline::SourceTopic(kSystem), 0});
}

int Main(int argc, char** argv) {
  std::string url;
  std::string folder;
  bool bulk = false;
  CLI::App app("Pulls every record of a page server into a log");
  app.add_option("--url", url, "the page server")->required();
  app.add_option("--folder", folder, "for log and cursors; empty")->required();
  app.add_flag("--bulk", bulk, "by Bulk API 2.0; else by REST");
  CLI11_PARSE(app, argc, argv);
  const auto rows = Pull(url, bulk, folder);
  if (!rows.ok()) {
    std::cerr << "trueup-pull: " << rows.error().message() << std::endl;
    return 1;
  }
  std::cout << *rows << std::endl;
  return 0;
}

}  // namespace
}  // namespace trueup::bench

int main(int argc, char** argv) { return trueup::bench::Main(argc, argv); }
