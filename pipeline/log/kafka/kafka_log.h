#pragma once

#include <memory>

#include "base/error.h"
#include "pipeline/log/kafka/options.h"
#include "pipeline/log/log.h"

namespace trueup::pipeline {

// A Log over the topics of a Kafka cluster, each named prefix + topic. Several processes may have
// the same one open. Made for one reader per partition and process.
//
// A record is a Kafka record: key, value (none: the key is removed) and, where the version is not
// 0, the header "version" with its decimal digits. Nothing is ever dropped by time; Trim deletes
// records, exactly to the offset. What Sync promises, the brokers do: acks=all with min_insync
// copies.
//
// A record that is not acknowledged within delivery_timeout is given up and Sync says so:
// kTransient where it is certainly not in the log, else kUncertain. The caller repeats either.
//
// kTransient, naming the brokers, where none answers within request_timeout; kDenied where they
// refuse us; kInvalid where a property is none.
Result<std::unique_ptr<Log>> OpenKafkaLog(const KafkaOptions& options);

// What is wrong with the properties, as far as can be said without the brokers, each at the place
// where it is set, or `elsewhere`.
void CheckKafkaProperties(const KafkaOptions& options, const Place& elsewhere, Problems& problems);

}  // namespace trueup::pipeline
