#include "connectors/salesforce/records.h"

#include "connectors/salesforce/soql.h"

namespace trueup::connectors::salesforce {
namespace {

constexpr int kFlattenLevels = 4;
constexpr size_t kSecondsEnd = 19;  // of "2026-01-01T00:00:00"
constexpr size_t kMillisEnd = 23;

// The form that REST gives, and the one that Bulk gives. Worth a look before the list of fields is
// searched.
bool LooksLikeInstant(std::string_view text) {
  return (text.size() == 28 || text.size() == 24) && text[10] == 'T' && text[kSecondsEnd] == '.';
}

void AddNested(JsonValue value, const std::string& path, int level, Row& row) {
  for (const JsonValue& member : value) {
    if (member.key() == "attributes") continue;
    const std::string name = path + "." + std::string(member.key());
    if (member.is_object() && level < kFlattenLevels) {
      AddNested(member, name, level + 1, row);
    } else if (member.is_object() || member.is_array()) {
      row.Add(name, FieldKind::kJson, member.ToJson());
    } else if (member.is_string()) {
      row.Add(name, FieldKind::kText,
              LooksLikeInstant(member.text()) ? NormalInstant(member.text()) : member.text());
    } else if (member.is_number()) {
      row.Add(name, FieldKind::kNumber, member.text());
    } else if (member.is_bool()) {
      row.Add(name, member.boolean() ? FieldKind::kTrue : FieldKind::kFalse);
    } else {
      row.Add(name, FieldKind::kNull);
    }
  }
}

void AddField(JsonValue value, const ObjectFields& fields, Row& row) {
  const std::string_view name = value.key();
  if (value.is_string()) {
    const std::string_view text = value.text();
    if (LooksLikeInstant(text) && fields.instants.contains(std::string(name))) {
      row.Add(name, FieldKind::kText, NormalInstant(text));
    } else {
      row.Add(name, FieldKind::kText, text);
    }
  } else if (value.is_null()) {
    row.Add(name, FieldKind::kNull);
  } else if (value.is_number()) {
    row.Add(name, FieldKind::kNumber, value.text());
  } else if (value.is_bool()) {
    row.Add(name, value.boolean() ? FieldKind::kTrue : FieldKind::kFalse);
  } else if (value.is_object()) {
    AddNested(value, std::string(name), 1, row);
  } else {
    row.Add(name, FieldKind::kJson, value.ToJson());
  }
}

std::optional<Instant> ReadInstant(JsonValue value) {
  const auto parsed = ParseInstant(value.text());
  if (!parsed.ok()) return std::nullopt;
  return parsed->at;
}

}  // namespace

std::string NormalInstant(std::string_view text) {
  const bool utc = text.ends_with("+0000") || text.ends_with('Z');
  if (utc && LooksLikeInstant(text) && text.substr(kSecondsEnd, 4) == ".000") {
    return std::string(text.substr(0, kSecondsEnd)) + "Z";
  }
  if (utc && LooksLikeInstant(text)) return std::string(text.substr(0, kMillisEnd)) + "Z";
  const auto parsed = ParseInstant(text);
  return parsed.ok() ? FormatInstant(parsed->at) : std::string(text);
}

Result<ChangeEvent> ToEvent(std::string_view system, const ObjectFields& fields, JsonValue record) {
  ChangeEvent event;
  JsonValue id;
  JsonValue master;
  for (const JsonValue& member : record) {
    const std::string_view name = member.key();
    if (name == "attributes") continue;
    if (name == "Id") id = member;
    if (name == "MasterRecordId") master = member;
    if (name == "IsDeleted") event.deleted = member.boolean();
    if (name == "CreatedDate") event.created = ReadInstant(member);
    if (name == fields.stamp) event.modified = ReadInstant(member).value_or(Instant());
    AddField(member, fields, event.row);
  }
  if (id.text().empty()) {
    return Error(ErrorKind::kInvalid, "a record of " + fields.info.name + " came without an Id");
  }
  event.ref = Ref(system, fields.info.name, LongId(id.text()));
  if (event.deleted) {
    event.row = Row();
    if (!master.text().empty()) {
      event.merged_into = Ref(system, fields.info.name, LongId(master.text()));
    }
  }
  return event;
}

}  // namespace trueup::connectors::salesforce
