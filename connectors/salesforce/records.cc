#include "connectors/salesforce/records.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/decimal.h"
#include "connectors/salesforce/soql.h"

namespace trueup::connectors::salesforce {
namespace {

constexpr int kFlattenLevels = 4;
constexpr size_t kUsualFieldBytes = 32;  // in a row, its name included
constexpr size_t kLongIdSize = 18;
constexpr size_t kSecondsEnd = 19;  // of "2026-01-01T00:00:00"
constexpr size_t kMillisEnd = 23;

// The form that REST gives, and the one that Bulk gives. Worth a look before the list of fields is
// searched.
bool LooksLikeInstant(std::string_view text) {
  return (text.size() == 28 || text.size() == 24) && text[10] == 'T' && text[kSecondsEnd] == '.';
}

bool IsDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// In normal form already, as nearly all are: then no need to read it.
bool IsNormalNumber(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  if (!IsDigits(whole) || (whole.front() == '0' && whole.size() > 1)) return false;
  if (point == text.npos) return !negative || whole != "0";
  const std::string_view fraction = text.substr(point + 1);
  return IsDigits(fraction) && fraction.back() != '0';
}

// Whether a text has a byte below 14, as NUL and the line breaks are: eight bytes at a time.
bool HasControl(std::string_view text) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kHigh = 0x80 * kOnes;
  while (!text.empty()) {
    uint64_t word = 0x20 * kOnes;
    const size_t bytes = std::min(text.size(), sizeof word);
    if (bytes == sizeof word) {
      std::memcpy(&word, text.data(), sizeof word);
    } else {
      std::memcpy(&word, text.data(), bytes);
    }
    if (((word - 14 * kOnes) & ~word & kHigh) != 0) return true;
    text.remove_prefix(bytes);
  }
  return false;
}

void AddText(std::string_view name, std::string_view text, Row& row) {
  if (HasControl(text)) {
    std::string normal(text);
    NormaliseText(normal);
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

// Of a text that looks like one.
void AddInstant(std::string_view name, std::string_view text, Row& row) {
  const bool utc = text.ends_with("+0000") || text.ends_with('Z');
  if (!utc || text.substr(kSecondsEnd, 4) != ".000") {
    row.Add(name, FieldKind::kText, NormalInstant(text));
    return;
  }
  std::array<char, kSecondsEnd + 1> normal;
  std::memcpy(normal.data(), text.data(), kSecondsEnd);
  normal.back() = 'Z';
  row.Add(name, FieldKind::kText, {normal.data(), normal.size()});
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
    if (LooksLikeInstant(text) && fields.TypeOf(name) == ValueType::kInstant) {
      AddInstant(name, text, row);
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
    AddInstant(column.name, cell, row);
  } else if (column.type == ValueType::kNumber &&
             (IsNormalNumber(cell) || Decimal::Parse(cell).ok())) {
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

// What a record says of itself, in the words of its source.
struct Facts {
  std::string_view id;
  std::string_view master;
  std::string_view created;
  std::string_view stamp;
  bool deleted = false;

  void Note(std::string_view name, std::string_view text, bool is_true,
            const ObjectFields& fields) {
    if (name == "Id") id = text;
    if (name == "MasterRecordId") master = text;
    if (name == "IsDeleted") deleted = is_true;
    if (name == "CreatedDate") created = text;
    if (name == fields.stamp) stamp = text;
  }
};

Ref RefOf(std::string_view system, const ObjectFields& fields, std::string_view id) {
  if (id.size() == kLongIdSize) return {system, fields.info.name, id};
  return {system, fields.info.name, LongId(id)};
}

Result<ChangeEvent> EventOf(std::string_view system, const ObjectFields& fields, const Facts& facts,
                            Row row) {
  if (facts.id.empty()) {
    return Error(ErrorKind::kInvalid, "a record of " + fields.info.name + " came without an Id");
  }
  ChangeEvent event;
  event.ref = RefOf(system, fields, facts.id);
  event.modified = ReadInstant(facts.stamp).value_or(Instant());
  event.created = ReadInstant(facts.created);
  event.deleted = facts.deleted;
  if (event.deleted && !facts.master.empty()) {
    event.merged_into = RefOf(system, fields, facts.master);
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

void NormaliseText(std::string& text) {
  if (text.find('\0') != text.npos) std::erase(text, '\0');
  const size_t first = text.find('\r');
  if (first == text.npos) return;
  char* end = text.data() + first;
  for (size_t i = first; i < text.size(); ++i) {
    const bool pair = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    if (!pair) *end++ = text[i] == '\r' ? '\n' : text[i];
  }
  text.resize(static_cast<size_t>(end - text.data()));
}

Result<ChangeEvent> ToEvent(std::string_view system, const ObjectFields& fields, JsonValue record) {
  Facts facts;
  Row row;
  row.Reserve(record.size() * kUsualFieldBytes);
  for (const JsonValue& member : record) {
    if (member.key() == "attributes") continue;
    facts.Note(member.key(), member.text(), member.boolean(), fields);
    AddField(member, fields, row);
  }
  return EventOf(system, fields, facts, std::move(row));
}

Result<ChangeEvent> ToEvent(std::string_view system, const ObjectFields& fields,
                            const std::vector<Column>& columns, const CsvRecord& record) {
  if (record.size() != columns.size()) {
    return Error(ErrorKind::kInvalid, "a record of " + std::to_string(record.size()) +
                                          " cells instead of " + std::to_string(columns.size()));
  }
  Facts facts;
  Row row;
  row.Reserve(columns.size() * kUsualFieldBytes);
  for (size_t i = 0; i < columns.size(); ++i) {
    facts.Note(columns[i].name, record[i], record[i] == "true", fields);
    AddCell(columns[i], record[i], row);
  }
  return EventOf(system, fields, facts, std::move(row));
}

}  // namespace trueup::connectors::salesforce
