#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/problems.h"
#include "base/yaml.h"
#include "config/log_settings.h"
#include "config/settings.h"

namespace trueup::config {

// One system of the config: its name (first part of every ref), the kind of connector, and the
// connector's own settings.
struct SystemConfig {
  std::string name;
  std::string connector;
  Place place;        // of the system's map
  YamlNode settings;  // without `connector`; checked by the connector itself
};

// How often the systems are pulled.
struct CycleSettings {
  std::chrono::milliseconds interval = std::chrono::minutes(1);

  static const Table<CycleSettings>& Settings();
};

// How often the audit proves that we hold what the systems hold.
struct AuditSettings {
  std::chrono::milliseconds ids = std::chrono::hours(24);
  std::chrono::milliseconds counts = std::chrono::minutes(15);
  std::chrono::milliseconds contents = std::chrono::hours(7 * 24);

  static const Table<AuditSettings>& Settings();
};

// Where others look at how the daemon is (daemon/monitor).
struct MonitorSettings {
  std::string listen;  // empty: nowhere
  std::optional<std::chrono::milliseconds> data_age;

  static const Table<MonitorSettings>& Settings();
};

// What trueup.yaml says, checked; all paths are complete.
struct Config {
  std::string file;                   // where it was read
  std::string base_folder;            // of the file: relative paths of connectors start here
  std::string data_dir;               // everything that the daemon keeps
  std::string mappings;               // folder of the mapping files
  std::vector<SystemConfig> systems;  // in the order of the file
  CycleSettings cycle;
  AuditSettings audit;
  MonitorSettings monitor;
  LogSettings log;
  bool core_files = false;  // a crash writes one, with every secret in it
  // Where secrets come from, for the connectors' settings too: a second reader of the environment
  // would find nothing there.
  std::shared_ptr<const SecretReader> secrets = std::make_shared<ProcessSecrets>();
};

// How old the data of a source may be while the daemon counts as ready.
std::chrono::milliseconds DataAgeLimit(const Config& config);

// Reads the config. What is wrong goes to `problems`, all at once; use the result only where they
// stay empty. The settings of the systems' connectors are not looked into.
Config Load(const std::string& file, Problems& problems);
// The same from text; `file` names it in places and gives the folder that relative paths start at.
Config Parse(std::string_view text, const std::string& file, Problems& problems);

// The part of the config that is not the connectors', as a JSON Schema object and as the
// reference's Markdown table.
std::string ConfigSchema();
std::string ConfigReference();

}  // namespace trueup::config
