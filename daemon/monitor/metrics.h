#pragma once

#include <string>
#include <vector>

#include "base/instant.h"
#include "daemon/status_board.h"
#include "reports/queries.h"

namespace trueup::daemon {

// The figures in the OpenMetrics text format.
std::string MetricsText(const DaemonFigures& figures,
                        const std::vector<reports::FindingCount>& findings, Instant now);

// The reference page's table of all metrics.
std::string MetricsReference();

}  // namespace trueup::daemon
