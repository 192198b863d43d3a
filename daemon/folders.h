#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "daemon/intake.h"
#include "mappings/catalog.h"
#include "pipeline/log/log.h"
#include "pipeline/state/store.h"

namespace trueup::config {
struct Config;
}

namespace trueup::daemon {

// Where things lie under the data folder.
std::string LogFolder(const config::Config& config);
std::string StateFolder(const config::Config& config);
std::string StatusPath(const config::Config& config);
std::string ContentsPlacesPath(const config::Config& config);

// The log, for the one process that works on the data folder: holding it keeps every other away.
// kConflict, naming the process, while another one has it.
Result<std::unique_ptr<pipeline::Log>> OpenLog(const config::Config& config);

// What brings change events into that log, remembering under the data folder what it brought.
// kConflict while another process has it.
Result<std::unique_ptr<Intake>> OpenIntake(const config::Config& config, pipeline::Log& log);

// The live generation's state, for reading only, whether or not the daemon runs. kInvalid where no
// run was made yet.
Result<std::unique_ptr<pipeline::Store>> OpenLiveState(const config::Config& config);

// What is held of one system, for its audit. On one machine that is the live state; over Kafka,
// where the state is spread over the instances, a copy of the system's rows up to the end of the
// log (pipeline::OpenHeldRows). kConflict while another audit of the system uses the copy. `log` is
// read over Kafka only, and may be null elsewhere.
Result<std::unique_ptr<pipeline::Store>> OpenAuditedState(
    const config::Config& config, const std::string& system, pipeline::Log* log,
    std::shared_ptr<const mappings::Catalog> catalog);

// Whether these mappings built the state. Its rows name terms by their place in the glossary, so
// another one cannot read them.
Result<bool> IsBuiltBy(const mappings::Catalog& catalog, const pipeline::Store& state);

}  // namespace trueup::daemon
