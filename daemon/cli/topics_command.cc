#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "daemon/cli/commands.h"
#include "daemon/folders.h"
#include "pipeline/runtime/tasks/topics.h"

namespace trueup::daemon {
namespace {

struct TopicRow {
  std::string name;
  pipeline::TopicSettings settings;
  bool made = false;    // by this call
  std::string problem;  // empty: it is as it must be
};

std::string TopicJson(const TopicRow& row) {
  JsonWriter json;
  json.BeginObject().Member("topic", row.name);
  json.Member("partitions", int64_t{row.settings.partitions});
  json.Key("compacted").Bool(row.settings.compacted).Key("made").Bool(row.made);
  json.TextOrNull("problem", row.problem).EndObject();
  return json.Take();
}

std::vector<std::string> SystemsOf(const config::Config& config) {
  std::vector<std::string> names;
  for (const config::SystemConfig& system : config.systems) names.push_back(system.name);
  return names;
}

Result<TopicRow> MakeOrCheck(pipeline::Log& log, const std::string& name,
                             const pipeline::TopicSettings& settings) {
  TRUEUP_ASSIGN(const int before, log.Partitions(name));
  TopicRow row{name, settings, before == 0, {}};
  Status made = log.MakeTopic(name, settings);
  // What stands in the way of this one topic; the others are looked at, too.
  if (!made.ok() && made.error().kind() != ErrorKind::kConflict) return std::move(made).error();
  if (!made.ok()) row.problem = made.error().message();
  return row;
}

}  // namespace

Result<Shown> ShowTopics(const config::Config& config) {
  if (!config.log.shared()) {
    return Error(ErrorKind::kInvalid,
                 config.file + " has an embedded log: only a log over Kafka has topics to make");
  }
  TRUEUP_ASSIGN(const auto log, OpenLog(config));
  Shown shown;
  shown.table.columns = {{"topic", false, true}, {"partitions", true}, {"keeps"}, {"state"}};
  for (const auto& [name, settings] :
       pipeline::LastingTopics(SystemsOf(config), config.log.partitions)) {
    TRUEUP_ASSIGN(const TopicRow row, MakeOrCheck(*log, name, settings));
    const std::string fine = row.made ? "made" : "fine";
    shown.table.rows.push_back({config.log.prefix + row.name,
                                std::to_string(row.settings.partitions),
                                row.settings.compacted ? "newest of a key" : "everything",
                                row.problem.empty() ? fine : row.problem});
    shown.items.push_back(TopicJson(row));
    if (!row.problem.empty()) shown.exit_code = kFoundFailure;
  }
  return shown;
}

}  // namespace trueup::daemon
