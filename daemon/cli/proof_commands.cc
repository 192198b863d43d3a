#include <algorithm>

#include "base/json.h"
#include "daemon/cli/commands.h"
#include "daemon/run.h"

namespace trueup::daemon {
namespace {

constexpr size_t kIdsShown = 10;  // in the text; the other formats have all

std::string Number(uint64_t number) { return std::to_string(number); }

// "account" as "accounts", "activity" as "activities".
std::string Plural(std::string entity) {
  std::replace(entity.begin(), entity.end(), '_', ' ');
  if (!entity.ends_with('y')) return entity + "s";
  entity.pop_back();
  return entity + "ies";
}

void WriteIds(JsonWriter& json, std::string_view key, const std::vector<std::string>& ids) {
  json.Key(key).BeginArray();
  for (const std::string& id : ids) json.String(id);
  json.EndArray();
}

// The places of rows by name, in the order in which all formats have them.
struct NamedPlace {
  const char* name;
  uint64_t pipeline::Placement::*place;
};
constexpr NamedPlace kPlaces[] = {
    {"accounts", &pipeline::Placement::accounts},       {"facts", &pipeline::Placement::facts},
    {"references", &pipeline::Placement::references},   {"orphans", &pipeline::Placement::orphans},
    {"quarantined", &pipeline::Placement::quarantined}, {"waiting", &pipeline::Placement::waiting}};

void WritePlaces(JsonWriter& json, const std::optional<pipeline::Placement>& placement) {
  json.Key("places");
  if (!placement) {
    json.Null();
    return;
  }
  json.BeginObject();
  for (const auto& [name, place] : kPlaces)
    json.Member(name, static_cast<int64_t>((*placement).*place));
  json.EndObject();
}

void WriteContents(JsonWriter& json, const std::optional<ContentsDifference>& contents) {
  json.Key("contents");
  if (!contents) {
    json.Null();
    return;
  }
  json.BeginObject().Member("compared", static_cast<int64_t>(contents->tally.compared));
  json.Member("compared_before", static_cast<int64_t>(contents->before));
  json.Member("set_aside", static_cast<int64_t>(contents->tally.set_aside));
  WriteIds(json, "differing", contents->differing);
  json.TextOrNull("waits", contents->waits).EndObject();
}

std::string AuditJson(const ObjectAudit& audit) {
  JsonWriter json;
  json.BeginObject().Member("system", audit.system).Member("object", audit.object);
  json.Member("as_of", FormatInstant(audit.as_of)).Key("equal").Bool(audit.equal());
  if (audit.source_count) {
    json.Member("source_count", static_cast<int64_t>(*audit.source_count));
  } else {
    json.Key("source_count").Null();
  }
  json.Member("held_count", static_cast<int64_t>(audit.held_count));
  WriteIds(json, "missing", audit.missing);
  WriteIds(json, "extra", audit.extra);
  json.Member("set_aside", static_cast<int64_t>(audit.set_aside));
  json.Member("delivered", static_cast<int64_t>(audit.delivered));
  WriteContents(json, audit.contents);
  WritePlaces(json, audit.placement);
  json.TextOrNull("error", audit.error).EndObject();
  return json.Take();
}

void AppendIds(std::string& text, const std::string& what, const std::vector<std::string>& ids) {
  if (ids.empty()) return;
  text += "  " + what + ":";
  for (size_t i = 0; i < std::min(ids.size(), kIdsShown); ++i) text += " " + ids[i];
  if (ids.size() > kIdsShown) {
    text += " and " + Number(ids.size() - kIdsShown) + " more (--format json has all)";
  }
  text += "\n";
}

// What differs, under the table of counts.
std::string DifferencesText(const AuditReport& report) {
  std::string text;
  std::string error;  // a system that cannot be reached has the same for each of its objects
  for (const ObjectAudit& audit : report.objects) {
    if (audit.equal()) continue;
    if (!audit.error.empty() && audit.error == error) continue;
    error = audit.error;
    text += "\n" + audit.system + "/" + audit.object + "\n";
    if (!error.empty()) text += "  cannot be audited: " + error + "\n";
    AppendIds(text, "missing here", audit.missing);
    AppendIds(text, "gone from the source", audit.extra);
    if (!audit.contents) continue;
    AppendIds(text, "other contents", audit.contents->differing);
    if (!audit.contents->waits.empty())
      text += "  not all compared: " + audit.contents->waits + "\n";
  }
  return text;
}

// "contents of 48,110 compared, 2 newer ones set aside".
std::string ContentsText(const ContentsDifference& contents) {
  std::string text = "contents of " + Grouped(contents.tally.compared) + " compared";
  if (contents.before > 0) text += ", of " + Grouped(contents.before) + " before";
  if (contents.tally.set_aside > 0) {
    text += ", " + Grouped(contents.tally.set_aside) + " newer ones set aside";
  }
  if (!contents.differing.empty()) text += ", " + Grouped(contents.differing.size()) + " differ";
  return text;
}

// "48,112 of 48,112 accounts, as of 2026-11-25 09:00:00Z".
std::string CountText(const ObjectAudit& audit) {
  if (!audit.error.empty()) return Grouped(audit.held_count) + " held, could not be compared";
  std::string text = Grouped(audit.listed - audit.missing.size()) + " of " + Grouped(audit.listed) +
                     " " + Plural(audit.entity) + ", as of " + Moment(audit.as_of);
  if (!audit.extra.empty()) text += "; " + Grouped(audit.extra.size()) + " more held";
  if (audit.set_aside > 0) text += "; " + Grouped(audit.set_aside) + " newer ones set aside";
  if (audit.contents) text += "; " + ContentsText(*audit.contents);
  return text;
}

std::string RepairText(const AuditReport& report, const AuditOptions& options) {
  if (report.equal()) return "";
  uint64_t delivered = 0;
  for (const ObjectAudit& audit : report.objects) delivered += audit.delivered;
  if (options.repair) {
    return "\n" + Grouped(delivered) + " rows and deletions delivered: the next run mends the " +
           "state; then audit again\n";
  }
  return "\nThe next pull brings what is only late. \"trueup audit --repair\" delivers the rest " +
         std::string("while no daemon runs\n");
}

std::string AuditText(const AuditReport& report, const AuditOptions& options,
                      const reports::Table& counts, size_t width) {
  std::string text =
      "Audit as of " + Moment(report.as_of) + ": " +
      (report.equal() ? "every record of every source is here" : "there are differences") + "\n\n";
  reports::Table lines{{{"object"}, {"held of the source's"}}, {}};
  for (const ObjectAudit& audit : report.objects) {
    lines.rows.push_back({audit.system + "/" + audit.object, CountText(audit)});
  }
  text += reports::ToText(lines, width) + "\nWhere the rows are\n\n";
  text += reports::ToText(reports::Without(counts, {"source", "missing", "extra", "set_aside",
                                                    "delivered", "compared", "differing", "error"}),
                          width);
  return text + DifferencesText(report) + RepairText(report, options);
}

}  // namespace

Result<Shown> ShowDigest(const config::Config& config) {
  TRUEUP_ASSIGN(const Digest digest, ComputeDigest(config));
  Shown shown;
  shown.table.columns = {{"topic"}, {"documents", true}, {"sha256"}};
  JsonWriter whole;
  whole.BeginObject().Member("sha256", digest.sha256).Key("topics").BeginArray();
  for (const Digest::Topic& topic : digest.topics) {
    shown.table.rows.push_back({topic.name, Number(topic.documents), topic.sha256});
    JsonWriter json;
    json.BeginObject().Member("topic", topic.name);
    json.Member("documents", static_cast<int64_t>(topic.documents));
    json.Member("sha256", topic.sha256).EndObject();
    whole.Raw(json.text());
    shown.items.push_back(json.Take());
  }
  whole.EndArray().EndObject();
  shown.json = whole.Take();
  shown.text = digest.sha256 + "\n";
  AppendSection(shown.text, "By topic", shown.table, 0);
  return shown;
}

Result<Shown> ShowAudit(const config::Config& config, const AuditOptions& options, size_t width) {
  TRUEUP_ASSIGN(const AuditReport report, RunAudit(config, options));
  Shown shown;
  shown.exit_code = report.equal() ? kFine : kFoundFailure;
  shown.table.columns = {{"system"},     {"object"},        {"source", true},
                         {"held", true}, {"missing", true}, {"extra", true}};
  shown.table.columns.insert(
      shown.table.columns.end(),
      {{"set_aside", true}, {"delivered", true}, {"compared", true}, {"differing", true}});
  for (const auto& [name, place] : kPlaces) shown.table.columns.push_back({name, true});
  shown.table.columns.push_back({"error"});
  JsonWriter whole;
  whole.BeginObject()
      .Member("as_of", FormatInstant(report.as_of))
      .Key("equal")
      .Bool(report.equal());
  whole.Key("objects").BeginArray();
  for (const ObjectAudit& audit : report.objects) {
    shown.table.rows.push_back(
        {audit.system, audit.object, audit.source_count ? Number(*audit.source_count) : "?",
         Number(audit.held_count), Number(audit.missing.size()), Number(audit.extra.size()),
         Number(audit.set_aside), Number(audit.delivered),
         audit.contents ? Number(audit.contents->tally.compared) : "",
         audit.contents ? Number(audit.contents->differing.size()) : ""});
    for (const auto& [name, place] : kPlaces) {
      shown.table.rows.back().push_back(audit.placement ? Number((*audit.placement).*place) : "?");
    }
    shown.table.rows.back().push_back(audit.error);
    shown.items.push_back(AuditJson(audit));
    whole.Raw(shown.items.back());
  }
  whole.EndArray().EndObject();
  shown.json = whole.Take();
  shown.text = AuditText(report, options, shown.table, width);
  return shown;
}

}  // namespace trueup::daemon
