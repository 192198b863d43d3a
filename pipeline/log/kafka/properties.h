#pragma once

#include <librdkafka/rdkafka.h>

#include <map>
#include <string>

#include "base/error.h"
#include "pipeline/log/kafka/options.h"

namespace trueup::pipeline::kafka {

using Properties = std::map<std::string, std::string>;

// Sets what all clients of ours share, `tuning` (what an installation may set otherwise), what it
// does set, and `invariants` (what it may not). kInvalid, naming the property and where it is set,
// never its value if that may be a secret.
Status Apply(const KafkaOptions& options, const Properties& tuning, const Properties& invariants,
             rd_kafka_conf_t* conf);

// Sets what the installation does; what is none goes to `problems`, at its place or `elsewhere`.
void ApplyAll(const KafkaOptions& options, const Place& elsewhere, rd_kafka_conf_t* conf,
              Problems& problems);

// Where an error of this code and text may be mended: "; sasl.password is set in
// trueup.yaml:9:5, ..." for each property that it is about or names, as far as a file sets it.
std::string WhereSet(const KafkaOptions& options, rd_kafka_resp_err_t code,
                     const std::string& text);

}  // namespace trueup::pipeline::kafka
