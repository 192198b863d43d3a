#include "connectors/netsuite/records.h"

#include <algorithm>
#include <string_view>

namespace trueup::connectors::netsuite {
namespace {

Error Broken(const RecordForm& form, const std::string& text) {
  return {ErrorKind::kInvalid, "a row of " + form.settings.table + " " + text};
}

// 2026-01-31 09:00:00 of the session's zone as 2026-01-31T17:00:00Z; another text stays, for the
// mapping to judge.
std::string ToUtcText(const Zone& zone, std::string_view text) {
  const auto local = ParseLocalInstant(text);
  return local.ok() ? FormatInstant(zone.ToUtc(*local)) : std::string(text);
}

void AddField(const RecordForm& form, JsonValue value, Row& row) {
  const std::string_view name = value.key();
  if (value.is_null()) {
    row.Add(name, FieldKind::kNull);
    return;
  }
  const auto column =
      std::find_if(form.columns.begin(), form.columns.end(),
                   [&](const SuiteColumn& candidate) { return candidate.name == name; });
  const bool instant = column != form.columns.end() && column->kind == SuiteColumnKind::kInstant;
  if (instant) {
    row.AddText(name, ToUtcText(form.zone, value.text()));
  } else if (value.is_bool()) {
    row.AddText(name, value.boolean() ? "T" : "F");
  } else {
    row.AddText(name, value.text());
  }
}

Result<Instant> ReadStamp(const RecordForm& form, JsonValue row, const std::string& column) {
  const auto local = ParseLocalInstant(row[column].text());
  if (local.ok()) return form.zone.ToUtc(*local);
  return Broken(form, "has no time in " + column + ": " + local.error().message());
}

}  // namespace

Result<ChangeEvent> ReadRecord(const RecordForm& form, JsonValue row) {
  const std::string_view id = row[form.settings.id].text();
  if (id.empty()) return Broken(form, "has no " + form.settings.id);
  ChangeEvent event;
  event.ref = Ref(form.system, form.object, id);
  if (!form.settings.modified->empty()) {
    TRUEUP_ASSIGN(event.modified, ReadStamp(form, row, *form.settings.modified));
  }
  if (row[*form.settings.created].is_string()) {
    TRUEUP_ASSIGN(event.created, ReadStamp(form, row, *form.settings.created));
  }
  for (const JsonValue value : row) {
    if (value.key() != "links") AddField(form, value, event.row);
  }
  return event;
}

Result<ChangeEvent> ReadDeletion(const RecordForm& form, JsonValue row) {
  const std::string_view id = row["id"].text();
  if (id.empty()) return Error(ErrorKind::kInvalid, "a row of deletedrecord has no recordid");
  ChangeEvent event;
  event.ref = Ref(form.system, form.object, id);
  TRUEUP_ASSIGN(event.modified, ReadStamp(form, row, "stamp"));
  event.deleted = true;
  return event;
}

JsonValue OnlyValue(JsonValue row) {
  for (const JsonValue value : row) {
    if (value.key() != "links") return value;
  }
  return {};
}

}  // namespace trueup::connectors::netsuite
