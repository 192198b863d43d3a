#include "daemon/status_board.h"

#include <unistd.h>

#include <utility>

#include "base/file.h"
#include "base/json.h"

namespace trueup::daemon {
namespace {

void WriteInstant(JsonWriter& json, std::string_view key, const std::optional<Instant>& at) {
  json.TextOrNull(key, at ? FormatInstant(*at) : "");
}

void WriteProof(JsonWriter& json, const IdProof& proof) {
  json.BeginObject().Member("at", FormatInstant(proof.at));
  json.Member("as_of", FormatInstant(proof.as_of)).Key("equal").Bool(proof.equal());
  json.Member("listed", static_cast<int64_t>(proof.listed));
  json.Member("held", static_cast<int64_t>(proof.held));
  json.Member("missing", static_cast<int64_t>(proof.missing));
  json.Member("extra", static_cast<int64_t>(proof.extra));
  json.Member("set_aside", static_cast<int64_t>(proof.set_aside)).EndObject();
}

void WriteTally(JsonWriter& json, const ContentsTally& tally) {
  json.Member("compared", static_cast<int64_t>(tally.compared));
  json.Member("differing", static_cast<int64_t>(tally.differing));
  json.Member("set_aside", static_cast<int64_t>(tally.set_aside));
}

void WriteContents(JsonWriter& json, const ContentsRecord& contents) {
  json.BeginObject().Key("proof");
  if (contents.proof) {
    json.BeginObject().Member("begun_at", FormatInstant(contents.proof->begun));
    json.Member("at", FormatInstant(contents.proof->at));
    WriteTally(json, contents.proof->tally);
    json.EndObject();
  } else {
    json.Null();
  }
  json.Key("under_way");
  if (contents.pass) {
    json.BeginObject().Member("begun_at", FormatInstant(contents.pass->begun));
    WriteTally(json, contents.pass->tally);
    json.EndObject();
  } else {
    json.Null();
  }
  json.TextOrNull("waits", contents.waits).TextOrNull("error", contents.error);
  json.Member("gaps", static_cast<int64_t>(contents.stated.size()));
  WriteInstant(json, "next_at", contents.next);
  json.EndObject();
}

void WriteCounts(JsonWriter& json, const std::optional<CountProof>& proof) {
  json.Key("counts");
  if (!proof) {
    json.Null();
    return;
  }
  json.BeginObject().Member("at", FormatInstant(proof->at));
  json.Member("as_of", FormatInstant(proof->as_of));
  json.Member("windows", static_cast<int64_t>(proof->windows));
  json.Member("differing", static_cast<int64_t>(proof->differing));
  json.Member("counted", static_cast<int64_t>(proof->counted)).EndObject();
}

void WriteAudit(JsonWriter& json, const ObjectStatus& object) {
  const AuditRecord& audit = object.audit;
  json.BeginObject().Key("ids");
  if (audit.proof) {
    WriteProof(json, *audit.proof);
  } else {
    json.Null();
  }
  json.TextOrNull("error", audit.error);
  json.Member("gaps", static_cast<int64_t>(audit.stated.size()));
  WriteInstant(json, "next_at", audit.next);
  WriteCounts(json, object.created);
  json.Key("contents");
  WriteContents(json, object.contents);
  json.EndObject();
}

void WriteObject(JsonWriter& json, const ObjectStatus& object) {
  json.BeginObject().Member("state", ToString(object.state));
  json.TextOrNull("error", object.error);
  json.Member("received", static_cast<int64_t>(object.counts.received));
  json.Member("published", static_cast<int64_t>(object.counts.published));
  json.Member("repeats", static_cast<int64_t>(object.counts.repeats));
  WriteInstant(json, "last_page_at", object.last_page);
  WriteInstant(json, "caught_up_at", object.caught_up);
  WriteInstant(json, "worked_off_at", object.worked_off);
  json.Key("audit");
  WriteAudit(json, object);
  json.EndObject();
}

void WriteOptional(JsonWriter& json, std::string_view key, const std::optional<int64_t>& number) {
  json.Key(key);
  if (number) {
    json.Number(*number);
  } else {
    json.Null();
  }
}

void WriteUsage(JsonWriter& json, const connectors::ApiUsage& usage) {
  json.Key("api").BeginObject().Member("calls", static_cast<int64_t>(usage.calls));
  WriteOptional(json, "used", usage.used);
  WriteOptional(json, "allowed", usage.allowed);
  WriteOptional(json, "own", usage.own);
  WriteOptional(json, "own_allowed", usage.own_allowed);
  json.EndObject();
}

void WriteSystem(JsonWriter& json, const SystemStatus& system) {
  json.BeginObject().Member("state", ToString(system.state));
  json.TextOrNull("error", system.error);
  WriteInstant(json, "since", system.since);
  WriteInstant(json, "last_success", system.last_success);
  WriteUsage(json, system.usage);
  json.Key("objects").BeginObject();
  for (const auto& [name, object] : system.objects) {
    json.Key(name);
    WriteObject(json, object);
  }
  json.EndObject().EndObject();
}

void WriteCluster(JsonWriter& json, const std::optional<ClusterFigures>& cluster) {
  json.Key("cluster");
  if (!cluster) {
    json.Null();
    return;
  }
  json.BeginObject();
  WriteOptional(json, "waiting", cluster->waiting);
  json.Key("tasks").BeginArray();
  for (const TaskFigures& task : cluster->tasks) {
    json.BeginObject().Member("stage", task.stage);
    json.Member("inbox", task.inbox).Member("partition", int64_t{task.partition});
    json.Member("settled", static_cast<int64_t>(task.settled));
    json.Member("end", static_cast<int64_t>(task.end));
    json.Member("replayed", static_cast<int64_t>(task.replayed));
    json.Member("to_replay", static_cast<int64_t>(task.to_replay));
    json.Member("batches", static_cast<int64_t>(task.batches));
    json.Member("unacknowledged", static_cast<int64_t>(task.unacknowledged)).EndObject();
  }
  json.EndArray().Key("opening").BeginArray();
  for (const OpeningFigures& slot : cluster->opening) {
    json.BeginObject().Member("slot", int64_t{slot.slot});
    json.Member("files", static_cast<int64_t>(slot.files));
    json.Member("files_in_all", static_cast<int64_t>(slot.files_in_all));
    json.Member("bytes", static_cast<int64_t>(slot.bytes));
    json.Member("bytes_in_all", static_cast<int64_t>(slot.bytes_in_all)).EndObject();
  }
  json.EndArray().Key("standbys").BeginArray();
  for (const auto& [slot, behind] : cluster->standbys) {
    json.BeginObject().Member("slot", int64_t{slot});
    json.Member("behind", static_cast<int64_t>(behind)).EndObject();
  }
  json.EndArray().EndObject();
}

void WritePipeline(JsonWriter& json, const pipeline::RuntimeFigures& figures,
                   const std::string& error) {
  pipeline::MapCounts counts;
  uint64_t published = 0;
  uint64_t lag = 0;
  for (const auto& [name, source] : figures.sources) {
    counts.mapped += source.counts.mapped;
    counts.quarantined += source.counts.quarantined;
    counts.outdated += source.counts.outdated;
    published += source.offset;
    lag += source.end - source.offset;
  }
  json.BeginObject();
  json.TextOrNull("error", error);
  json.Member("published", static_cast<int64_t>(published));
  json.Member("mapped", static_cast<int64_t>(counts.mapped));
  json.Member("quarantined", static_cast<int64_t>(counts.quarantined));
  json.Member("outdated", static_cast<int64_t>(counts.outdated));
  json.Member("lag", static_cast<int64_t>(lag));
  json.Member("accounts_waiting", static_cast<int64_t>(figures.accounts_marked));
  json.Member("members", static_cast<int64_t>(figures.resolver.members));
  json.Member("generic_keys", static_cast<int64_t>(figures.resolver.generic_keys));
  json.Member("pairs_scored", static_cast<int64_t>(figures.resolver.pairs_scored));
  json.Key("milliseconds").BeginObject();
  for (size_t i = 0; i < pipeline::kPhases; ++i) {
    json.Member(ToString(static_cast<pipeline::Phase>(i)), figures.times[i].count() / 1000);
  }
  json.EndObject();
  json.EndObject();
}

}  // namespace

std::string_view ToString(PullState state) {
  switch (state) {
    case PullState::kStarting: return "starting";
    case PullState::kOk: return "ok";
    case PullState::kRetrying: return "retrying";
    case PullState::kDenied: return "denied";
    case PullState::kGapSuspected: return "gap_suspected";
    case PullState::kStopped: return "stopped";
    case PullState::kElsewhere: return "elsewhere";
  }
  return "unknown";
}

void StatusBoard::SetState(std::string state) {
  const std::lock_guard lock(mutex_);
  figures_.state = std::move(state);
}

void StatusBoard::SetSystem(const std::string& system, PullState state, const std::string& error) {
  const Instant now = clock_->Now();
  const std::lock_guard lock(mutex_);
  SystemStatus& status = figures_.systems[system];
  if (status.state != state || !status.since) status.since = now;
  status.state = state;
  status.error = error;
  if (state == PullState::kOk) status.last_success = now;
}

void StatusBoard::SetStopped(const std::string& system) {
  {
    const std::lock_guard lock(mutex_);
    if (figures_.systems[system].state != PullState::kOk) return;
  }
  SetSystem(system, PullState::kStopped, "");
}

void StatusBoard::SetUsage(const std::string& system, const connectors::ApiUsage& usage) {
  const std::lock_guard lock(mutex_);
  figures_.systems[system].usage = usage;
}

void StatusBoard::UpdateObject(const std::string& system, const std::string& object,
                               const ObjectStatus& status) {
  const std::lock_guard lock(mutex_);
  ObjectStatus& kept = figures_.systems[system].objects[object];
  const auto worked_off = kept.worked_off;
  kept = status;
  kept.worked_off = worked_off;
}

void StatusBoard::SetCluster(ClusterFigures figures) {
  const std::lock_guard lock(mutex_);
  figures_.cluster = std::move(figures);
}

void StatusBoard::SetPipeline(const pipeline::RuntimeFigures& figures, const std::string& error) {
  const std::lock_guard lock(mutex_);
  figures_.pipeline = figures;
  figures_.pipeline_error = error;
}

void StatusBoard::SetReports(uint64_t lag, const std::string& error) {
  const std::lock_guard lock(mutex_);
  figures_.reports_lag = lag;
  figures_.reports_error = error;
}

void StatusBoard::SetMonitor(std::string address) {
  const std::lock_guard lock(mutex_);
  figures_.monitor = std::move(address);
}

void StatusBoard::NoteRest(const Pipeline& pipeline) {
  const std::lock_guard lock(mutex_);
  // Read behind the lock: what was pulled by now was pulled before.
  const uint64_t idle_rounds = pipeline.idle_rounds();
  for (auto& [system, status] : figures_.systems) {
    for (auto& [object, figures] : status.objects) {
      WorkedOff& worked_off = worked_off_[{system, object}];
      worked_off.Look(figures.caught_up, idle_rounds);
      figures.worked_off = worked_off.at();
    }
  }
}

DaemonFigures StatusBoard::figures() const {
  const std::lock_guard lock(mutex_);
  return figures_;
}

std::string StatusBoard::Json() const {
  const Instant now = clock_->Now();
  const std::lock_guard lock(mutex_);
  JsonWriter json;
  json.BeginObject().Member("pid", static_cast<int64_t>(::getpid()));
  json.Member("version", TRUEUP_VERSION).Member("state", figures_.state);
  json.Member("heartbeat", FormatInstant(now)).Member("generation", figures_.pipeline.generation);
  json.TextOrNull("monitor", figures_.monitor);
  json.Key("systems").BeginObject();
  for (const auto& [name, system] : figures_.systems) {
    json.Key(name);
    WriteSystem(json, system);
  }
  json.EndObject().Key("pipeline");
  WritePipeline(json, figures_.pipeline, figures_.pipeline_error);
  WriteCluster(json, figures_.cluster);
  json.Key("reports").BeginObject();
  json.TextOrNull("error", figures_.reports_error);
  json.Member("lag", static_cast<int64_t>(figures_.reports_lag)).EndObject().EndObject();
  return json.Take();
}

std::string StatusBoard::Summary() const {
  const std::lock_guard lock(mutex_);
  std::string text;
  for (const auto& [name, system] : figures_.systems) {
    uint64_t received = 0;
    for (const auto& [object, status] : system.objects) received += status.counts.received;
    text += name + " " + std::to_string(received) + " rows";
    if (system.state != PullState::kOk && system.state != PullState::kStarting &&
        system.state != PullState::kElsewhere) {
      text += " (" + std::string(ToString(system.state)) + ")";
    }
    text += ", ";
  }
  uint64_t lag = 0;
  for (const auto& [name, source] : figures_.pipeline.sources) lag += source.end - source.offset;
  return text + std::to_string(lag) + " to work off, " +
         std::to_string(figures_.pipeline.accounts_marked) + " accounts to build, " +
         std::to_string(figures_.pipeline.resolver.members) + " account records";
}

Status StatusBoard::Write() const { return WriteFileAtomically(path_, Json() + "\n"); }

}  // namespace trueup::daemon
