#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/instant.h"
#include "base/problems.h"

namespace trueup::pipeline {

// What proves to the brokers who we are, where SASL's mechanism is OAUTHBEARER.
struct KafkaToken {
  std::string value;
  std::optional<Instant> expires;  // where the token service told
};

// How such tokens are come by.
struct KafkaTokens {
  // Called by threads of librdkafka, several at once, and may block. Null: librdkafka's own way, by
  // the properties.
  std::function<Result<KafkaToken>(std::stop_token)> fetch;
  std::string principal;                          // whose they are, for log lines
  std::map<std::string, std::string> extensions;  // told to the brokers besides
};

// How to reach a Kafka cluster and what ours is called there.
struct KafkaOptions {
  std::vector<std::string> brokers;  // "host:port"; the ones to start from
  // Before every topic and group of ours, so that several installations share a cluster.
  std::string prefix = "trueup.";
  // Of the topics that MakeTopic makes; with 3 and 2 a broker may fail without loss or standstill.
  int replication = 1;
  int min_insync = 1;
  // Handed to librdkafka as they are: security.protocol, sasl.*, ssl.*, compression.codec, ...
  // Those that the promises of Log rest on (acks, ...) are refused.
  std::map<std::string, std::string> properties;
  // Where a person set what, by the name of the property, so that an error can say where to mend
  // it; of what is in no file there is nothing.
  std::map<std::string, Place> places;
  KafkaTokens tokens;
  // After this long without an acknowledgement a record is given up, and Sync fails.
  std::chrono::milliseconds delivery_timeout{60000};
  // After this long without an answer a question to the brokers fails.
  std::chrono::milliseconds request_timeout{10000};
  size_t max_record_bytes = 16 << 20;
};

}  // namespace trueup::pipeline
