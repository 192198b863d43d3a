#pragma once

#include "base/problems.h"
#include "config/config.h"
#include "pipeline/log/kafka/options.h"
#include "pipeline/runtime/tasks/partitioned_runtime.h"

namespace trueup::daemon {

// What the config says of the cluster.
pipeline::KafkaOptions KafkaOptionsOf(const config::Config& config);

// How its instances come by the work that they share.
pipeline::ClusterAccess ClusterAccessOf(const config::Config& config);

// What is wrong with that, as far as can be said without asking anybody.
void CheckKafka(const config::Config& config, Problems& problems);

}  // namespace trueup::daemon
