#include "connectors/singer/settings.h"

#include <unistd.h>

#include <set>

namespace trueup::connectors::singer {
namespace {

void CheckCommand(const SingerSettings& settings, const YamlNode& node, Problems& problems) {
  const YamlNode& command = node["command"];
  if (!command.exists()) return;  // reported already
  if (settings.command.empty() || settings.command.front().empty()) {
    problems.Add(command.place, "the command names no program", "such as command: tap-jsonl");
    return;
  }
  // The options that the connector adds itself.
  static const std::set<std::string> ours = {"--config", "--state", "--catalog", "--properties",
                                             "--discover"};
  for (const YamlNode& item : command.items) {
    if (!ours.contains(item.text)) continue;
    problems.Add(item.place, "\"" + item.text + "\" is added by the connector",
                 "the tap's settings stand under config:, its catalog under catalog:");
  }
}

void CheckCatalog(const SingerSettings& settings, const YamlNode& node, Problems& problems) {
  const YamlNode& catalog = node["catalog"];
  if (settings.catalog.empty()) return;
  if (::access(settings.catalog.path.c_str(), R_OK) != 0) {
    problems.Add(catalog.place, "cannot read the catalog " + settings.catalog.path,
                 "leave it out, and the tap is asked by --discover");
  }
}

void CheckObjects(const SingerSettings& settings, const YamlNode& node, Problems& problems) {
  const YamlNode& objects = node["objects"];
  if (!objects.is_map()) return;
  if (settings.objects.empty()) problems.Add(objects.place, "there is no object to pull");
  for (const auto& [name, value] : objects.members) {
    if (name.text.empty() || name.text.find('/') != std::string::npos) {
      problems.Add(name.place, "\"" + name.text + "\" cannot name an object",
                   "give it a plain name, and the stream as stream:");
    }
  }
}

void CheckObject(const SingerObjectSettings& settings, const YamlNode& node, Problems& problems) {
  std::set<std::string> seen;
  for (const std::string& field : settings.id) {
    if (field.empty()) problems.Add(node["id"].place, "a field of the id has no name");
    if (!seen.insert(field).second) {
      problems.Add(node["id"].place, "field \"" + field + "\" is twice in the id");
    }
  }
}

}  // namespace

std::string_view ToWord(Replication method) {
  switch (method) {
    case Replication::kAsCatalog: return "";
    case Replication::kIncremental: return "INCREMENTAL";
    case Replication::kFullTable: return "FULL_TABLE";
    case Replication::kLogBased: return "LOG_BASED";
  }
  return "";
}

const config::Table<SingerObjectSettings>& SingerObjectSettings::Settings() {
  using Self = SingerObjectSettings;
  static const auto table =
      config::Table<Self>()
          .Add("stream", &Self::stream,
               "The tap's name of the stream, where it is not the object's.")
          .Add("id", &Self::id,
               "Fields that name the record. Without it the key_properties of the tap's SCHEMA.")
          .Add("modified", &Self::modified,
               "Field with the time of the last change (ISO 8601; UTC where it has no zone). "
               "Without "
               "it the replication key, where that holds times; \"\": none, the newest observation "
               "wins.")
          .Add("created", &Self::created, "Field with the time of creation.")
          .Add("replication_method", &Self::replication,
               "How the stream is read: as the tap's catalog says; or set in the catalog that the "
               "tap is given. With `FULL_TABLE` every run is one without state, and what it no "
               "longer gives is deleted.",
               {{"catalog", Replication::kAsCatalog},
                {"INCREMENTAL", Replication::kIncremental},
                {"FULL_TABLE", Replication::kFullTable},
                {"LOG_BASED", Replication::kLogBased}})
          .Add("replication_key", &Self::replication_key,
               "The replication key set in the catalog that the tap is given.")
          .Check(CheckObject);
  return table;
}

const config::Table<SingerSettings>& SingerSettings::Settings() {
  using Self = SingerSettings;
  static const auto table =
      config::Table<Self>()
          .Add("command", &Self::command,
               "The tap: program and arguments, without those that Singer defines.",
               config::Required())
          .Add("config", &Self::config,
               "The tap's own settings, given to it as a JSON file. Secrets by {env: NAME} or "
               "{file: PATH} only, wherever a value stands.")
          .Add("environment", &Self::environment,
               "Environment variables for the tap, secrets as in `config`. Of ours it gets only "
               "what "
               "the README lists.")
          .Add("catalog", &Self::catalog,
               "File with the tap's catalog. Without it the tap is asked by --discover.")
          .Add("discover", &Self::discover,
               "`false`, and no `catalog`: the tap knows neither; it runs with its config only.")
          .Add("catalog_option", &Self::catalog_option,
               "How the tap takes its catalog; older ones by --properties.",
               config::OneOf({"--catalog", "--properties"}))
          .Add("silence_timeout", &Self::silence_timeout,
               "A tap that says nothing for so long, on neither output, is ended.",
               config::AtLeast(1))
          .Add("run_timeout", &Self::run_timeout,
               "How long we may wait for one run in all; time in which the tap waits for us is not "
               "counted.",
               config::AtLeast(1))
          .Add("discovery_timeout", &Self::discovery_timeout, "How long --discover may take.",
               config::AtLeast(1))
          .Add("discovery_interval", &Self::discovery_interval,
               "How old the catalog may be when a run begins; an older one is read anew. A tap "
               "leaves "
               "out fields that its catalog does not know.",
               config::AtLeast(0))
          .Add("exit_timeout", &Self::exit_timeout,
               "How long a tap may live on after it has closed its output.", config::AtLeast(1))
          .Add("max_line", &Self::max_line, "The longest message that is taken, in bytes.",
               config::Between(1'024, 256 << 20))
          .Add("page_size", &Self::page_size, "Records a page.", config::Between(1, 10'000))
          .Add("tracked_ids", &Self::tracked_ids,
               "Up to how many ids of an object are kept in its cursor to find deletions by "
               "absence. "
               "Objects with more leave them to the audit.",
               config::Between(0, 100'000))
          .Add("objects", &Self::objects, "Per object name: its stream and fields.",
               config::Required())
          .Check(CheckCommand)
          .Check(CheckCatalog)
          .Check(CheckObjects);
  return table;
}

}  // namespace trueup::connectors::singer
