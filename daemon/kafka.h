#pragma once

#include "config/log_settings.h"
#include "pipeline/log/kafka/options.h"

namespace trueup::daemon {

// What the config says of the cluster.
pipeline::KafkaOptions KafkaOptionsOf(const config::LogSettings& log);

}  // namespace trueup::daemon
