#include "base/clock.h"
#include "config/config.h"
#include "daemon/folders.h"
#include "daemon/run.h"
#include "daemon/sources.h"
#include "pipeline/runtime/embedded_runtime.h"

namespace trueup::daemon {

Status RebuildState(const config::Config& config) {
  const auto clock = std::make_shared<SystemClock>();
  TRUEUP_ASSIGN(const Sources sources, MakeSources(config, clock));
  TRUEUP_ASSIGN(const auto log, OpenLog(config));
  pipeline::RuntimeOptions options;
  options.folder = StateFolder(config);
  for (const Source& source : sources.list) options.systems.push_back(source.system);
  return pipeline::EmbeddedRuntime::Rebuild(options, *log, sources.catalog, clock);
}

}  // namespace trueup::daemon
