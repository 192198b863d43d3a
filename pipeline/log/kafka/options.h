#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace trueup::pipeline {

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
  // After this long without an acknowledgement a record is given up, and Sync fails.
  std::chrono::milliseconds delivery_timeout{60000};
  // After this long without an answer a question to the brokers fails.
  std::chrono::milliseconds request_timeout{10000};
  size_t max_record_bytes = 16 << 20;
};

}  // namespace trueup::pipeline
