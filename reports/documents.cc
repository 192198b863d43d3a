#include "reports/documents.h"

#include <algorithm>
#include <sstream>

namespace trueup::reports {
namespace {

void WriteTexts(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  json.Key(key).BeginArray();
  for (const std::string& text : texts) json.String(text);
  json.EndArray();
}

std::string DayOf(Instant at) { return FormatDate(std::chrono::floor<std::chrono::days>(at)); }

// How long it has been there, or was until it was closed; nothing where that is yet to come.
std::string AgeOf(const Finding& finding, Instant now) {
  const Instant end = finding.closed_at.value_or(now);
  return finding.first_seen <= end ? FormatDuration(end - finding.first_seen) : "";
}

// Every term that any of the accounts has. Each account has its own in the glossary's order, so a
// term that is new here belongs behind the one before it.
std::vector<std::string> TermsOf(const std::vector<AccountRow>& accounts) {
  std::vector<std::string> terms;
  for (const AccountRow& account : accounts) {
    auto behind = terms.begin();
    for (const auto& [name, value] : account.terms) {
      auto at = std::find(terms.begin(), terms.end(), name);
      if (at == terms.end()) at = terms.insert(behind, name);
      behind = at + 1;
    }
  }
  return terms;
}

}  // namespace

void WriteAccount(JsonWriter& json, const AccountRow& account) {
  json.BeginObject().Member("id", account.id);
  WriteTexts(json, "members", account.members);
  json.TextOrNull("stage", account.stage);
  json.Key("terms").BeginObject();
  for (const auto& [name, value] : account.terms) json.Key(name).Raw(value);
  json.EndObject().EndObject();
}

void WriteFinding(JsonWriter& json, const Finding& finding) {
  json.BeginObject().Member("id", finding.id).Member("kind", finding.kind);
  json.Member("status", finding.status).Member("severity", finding.severity);
  json.Member("owner", finding.owner);
  json.TextOrNull("account", finding.account);
  WriteTexts(json, "refs", finding.refs);
  json.TextOrNull("term", finding.term);
  json.TextOrNull("value", finding.value);
  json.Member("reason", finding.reason).Member("first_seen", FormatInstant(finding.first_seen));
  json.TextOrNull("due", finding.due ? FormatInstant(*finding.due) : "");
  json.EndObject();
}

Table AccountRecords(const std::vector<AccountRow>& accounts) {
  Table table{{{"id"}, {"members"}, {"stage"}}, {}};
  const size_t fixed = table.columns.size();
  const std::vector<std::string> terms = TermsOf(accounts);
  for (const std::string& term : terms) table.columns.push_back({"terms." + term});
  for (const AccountRow& account : accounts) {
    std::vector<std::string> row{account.id, Join(account.members, " "), account.stage};
    row.resize(fixed + terms.size());
    for (const auto& [name, value] : account.terms) {
      const auto column = std::find(terms.begin(), terms.end(), name) - terms.begin();
      const auto parsed = JsonDocument::Parse(value);
      if (parsed.ok()) row[fixed + static_cast<size_t>(column)] = CellOf(parsed->root());
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table FindingRecords(const std::vector<Finding>& findings) {
  Table table{{{"id"},
               {"kind"},
               {"status"},
               {"severity"},
               {"owner"},
               {"account"},
               {"refs"},
               {"term"},
               {"value"},
               {"reason"},
               {"first_seen"},
               {"due"}},
              {}};
  for (const Finding& finding : findings) {
    table.rows.push_back({finding.id, finding.kind, finding.status, finding.severity, finding.owner,
                          finding.account, Join(finding.refs, " "), finding.term, finding.value,
                          finding.reason, FormatInstant(finding.first_seen),
                          finding.due ? FormatInstant(*finding.due) : ""});
  }
  return table;
}

Table AccountTable(const std::vector<AccountRow>& accounts) {
  Table table{{{"id", false, true}, {"name"}, {"stage"}, {"findings", true}, {"members"}}, {}};
  for (const AccountRow& account : accounts) {
    table.rows.push_back({account.id, account.name, account.stage,
                          std::to_string(account.open_findings), Join(account.members, " ")});
  }
  return table;
}

std::string FindingText(const std::vector<Finding>& findings, Instant now, size_t width) {
  Table heads{{{"id", false, true},
               {"severity"},
               {"status"},
               {"kind"},
               {"owner"},
               {"age", true},
               {"due", false, true},
               {"account", false, true},
               {"term"}},
              {}};
  for (const Finding& finding : findings) {
    heads.rows.push_back({finding.id, finding.severity, finding.status, finding.kind, finding.owner,
                          AgeOf(finding, now), finding.due ? DayOf(*finding.due) : "",
                          finding.account, finding.term});
  }
  const bool all_open = std::all_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.status == "open";
  });
  if (all_open) heads = Without(heads, {"status"});
  std::istringstream lines(ToText(heads, width));
  std::string line;
  std::getline(lines, line);
  std::string text = line + "\n";
  for (const Finding& finding : findings) {
    std::getline(lines, line);
    text += line + "\n    " + finding.reason + "\n    " + Join(finding.refs, " ") + "\n";
  }
  return text;
}

std::string CellOf(const JsonValue& value) {
  if (!value.exists() || value.is_null()) return {};
  if (value.is_string() || value.is_number()) return std::string(value.text());
  if (!value.is_array()) return value.ToJson();
  std::vector<std::string> items;
  for (const JsonValue& item : value) items.push_back(CellOf(item));
  return Join(items, "; ");
}

}  // namespace trueup::reports
