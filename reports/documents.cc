#include "reports/documents.h"

namespace trueup::reports {
namespace {

void WriteTexts(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  json.Key(key).BeginArray();
  for (const std::string& text : texts) json.String(text);
  json.EndArray();
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

Table AccountTable(const std::vector<AccountRow>& accounts) {
  Table table{{{"id"}, {"name"}, {"stage"}, {"findings", true}, {"members"}}, {}};
  for (const AccountRow& account : accounts) {
    table.rows.push_back({account.id, account.name, account.stage,
                          std::to_string(account.open_findings), Join(account.members, " ")});
  }
  return table;
}

Table FindingTable(const std::vector<Finding>& findings, Instant now) {
  Table table{{{"id"},
               {"kind"},
               {"status"},
               {"severity"},
               {"owner"},
               {"age", true},
               {"account"},
               {"term"},
               {"reason"},
               {"refs"}},
              {}};
  for (const Finding& finding : findings) {
    const Instant end = finding.closed_at.value_or(now);
    const std::string age =
        finding.first_seen <= end ? FormatDuration(end - finding.first_seen) : "";
    table.rows.push_back({finding.id, finding.kind, finding.status, finding.severity, finding.owner,
                          age, finding.account, finding.term, finding.reason,
                          Join(finding.refs, " ")});
  }
  return table;
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
