#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/settings.h"

namespace trueup::connectors::singer {

// How a stream is read. kAsCatalog: as the tap's catalog says, with its state kept as our cursor.
enum class Replication { kAsCatalog, kIncremental, kFullTable, kLogBased };

// The word of Singer's catalogs; empty for kAsCatalog.
std::string_view ToWord(Replication method);

// One object: which stream holds its records, and which fields say what. Fields of nested objects
// are named by their path with dots.
struct SingerObjectSettings {
  std::string stream;           // empty: named as the object
  std::vector<std::string> id;  // empty: the key_properties of the tap's SCHEMA
  // Nothing: the replication key of the SCHEMA, where it holds times. Empty: no stamps.
  std::optional<std::string> modified;
  std::string created;
  Replication replication = Replication::kAsCatalog;
  std::string replication_key;

  static const config::Table<SingerObjectSettings>& Settings();
};

struct SingerSettings {
  std::vector<std::string> command;
  YamlNode config;
  YamlNode environment;
  config::FilePath catalog;
  bool discover = true;
  std::string catalog_option = "--catalog";
  std::chrono::milliseconds silence_timeout = std::chrono::minutes(10);
  std::chrono::milliseconds run_timeout = std::chrono::hours(12);
  std::chrono::milliseconds discovery_timeout = std::chrono::minutes(5);
  std::chrono::milliseconds discovery_interval = std::chrono::hours(1);
  std::chrono::milliseconds exit_timeout = std::chrono::seconds(30);
  int64_t max_line = 16 << 20;
  int64_t page_size = 1000;
  int64_t tracked_ids = 10'000;
  std::map<std::string, SingerObjectSettings> objects;

  static const config::Table<SingerSettings>& Settings();
};

}  // namespace trueup::connectors::singer
