#include "daemon/kafka.h"

namespace trueup::daemon {

pipeline::KafkaOptions KafkaOptionsOf(const config::LogSettings& log) {
  pipeline::KafkaOptions options;
  options.brokers = log.brokers;
  options.prefix = log.prefix;
  options.replication = log.replication;
  options.min_insync = log.min_insync;
  options.properties = log.properties;
  for (const auto& [name, secret] : log.secrets) options.properties[name] = secret.reveal();
  return options;
}

}  // namespace trueup::daemon
