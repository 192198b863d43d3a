#include "daemon/monitor/readiness.h"

#include <algorithm>

#include "base/json.h"

namespace trueup::daemon {
namespace {

// Why data is missing or old, as far as the last failures tell.
std::string CauseOf(const SystemStatus& system, const DaemonFigures& figures) {
  if (!system.error.empty()) {
    return "; it is " + std::string(ToString(system.state)) + ": " + system.error;
  }
  if (!figures.pipeline_error.empty()) return "; the pipeline fails: " + figures.pipeline_error;
  return "";
}

SourceReadiness JudgeSource(const std::string& name, const SystemStatus& system,
                            const DaemonFigures& figures, std::chrono::milliseconds limit,
                            Instant now) {
  SourceReadiness source;
  source.system = name;
  source.elsewhere = system.state == PullState::kElsewhere;
  if (source.elsewhere) return source;
  source.data_age = DataAge(system, now);
  if (!source.data_age) {
    source.why = "it was not pulled to its end and worked off yet" + CauseOf(system, figures);
  } else if (*source.data_age > limit) {
    source.why = "its data is " + FormatDuration(*source.data_age) + " old, and may be " +
                 FormatDuration(limit) + CauseOf(system, figures);
  }
  return source;
}

}  // namespace

std::optional<std::chrono::microseconds> DataAge(const SystemStatus& system, Instant now) {
  std::optional<std::chrono::microseconds> oldest;
  for (const auto& [name, object] : system.objects) {
    if (!object.worked_off) return {};
    const auto age = now - *object.worked_off;
    oldest = std::max(oldest.value_or(age), age);
  }
  return oldest;
}

Readiness JudgeReadiness(const DaemonFigures& figures, std::chrono::milliseconds limit,
                         Instant now) {
  Readiness readiness;
  readiness.limit = limit;
  for (const auto& [name, system] : figures.systems) {
    readiness.sources.push_back(JudgeSource(name, system, figures, limit, now));
  }
  return readiness;
}

// While the daemon starts there is no source yet.
bool Readiness::ready() const {
  return !sources.empty() &&
         std::all_of(sources.begin(), sources.end(),
                     [](const SourceReadiness& source) { return source.why.empty(); });
}

std::string Readiness::Json() const {
  JsonWriter json;
  json.BeginObject().Key("ready").Bool(ready()).Member("limit_seconds", limit.count() / 1000);
  json.Key("sources").BeginObject();
  for (const SourceReadiness& source : sources) {
    json.Key(source.system).BeginObject().Key("ready").Bool(source.why.empty());
    json.Key("data_age_seconds");
    if (source.data_age) {
      json.Number(source.data_age->count() / 1'000'000);
    } else {
      json.Null();
    }
    json.Key("elsewhere").Bool(source.elsewhere).TextOrNull("why", source.why).EndObject();
  }
  json.EndObject().EndObject();
  return json.Take();
}

}  // namespace trueup::daemon
