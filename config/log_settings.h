#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "config/settings.h"

namespace trueup::config {

enum class LogType { kEmbedded, kKafka };

// Which log carries the change events, and how several instances share the work over it.
struct LogSettings {
  LogType type = LogType::kEmbedded;
  // The rest is Kafka's.
  std::vector<std::string> brokers;
  std::string prefix = "trueup.";
  int partitions = 12;
  int replication = 3;
  int min_insync = 2;
  std::string instance;
  std::chrono::milliseconds session_timeout = std::chrono::seconds(10);
  FilePath checkpoints;
  bool standby = false;
  std::map<std::string, std::string> properties;
  std::map<std::string, Secret> secrets;
  // Where the section stands, and each of its properties and secrets: set by who reads the file.
  Place place;
  std::map<std::string, Place> places;

  // Whether several instances work on it, so that none of them has everything.
  bool shared() const { return type == LogType::kKafka; }

  static const Table<LogSettings>& Settings();
};

}  // namespace trueup::config
