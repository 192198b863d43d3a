#include "config/config.h"

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "config/address.h"

namespace trueup::config {
namespace {

// The file as its table describes it, before what belongs together is put together.
struct FileSettings {
  FilePath data_dir;
  FilePath mappings;
  std::map<std::string, YamlNode> systems;
  CycleSettings cycle;
  AuditSettings audit;
  MonitorSettings monitor;
  LogSettings log;
  bool core_files = false;

  static const Table<FileSettings>& Settings();
};

const Table<FileSettings>& FileSettings::Settings() {
  using Self = FileSettings;
  static const auto table =
      Table<Self>()
          .Add("data_dir", &Self::data_dir,
               "Folder for everything that the daemon keeps: log, state, reports. On a local disk.",
               Required())
          .Add("mappings", &Self::mappings,
               "Folder of the glossary, the mappings, the lifecycle and the matching rules.",
               Required())
          .Add("systems", &Self::systems,
               "The systems to reconcile, by name: `connector` is the kind, the rest are that "
               "connector's settings. The name must be the `system` of a mapping file.",
               Required())
          .Add("cycle", &Self::cycle, "How often the systems are pulled.")
          .Add("audit", &Self::audit, "How often it is proved that nothing is missing here.")
          .Add("monitor", &Self::monitor, "Where others look at how the daemon is.")
          .Add("log", &Self::log, "The log between connectors and pipeline.")
          .Add("core_files", &Self::core_files,
               "A crash may write a core file, and programs of the same user may look into the "
               "process. Both then get its passwords and tokens: for the search of a fault only.");
  return table;
}

std::string FolderOf(const std::string& file) {
  const size_t slash = file.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : file.substr(0, slash);
}

// A name is the first part of refs, of a topic and of file names.
bool IsSystemName(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

void ReadSystem(const YamlNode& name, const YamlNode& node, std::vector<SystemConfig>& systems,
                Problems& problems) {
  if (!IsSystemName(name.text)) {
    problems.Add(name.place, "\"" + name.text + "\" cannot name a system",
                 "use small letters, digits and underscores");
  }
  if (!node.is_map()) {
    problems.Add(node.place, "system \"" + name.text + "\" must be a map");
    return;
  }
  const YamlNode& connector = node["connector"];
  if (!connector.is_scalar() || connector.text.empty()) {
    problems.Add(name.place, "system \"" + name.text + "\" has no \"connector\"",
                 "such as connector: salesforce");
  }
  systems.push_back({name.text, connector.text, name.place, Without(node, {"connector"})});
}

void NotePlaces(const YamlNode& node, LogSettings& log) {
  log.place = node.place;
  for (const char* section : {"properties", "secrets"}) {
    for (const auto& [name, value] : node[section].members) log.places[name.text] = name.place;
  }
}

Config FromNode(const YamlNode& node, const std::string& file, Problems& problems) {
  Config config;
  config.file = file;
  config.base_folder = FolderOf(file);
  FileSettings settings;
  ParseContext context{problems, *config.secrets, config.base_folder};
  FileSettings::Settings().Parse(node, settings, context);
  config.data_dir = settings.data_dir.path;
  config.mappings = settings.mappings.path;
  config.cycle = settings.cycle;
  config.audit = settings.audit;
  config.monitor = settings.monitor;
  config.log = settings.log;
  config.core_files = settings.core_files;
  NotePlaces(node["log"], config.log);
  const YamlNode& systems = node["systems"];
  if (systems.is_map() && systems.members.empty()) {
    problems.Add(systems.place, "there is no system to reconcile");
  }
  for (const auto& [name, system] : systems.members) {
    ReadSystem(name, system, config.systems, problems);
  }
  return config;
}

}  // namespace

const Table<CycleSettings>& CycleSettings::Settings() {
  static const auto table =
      Table<CycleSettings>().Add("interval", &CycleSettings::interval,
                                 "Time from the end of one pull to the next.", AtLeast(1000));
  return table;
}

const Table<AuditSettings>& AuditSettings::Settings() {
  using Self = AuditSettings;
  static const auto table =
      Table<Self>()
          .Add("ids", &Self::ids,
               "Time from one comparison of all ids of an object with its source to the next; what "
               "differs is fetched and mended.",
               AtLeast(1000))
          .Add("counts", &Self::counts,
               "Time from one comparison of how many rows the source created in each window of "
               "time to the next, for one call an object, where the source can tell; where they "
               "differ twice, ids are compared at once. Not longer than `cycle.interval`: each "
               "cycle.",
               AtLeast(1000))
          .Add("contents", &Self::contents,
               "The same for the contents of all rows, which finds what changed without a new "
               "stamp (formula fields). It is spread over the cycles, and leaves half of the API "
               "budget to the pulling.",
               AtLeast(1000));
  return table;
}

const Table<MonitorSettings>& MonitorSettings::Settings() {
  using Self = MonitorSettings;
  static const auto table =
      Table<Self>()
          .Add("listen", &Self::listen,
               "`host:port` on which `/metrics` (OpenMetrics), `/ready` and `/live` are served, in "
               "plain HTTP, to whoever can reach it; `127.0.0.1:9464` keeps it to this machine, "
               "port "
               "0 takes any that is free. Without it nothing is served.")
          .Add("data_age", &Self::data_age,
               "The daemon is ready while the last pull of each source that is worked off is not "
               "older. Without it ten times `cycle.interval`, and at least five minutes.",
               AtLeast(1000))
          .Check([](const Self& monitor, const YamlNode& node, Problems& problems) {
            if (monitor.listen.empty() || ParseAddress(monitor.listen)) return;
            problems.Add(node["listen"].place, "expected host:port, got \"" + monitor.listen + "\"",
                         "such as listen: 127.0.0.1:9464");
          });
  return table;
}

std::chrono::milliseconds DataAgeLimit(const Config& config) {
  constexpr std::chrono::milliseconds kLeast = std::chrono::minutes(5);
  return config.monitor.data_age.value_or(std::max(kLeast, config.cycle.interval * 10));
}

Config Load(const std::string& file, Problems& problems) {
  if (!std::filesystem::exists(file)) {
    problems.Add({file, 0, 0}, "there is no such file", "name the config with --config");
    return {};
  }
  Problems syntax;
  const YamlNode node = LoadYaml(file, syntax);
  for (const Problem& problem : syntax.list()) {
    problems.Add(problem.place, problem.message, problem.hint);
  }
  return syntax.empty() ? FromNode(node, file, problems) : Config{};
}

Config Parse(std::string_view text, const std::string& file, Problems& problems) {
  Problems syntax;
  const YamlNode node = ParseYaml(text, file, syntax);
  for (const Problem& problem : syntax.list()) {
    problems.Add(problem.place, problem.message, problem.hint);
  }
  return syntax.empty() ? FromNode(node, file, problems) : Config{};
}

std::string ConfigSchema() { return FileSettings::Settings().Schema(); }
std::string ConfigReference() { return FileSettings::Settings().Reference(); }

}  // namespace trueup::config
