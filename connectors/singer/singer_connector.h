#pragma once

#include "connectors/connector.h"

namespace trueup::connectors {

// Hosts any Singer tap as a child process. See README.md in this folder for what it promises.
ConnectorKind SingerKind();

}  // namespace trueup::connectors
