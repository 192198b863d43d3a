#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "pipeline/log/kafka/options.h"
#include "pipeline/log/positions.h"

namespace trueup::pipeline {

// Positions as the committed offsets of the consumer group prefix + `group`, which has no members:
// kafka-consumer-groups and every lag exporter show them.
Result<std::unique_ptr<Positions>> OpenKafkaPositions(const KafkaOptions& options,
                                                      const std::string& group);

}  // namespace trueup::pipeline
