#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "connectors/connector.h"
#include "mappings/catalog.h"

namespace trueup::config {
struct Config;
}

namespace trueup::daemon {

// A configured system with its connector and the objects of it that have a mapping.
struct Source {
  std::string system;
  std::unique_ptr<connectors::Connector> connector;
  std::vector<std::string> objects;
};

struct Sources {
  std::shared_ptr<const mappings::Catalog> catalog;
  std::vector<Source> list;  // in the order of the config
};

// Loads the mappings and makes every system's connector; what is wrong goes to `problems`, and the
// result is then not to be used. Sends nothing.
Sources MakeSources(const config::Config& config, std::shared_ptr<Clock> clock, Problems& problems);
// The same, with all problems as one kInvalid error, a problem a line.
Result<Sources> MakeSources(const config::Config& config, std::shared_ptr<Clock> clock);

// The mappings alone; all their problems as one kInvalid error.
Result<std::shared_ptr<const mappings::Catalog>> LoadCatalog(const config::Config& config);

}  // namespace trueup::daemon
