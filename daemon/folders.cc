#include "daemon/folders.h"

#include <utility>

#include "base/file.h"
#include "config/config.h"
#include "daemon/kafka.h"
#include "pipeline/log/embedded/embedded_log.h"
#include "pipeline/log/kafka/kafka_log.h"
#include "pipeline/runtime/generation.h"
#include "pipeline/runtime/meta.h"
#include "pipeline/runtime/tasks/held_rows.h"
#include "pipeline/stages/families.h"

namespace trueup::daemon {

std::string LogFolder(const config::Config& config) { return config.data_dir + "/log"; }
std::string StateFolder(const config::Config& config) { return config.data_dir + "/state"; }
std::string StatusPath(const config::Config& config) { return config.data_dir + "/status.json"; }
std::string ContentsPlacesPath(const config::Config& config) {
  return config.data_dir + "/audit_contents.json";
}

Result<std::unique_ptr<pipeline::Log>> OpenLog(const config::Config& config) {
  if (config.log.shared()) {
    Problems problems;
    CheckKafka(config, problems);
    TRUEUP_RETURN_IF_ERROR(problems.ToStatus());
    return pipeline::OpenKafkaLog(KafkaOptionsOf(config));
  }
  auto log = pipeline::OpenEmbeddedLog(LogFolder(config));
  if (log.ok() || log.error().kind() != ErrorKind::kConflict) return log;
  return std::move(log).error().In("another trueup works on " + config.data_dir);
}

Result<std::unique_ptr<Intake>> OpenIntake(const config::Config& config, pipeline::Log& log) {
  const auto sharing = config.log.shared() ? Intake::Sharing::kCluster : Intake::Sharing::kAlone;
  return Intake::Open(config.data_dir + "/intake", log, sharing);
}

Result<std::unique_ptr<pipeline::Store>> OpenLiveState(const config::Config& config) {
  const pipeline::Generations generations(StateFolder(config));
  TRUEUP_ASSIGN(const std::string current, generations.Current());
  if (current.empty()) {
    return Error(ErrorKind::kInvalid,
                 "there is no state in " + config.data_dir + " yet; run \"trueup run\" first");
  }
  pipeline::StoreOptions options;
  options.families = pipeline::FamilyNames();
  options.read_only = true;
  return pipeline::Store::Open(generations.PathOf(current), options);
}

Result<std::unique_ptr<pipeline::Store>> OpenAuditedState(
    const config::Config& config, const std::string& system, pipeline::Log* log,
    std::shared_ptr<const mappings::Catalog> catalog) {
  if (!config.log.shared()) return OpenLiveState(config);
  const std::string folder = config.data_dir + "/audit";
  TRUEUP_RETURN_IF_ERROR(MakeFolder(folder));
  auto rows = pipeline::OpenHeldRows(folder + "/" + system, system, *log, std::move(catalog));
  if (rows.ok() || rows.error().kind() != ErrorKind::kConflict) return rows;
  return std::move(rows).error().In("another audit of " + system + " is at work");
}

Result<bool> IsBuiltBy(const mappings::Catalog& catalog, const pipeline::Store& state) {
  TRUEUP_ASSIGN(const auto identity, pipeline::GetIdentity(state));
  return identity && identity->config == catalog.version() &&
         identity->code == pipeline::kCodeVersion;
}

}  // namespace trueup::daemon
