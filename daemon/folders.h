#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "mappings/catalog.h"
#include "pipeline/log/log.h"
#include "pipeline/state/store.h"

namespace trueup::config {
struct Config;
}

namespace trueup::daemon {

// Where things lie under the data folder.
std::string LogFolder(const config::Config& config);
std::string IntakeFolder(const config::Config& config);
std::string StateFolder(const config::Config& config);
std::string StatusPath(const config::Config& config);

// The log, for the one process that works on the data folder: holding it keeps every other away.
// kConflict, naming the process, while another one has it.
Result<std::unique_ptr<pipeline::Log>> OpenLog(const config::Config& config);

// The live generation's state, for reading only, whether or not the daemon runs. kInvalid where no
// run was made yet.
Result<std::unique_ptr<pipeline::Store>> OpenLiveState(const config::Config& config);

// Whether these mappings built the state. Its rows name terms by their place in the glossary, so
// another one cannot read them.
Result<bool> IsBuiltBy(const mappings::Catalog& catalog, const pipeline::Store& state);

}  // namespace trueup::daemon
