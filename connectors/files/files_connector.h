#pragma once

#include "connectors/connector.h"

namespace trueup::connectors {

// Reads records from CSV and JSON Lines files. See README.md in this folder for what it promises.
ConnectorKind FilesKind();

}  // namespace trueup::connectors
