#include "connectors/salesforce/records.h"

#include <utility>

#include "base/decimal.h"
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

bool IsDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

// In normal form already, as nearly all are: then no need to read it.
bool IsNormalNumber(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  if (!IsDigits(whole) || whole.front() == '0') return false;
  if (point == text.npos) return true;
  const std::string_view fraction = text.substr(point + 1);
  return IsDigits(fraction) && fraction.back() != '0';
}

// Without NUL, which Salesforce gives in places, and with LF for each line break: which one a CSV
// holds is for its writer to choose.
std::string NormalText(std::string_view text) {
  std::string normal;
  normal.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\0' || (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n'))
      continue;
    normal.push_back(text[i] == '\r' ? '\n' : text[i]);
  }
  return normal;
}

void AddText(std::string_view name, std::string_view text, Row& row) {
  using std::string_view_literals::operator""sv;
  if (text.find_first_of("\0\r"sv) != text.npos) {
    const std::string normal = NormalText(text);
    row.Add(name, normal.empty() ? FieldKind::kNull : FieldKind::kText, normal);
  } else {
    row.Add(name, text.empty() ? FieldKind::kNull : FieldKind::kText, text);
  }
}

void AddNumber(std::string_view name, std::string_view digits, Row& row) {
  if (IsNormalNumber(digits)) {
    row.Add(name, FieldKind::kNumber, digits);
  } else {
    row.Add(name, FieldKind::kNumber, NormalNumber(digits));
  }
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
      AddText(name, LooksLikeInstant(member.text()) ? NormalInstant(member.text()) : member.text(),
              row);
    } else if (member.is_number()) {
      AddNumber(name, member.text(), row);
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
    if (LooksLikeInstant(text) && fields.TypeOf(std::string(name)) == ValueType::kInstant) {
      row.Add(name, FieldKind::kText, NormalInstant(text));
    } else {
      AddText(name, text, row);
    }
  } else if (value.is_null()) {
    row.Add(name, FieldKind::kNull);
  } else if (value.is_number()) {
    AddNumber(name, value.text(), row);
  } else if (value.is_bool()) {
    row.Add(name, value.boolean() ? FieldKind::kTrue : FieldKind::kFalse);
  } else if (value.is_object()) {
    AddNested(value, std::string(name), 1, row);
  } else {
    row.Add(name, FieldKind::kJson, value.ToJson());
  }
}

void AddCell(const Column& column, std::string_view cell, Row& row) {
  if (cell.empty()) {
    row.Add(column.name, FieldKind::kNull);
  } else if (column.type == ValueType::kInstant && LooksLikeInstant(cell)) {
    row.Add(column.name, FieldKind::kText, NormalInstant(cell));
  } else if (column.type == ValueType::kNumber && Decimal::Parse(cell).ok()) {
    AddNumber(column.name, cell, row);
  } else if (column.type == ValueType::kBool && (cell == "true" || cell == "false")) {
    row.Add(column.name, cell == "true" ? FieldKind::kTrue : FieldKind::kFalse);
  } else {
    AddText(column.name, cell, row);
  }
}

std::optional<Instant> ReadInstant(std::string_view text) {
  const auto parsed = ParseInstant(text);
  if (!parsed.ok()) return std::nullopt;
  return parsed->at;
}

// What the row says of itself.
Result<ChangeEvent> EventOf(std::string_view system, const ObjectFields& fields, Row row) {
  ChangeEvent event;
  std::string_view id;
  std::string_view master;
  for (const Field& field : row) {
    if (field.name == "Id") id = field.text;
    if (field.name == "MasterRecordId") master = field.text;
    if (field.name == "IsDeleted") event.deleted = field.kind == FieldKind::kTrue;
    if (field.name == "CreatedDate") event.created = ReadInstant(field.text);
    if (field.name == fields.stamp) event.modified = ReadInstant(field.text).value_or(Instant());
  }
  if (id.empty()) {
    return Error(ErrorKind::kInvalid, "a record of " + fields.info.name + " came without an Id");
  }
  event.ref = Ref(system, fields.info.name, LongId(id));
  if (event.deleted && !master.empty()) {
    event.merged_into = Ref(system, fields.info.name, LongId(master));
  }
  if (!event.deleted) event.row = std::move(row);
  return event;
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

std::string NormalNumber(std::string_view text) {
  const auto number = Decimal::Parse(text);
  return number.ok() ? number->ToText() : std::string(text);
}

Result<ChangeEvent> ToEvent(std::string_view system, const ObjectFields& fields, JsonValue record) {
  Row row;
  for (const JsonValue& member : record) {
    if (member.key() != "attributes") AddField(member, fields, row);
  }
  return EventOf(system, fields, std::move(row));
}

Result<ChangeEvent> ToEvent(std::string_view system, const ObjectFields& fields,
                            const std::vector<Column>& columns, const CsvRecord& record) {
  if (record.size() != columns.size()) {
    return Error(ErrorKind::kInvalid, "a record of " + std::to_string(record.size()) +
                                          " cells instead of " + std::to_string(columns.size()));
  }
  Row row;
  for (size_t i = 0; i < columns.size(); ++i) AddCell(columns[i], record[i], row);
  return EventOf(system, fields, std::move(row));
}

}  // namespace trueup::connectors::salesforce
