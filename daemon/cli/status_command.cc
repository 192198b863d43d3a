#include <signal.h>

#include <filesystem>

#include "base/file.h"
#include "base/json.h"
#include "daemon/cli/commands.h"
#include "daemon/folders.h"
#include "reports/documents.h"

namespace trueup::daemon {
namespace {

using reports::CellOf;

// The daemon writes its status every half second: one that is this old was left behind by a process
// that died.
constexpr std::chrono::seconds kStale{30};

int64_t Count(const JsonValue& value) { return value.integer().value_or(0); }

bool ProcessRuns(int64_t pid) {
  return pid > 0 && (::kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM);
}

// An instant of the status, for people.
std::string SecondOf(const JsonValue& at) {
  const auto instant = ParseInstant(at.text());
  return instant.ok() ? FormatSecond(instant->at) : "";
}

bool Stopped(const JsonValue& status) { return status["state"].text() == "stopped"; }

// The daemon ended without saying so.
bool Gone(const JsonValue& status, Instant now) {
  if (Stopped(status)) return false;
  const auto heartbeat = ParseInstant(status["heartbeat"].text());
  const bool fresh = heartbeat.ok() && now - heartbeat->at < kStale;
  return !fresh || !ProcessRuns(Count(status["pid"]));
}

// What is wrong with a system; empty: nothing.
std::string SystemComplaint(const JsonValue& system, bool runs) {
  const std::string_view state = system["state"].text();
  if (state == "ok" || state == "stopped" || state == "elsewhere" || (state == "starting" && runs))
    return {};
  const std::string name(system.key());
  if (state == "starting") {
    return name + " was not pulled to its end since the daemon started the last time";
  }
  const std::string error = CellOf(system["error"]);
  if (state == "denied") {
    return name +
           " denied access and is left alone; mend the credentials or permissions, then "
           "restart: " +
           error;
  }
  return name + " is " + std::string(state) + ": " + error;
}

// What is wrong with the audits of a system's objects, a sentence each.
void AddAuditComplaints(const JsonValue& system, std::vector<std::string>& complaints) {
  for (const JsonValue& object : system["objects"]) {
    const JsonValue audit = object["audit"];
    const std::string name = std::string(system.key()) + "/" + std::string(object.key());
    const JsonValue contents = audit["contents"];
    for (const JsonValue& error : {audit["error"], contents["error"]}) {
      if (error.is_null()) continue;
      complaints.push_back("the audit of " + name +
                           " came to nothing the last time: " + CellOf(error));
    }
    if (const int64_t gaps = Count(audit["gaps"]) + Count(contents["gaps"]); gaps > 0) {
      complaints.push_back(name + " differs from its source in " + std::to_string(gaps) +
                           (gaps == 1 ? " record" : " records") +
                           " in every audit: trueup findings --kind sync_gap");
    }
  }
}

// What a daemon that no longer runs has left to do: the reports do not tell it yet.
std::string LeftUndone(const JsonValue& status) {
  const JsonValue pipeline = status["pipeline"];
  const int64_t events = Count(pipeline["lag"]);
  const int64_t accounts = Count(pipeline["accounts_waiting"]);
  const int64_t documents = Count(status["reports"]["lag"]);
  if (events + accounts + documents == 0) return {};
  return "it ended before all was worked off: " + std::to_string(events) + " events, " +
         std::to_string(accounts) + " accounts and " + std::to_string(documents) +
         " documents are left for the next run";
}

// What is wrong as a whole, a sentence each.
std::vector<std::string> Complaints(const JsonValue& status, Instant now) {
  std::vector<std::string> complaints;
  const bool gone = Gone(status, now);
  const bool runs = !gone && !Stopped(status);
  if (gone) {
    complaints.push_back(
        "the daemon is gone without having been stopped; its last sign of life was at " +
        SecondOf(status["heartbeat"]));
  }
  for (const JsonValue& system : status["systems"]) {
    std::string complaint = SystemComplaint(system, runs);
    if (!complaint.empty()) complaints.push_back(std::move(complaint));
    AddAuditComplaints(system, complaints);
  }
  if (std::string left = LeftUndone(status); !runs && !left.empty()) {
    complaints.push_back(std::move(left));
  }
  const JsonValue pipeline = status["pipeline"];
  if (!pipeline["error"].is_null()) complaints.push_back("pipeline: " + CellOf(pipeline["error"]));
  if (!status["reports"]["error"].is_null()) {
    complaints.push_back("reports: " + CellOf(status["reports"]["error"]));
  }
  const int64_t counted =
      Count(pipeline["mapped"]) + Count(pipeline["quarantined"]) + Count(pipeline["outdated"]);
  if (counted != Count(pipeline["published"])) {
    complaints.push_back("conservation is broken: " + CellOf(pipeline["published"]) +
                         " events read, but " + std::to_string(counted) + " accounted for");
  }
  return complaints;
}

std::string DurationSince(const JsonValue& at, Instant now) {
  const auto then = ParseInstant(at.text());
  return then.ok() && then->at <= now ? FormatDuration(now - then->at) : "never";
}

// One row an object: how old its data is, and what was delivered.
reports::Table ObjectTable(const JsonValue& status, Instant now) {
  reports::Table table{{{"system"},
                        {"object"},
                        {"state"},
                        {"age", true},
                        {"received", true},
                        {"published", true},
                        {"repeats", true},
                        {"error"}},
                       {}};
  for (const JsonValue& system : status["systems"]) {
    for (const JsonValue& object : system["objects"]) {
      table.rows.push_back({std::string(system.key()), std::string(object.key()),
                            CellOf(object["state"]), DurationSince(object["caught_up_at"], now),
                            CellOf(object["received"]), CellOf(object["published"]),
                            CellOf(object["repeats"]), CellOf(object["error"])});
    }
  }
  return table;
}

// "48,112 of 48,112, as of 2026-11-25 09:00:00Z".
std::string ProofText(const JsonValue& proof) {
  if (proof.is_null()) return "never";
  const int64_t listed = Count(proof["listed"]);
  const auto as_of = ParseInstant(proof["as_of"].text());
  std::string text = Grouped(static_cast<uint64_t>(listed - Count(proof["missing"]))) + " of " +
                     Grouped(static_cast<uint64_t>(listed));
  if (as_of.ok()) text += ", as of " + Moment(as_of->at);
  const int64_t extra = Count(proof["extra"]);
  if (extra > 0) text += "; " + Grouped(static_cast<uint64_t>(extra)) + " more held";
  return text;
}

std::string NextOf(const JsonValue& audit) {
  return audit["next_at"].is_null() ? "due" : SecondOf(audit["next_at"]);
}

// "12,000 compared, 3 differed, begun 2026-11-25 09:00:00Z".
std::string TallyText(const JsonValue& tally) {
  std::string text = Grouped(static_cast<uint64_t>(Count(tally["compared"]))) + " compared, ";
  text += Grouped(static_cast<uint64_t>(Count(tally["differing"]))) + " differed";
  return text + ", begun " + SecondOf(tally["begun_at"]);
}

std::string ContentsText(const JsonValue& contents) {
  const JsonValue pass = contents["under_way"];
  std::string text = contents["proof"].is_null() ? "never" : TallyText(contents["proof"]);
  if (!pass.is_null()) text = "under way: " + TallyText(pass);
  if (!contents["waits"].is_null()) text += "; waits: " + CellOf(contents["waits"]);
  return text;
}

// "equal in 39 windows of time, as of 2026-11-25 09:00:00Z"; empty where the source cannot count
// so.
std::string CountsText(const JsonValue& counts) {
  if (counts.is_null()) return {};
  const std::string windows = CellOf(counts["windows"]);
  const std::string text =
      Count(counts["differing"]) == 0
          ? "equal in " + windows + " windows of time"
          : "differ in " + CellOf(counts["differing"]) + " of " + windows + " windows of time";
  return text + ", as of " + SecondOf(counts["as_of"]);
}

// How the daemon's audits stand.
reports::Table AuditTable(const JsonValue& status) {
  reports::Table table{
      {{"object"}, {"held of the source's"}, {"next"}, {"counts"}, {"contents"}, {"contents next"}},
      {}};
  for (const JsonValue& system : status["systems"]) {
    for (const JsonValue& object : system["objects"]) {
      const JsonValue audit = object["audit"];
      table.rows.push_back({std::string(system.key()) + "/" + std::string(object.key()),
                            ProofText(audit["ids"]), NextOf(audit), CountsText(audit["counts"]),
                            ContentsText(audit["contents"]), NextOf(audit["contents"])});
    }
  }
  return table;
}

// What this instance of a cluster works on.
reports::Table TaskTable(const JsonValue& cluster) {
  reports::Table table{{{"stage"},
                        {"inbox"},
                        {"partition", true},
                        {"worked off", true},
                        {"waiting", true},
                        {"unacknowledged", true},
                        {"replayed", true}},
                       {}};
  for (const JsonValue& task : cluster["tasks"]) {
    const int64_t waiting = Count(task["end"]) - Count(task["settled"]);
    table.rows.push_back({CellOf(task["stage"]), CellOf(task["inbox"]), CellOf(task["partition"]),
                          CellOf(task["settled"]), std::to_string(waiting),
                          CellOf(task["unacknowledged"]),
                          CellOf(task["replayed"]) + " of " + CellOf(task["to_replay"])});
  }
  return table;
}

// What it will work on, once its state is here.
reports::Table OpeningTable(const JsonValue& cluster) {
  reports::Table table{{{"slot"}, {"files", true}, {"bytes", true}}, {}};
  for (const JsonValue& slot : cluster["opening"]) {
    table.rows.push_back({CellOf(slot["slot"]),
                          CellOf(slot["files"]) + " of " + CellOf(slot["files_in_all"]),
                          Grouped(static_cast<uint64_t>(Count(slot["bytes"]))) + " of " +
                              Grouped(static_cast<uint64_t>(Count(slot["bytes_in_all"])))});
  }
  return table;
}

reports::Table StandbyTable(const JsonValue& cluster) {
  reports::Table table{{{"slot"}, {"behind", true}}, {}};
  for (const JsonValue& slot : cluster["standbys"]) {
    table.rows.push_back({CellOf(slot["slot"]), CellOf(slot["behind"])});
  }
  return table;
}

reports::Table SystemTable(const JsonValue& status) {
  reports::Table table{{{"system"},
                        {"state"},
                        {"since"},
                        {"last success"},
                        {"calls", true},
                        {"allowance"},
                        {"budget"}},
                       {}};
  for (const JsonValue& system : status["systems"]) {
    const JsonValue api = system["api"];
    const std::string allowance =
        api["allowed"].is_null() ? "" : CellOf(api["used"]) + " of " + CellOf(api["allowed"]);
    const std::string budget = api["own_allowed"].is_null()
                                   ? ""
                                   : CellOf(api["own"]) + " of " + CellOf(api["own_allowed"]);
    table.rows.push_back({std::string(system.key()), CellOf(system["state"]),
                          SecondOf(system["since"]), SecondOf(system["last_success"]),
                          CellOf(api["calls"]), allowance, budget});
  }
  return table;
}

std::string PipelineText(const JsonValue& status) {
  const JsonValue pipeline = status["pipeline"];
  return "\nPipeline: " + CellOf(pipeline["published"]) +
         " events read = " + CellOf(pipeline["mapped"]) + " mapped + " +
         CellOf(pipeline["quarantined"]) + " quarantined + " + CellOf(pipeline["outdated"]) +
         " older than what is held; " + CellOf(pipeline["lag"]) + " to read, " +
         CellOf(pipeline["accounts_waiting"]) + " accounts to build, " +
         CellOf(status["reports"]["lag"]) + " documents to report\n";
}

std::vector<std::string> ObjectItems(const JsonValue& status) {
  std::vector<std::string> items;
  for (const JsonValue& system : status["systems"]) {
    for (const JsonValue& object : system["objects"]) {
      JsonWriter json;
      json.BeginObject().Member("system", system.key()).Member("object", object.key());
      for (const JsonValue& member : object) json.Key(member.key()).Raw(member.ToJson());
      json.EndObject();
      items.push_back(json.Take());
    }
  }
  return items;
}

}  // namespace

Result<Shown> ShowStatus(const config::Config& config, Instant now, size_t width) {
  const std::string path = StatusPath(config);
  if (!std::filesystem::exists(path)) {
    return Error(ErrorKind::kInvalid,
                 "there is no status in " + config.data_dir + " yet; run \"trueup run\" first");
  }
  TRUEUP_ASSIGN(std::string text, ReadFile(path));
  auto document = JsonDocument::Parse(std::move(text));
  if (!document.ok()) return std::move(document).error().In(path);
  const JsonValue status = document->root();
  const std::vector<std::string> complaints = Complaints(status, now);
  Shown shown;
  shown.exit_code = complaints.empty() ? kFine : kFoundFailure;
  shown.table = ObjectTable(status, now);
  shown.items = ObjectItems(status);
  JsonWriter json;
  json.BeginObject().Key("healthy").Bool(complaints.empty()).Key("complaints").BeginArray();
  for (const std::string& complaint : complaints) json.String(complaint);
  json.EndArray();
  for (const JsonValue& member : status) json.Key(member.key()).Raw(member.ToJson());
  json.EndObject();
  shown.json = json.Take();
  shown.text = "trueup " + CellOf(status["version"]) + " is " +
               (Gone(status, now) ? "gone" : CellOf(status["state"])) + ", as of " +
               SecondOf(status["heartbeat"]) + ": " +
               (complaints.empty() ? "all is well" : "NOT well") + "\n";
  for (const std::string& complaint : complaints) shown.text += "  " + complaint + "\n";
  AppendSection(shown.text, "Systems", SystemTable(status), width);
  AppendSection(shown.text, "Objects", shown.table, width);
  AppendSection(shown.text, "Audits", AuditTable(status), width);
  if (const JsonValue cluster = status["cluster"]; !cluster.is_null()) {
    const JsonValue waiting = cluster["waiting"];
    AppendSection(shown.text,
                  "Tasks of this instance; " +
                      (waiting.is_null() ? "what waits in the cluster is not counted yet"
                                         : CellOf(waiting) + " entries wait in the cluster"),
                  TaskTable(cluster), width);
    AppendSection(shown.text, "Slots whose checkpoint is being copied", OpeningTable(cluster),
                  width);
    AppendSection(shown.text, "Copies of slots that others work", StandbyTable(cluster), width);
  }
  shown.text += PipelineText(status);
  return shown;
}

}  // namespace trueup::daemon
