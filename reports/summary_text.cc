#include "base/json.h"
#include "reports/documents.h"
#include "reports/summary.h"
#include "reports/table.h"

namespace trueup::reports {
namespace {

std::string AgeText(const std::optional<Instant>& since, Instant now) {
  return since && *since <= now ? FormatDuration(now - *since) : "-";
}

std::string Number(int64_t number) { return std::to_string(number); }

void Section(std::string& out, const std::string& title, const Table& table, size_t width) {
  if (!table.rows.empty()) out += "\n" + title + "\n\n" + ToText(table, width);
}

void Examples(std::string& out, const Summary& summary) {
  for (const auto& kind : summary.kinds) {
    out += "\n" + kind.kind + ": " + AdviceFor(kind.kind) + "\n";
    for (const Finding& finding : kind.examples) {
      out += "  " + finding.id + "  " + finding.reason + "\n      " + Join(finding.refs, " ") + "\n";
    }
  }
}

}  // namespace

std::string SummaryText(const Summary& summary, size_t width) {
  std::string out = "Reconciliation report, " + FormatInstant(summary.as_of) + "\n\n" +
                    Number(summary.accounts) + " accounts, " + Number(summary.open) +
                    " open findings, " + Number(summary.closed) + " closed\n";
  Table kinds{{{"finding"}, {"open", true}, {"high", true}, {"oldest", true}, {"owner"}}, {}};
  for (const auto& kind : summary.kinds) {
    kinds.rows.push_back({kind.kind, Number(kind.open), Number(kind.high),
                          AgeText(kind.oldest, summary.as_of), kind.owners});
  }
  Section(out, "Open findings by kind", kinds, width);
  Table owners{{{"owner"}, {"open", true}, {"overdue", true}, {"oldest", true}}, {}};
  for (const auto& owner : summary.owners) {
    owners.rows.push_back({owner.owner, Number(owner.open), Number(owner.overdue),
                           AgeText(owner.oldest, summary.as_of)});
  }
  Section(out, "By owner", owners, width);
  Table complete{{{"gate"}, {"term"}, {"owner"}, {"accounts", true}, {"complete", true}}, {}};
  for (const auto& item : summary.completeness) {
    complete.rows.push_back({item.gate, item.term, item.owner, Number(item.accounts),
                             PercentText(item.filled, item.accounts)});
  }
  Section(out, "Completeness at the gates", complete, width);
  Table worst{{{"account"}, {"name"}, {"stage"}, {"findings", true}}, {}};
  for (const auto& account : summary.worst) {
    worst.rows.push_back({account.id, account.name, account.stage, Number(account.findings)});
  }
  Section(out, "Accounts with most to settle", worst, width);
  Table systems{{{"system"}, {"records", true}}, {}};
  for (const auto& system : summary.systems) {
    systems.rows.push_back({system.name, Number(system.members)});
  }
  Section(out, "Account records by system", systems, width);
  if (!summary.kinds.empty()) out += "\nExamples, and what to do next\n";
  Examples(out, summary);
  return out + "\nNext: trueup findings --kind KIND, trueup account ID, trueup explain ID TERM\n";
}

std::string SummaryJson(const Summary& summary) {
  JsonWriter json;
  json.BeginObject().Member("as_of", FormatInstant(summary.as_of));
  json.Member("accounts", summary.accounts).Member("open", summary.open);
  json.Member("closed", summary.closed).Key("kinds").BeginArray();
  const auto oldest = [&json](const std::optional<Instant>& at) {
    json.Key("oldest");
    if (at) {
      json.String(FormatInstant(*at));
    } else {
      json.Null();
    }
  };
  for (const auto& kind : summary.kinds) {
    json.BeginObject().Member("kind", kind.kind).Member("open", kind.open).Member("high", kind.high);
    json.Member("owners", kind.owners);
    oldest(kind.oldest);
    json.Key("examples").BeginArray();
    for (const Finding& finding : kind.examples) WriteFinding(json, finding);
    json.EndArray().EndObject();
  }
  json.EndArray().Key("owners").BeginArray();
  for (const auto& owner : summary.owners) {
    json.BeginObject().Member("owner", owner.owner).Member("open", owner.open);
    json.Member("overdue", owner.overdue);
    oldest(owner.oldest);
    json.EndObject();
  }
  json.EndArray().Key("completeness").BeginArray();
  for (const auto& item : summary.completeness) {
    json.BeginObject().Member("gate", item.gate).Member("term", item.term);
    json.Member("owner", item.owner).Member("accounts", item.accounts);
    json.Member("filled", item.filled).EndObject();
  }
  json.EndArray().Key("stages").BeginObject();
  for (const auto& stage : summary.stages) json.Member(stage.name, stage.accounts);
  json.EndObject().Key("systems").BeginObject();
  for (const auto& system : summary.systems) json.Member(system.name, system.members);
  json.EndObject().Key("worst").BeginArray();
  for (const auto& account : summary.worst) {
    json.BeginObject().Member("id", account.id).Member("name", account.name);
    json.Member("stage", account.stage).Member("findings", account.findings).EndObject();
  }
  json.EndArray().EndObject();
  return json.Take();
}

}  // namespace trueup::reports
