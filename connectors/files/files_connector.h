#pragma once

#include <memory>
#include <string>

#include "connectors/connector.h"
#include "connectors/files/object_source.h"
#include "connectors/files/settings.h"

namespace trueup::connectors {

// Reads records from CSV and JSON Lines files. See README.md in this folder for what it promises.
ConnectorKind FilesKind();

namespace files {

// What a connector is made of; tests ask for small pages.
struct Parts {
  std::string system;
  FilesSettings settings;
  std::shared_ptr<Clock> clock;
  PageLimits limits;
};
std::unique_ptr<Connector> MakeConnector(Parts parts);

}  // namespace files
}  // namespace trueup::connectors
