#include "connectors/netsuite/cursor.h"

#include <array>
#include <string_view>
#include <utility>

#include "base/json.h"

namespace trueup::connectors::netsuite {
namespace {

using Phase = Cursor::Phase;

constexpr std::array<std::pair<std::string_view, Phase>, 6> kPhases = {{
    {"idle", Phase::kIdle},
    {"changes", Phase::kChanges},
    {"repeated hour", Phase::kRepeatedHour},
    {"deletions", Phase::kDeletions},
    {"repeated deletions", Phase::kRepeatedDeletions},
    {"whole", Phase::kWhole},
}};

std::string_view NameOf(Phase phase) {
  for (const auto& [name, value] : kPhases) {
    if (value == phase) return name;
  }
  return {};
}

void WriteText(JsonWriter& json, std::string_view key, const std::string& text) {
  if (!text.empty()) json.Member(key, text);
}

void WriteList(JsonWriter& json, std::string_view key, const std::vector<std::string>& list) {
  if (list.empty()) return;
  json.Key(key).BeginArray();
  for (const std::string& text : list) json.String(text);
  json.EndArray();
}

bool IsTime(std::string_view text) { return text.empty() || ParseLocalInstant(text).ok(); }

std::vector<std::string> ReadList(JsonValue value) {
  std::vector<std::string> list;
  for (const JsonValue item : value) list.emplace_back(item.text());
  return list;
}

}  // namespace

std::string Cursor::ToJson() const {
  JsonWriter json;
  json.BeginObject().Member("phase", NameOf(phase));
  WriteText(json, "zone", zone);
  WriteText(json, "stamp", place.stamp);
  WriteText(json, "id", place.id);
  WriteText(json, "upper", upper);
  WriteText(json, "hour_begin", hour_begin);
  WriteText(json, "hour_end", hour_end);
  WriteText(json, "mark", mark);
  WriteText(json, "deleted_mark", deleted_mark);
  WriteList(json, "missing", missing);
  WriteList(json, "known", known);
  WriteList(json, "seen", seen);
  json.EndObject();
  return json.Take();
}

std::optional<Cursor> Cursor::FromJson(const std::string& text) {
  const auto parsed = JsonDocument::Parse(text);
  if (!parsed.ok()) return std::nullopt;
  const JsonValue root = parsed->root();
  Cursor cursor;
  bool named = false;
  for (const auto& [name, value] : kPhases) {
    if (root["phase"].text() != name) continue;
    cursor.phase = value;
    named = true;
  }
  cursor.place = {std::string(root["stamp"].text()), std::string(root["id"].text())};
  cursor.zone = root["zone"].text();
  cursor.upper = root["upper"].text();
  cursor.hour_begin = root["hour_begin"].text();
  cursor.hour_end = root["hour_end"].text();
  cursor.mark = root["mark"].text();
  cursor.deleted_mark = root["deleted_mark"].text();
  cursor.missing = ReadList(root["missing"]);
  cursor.known = ReadList(root["known"]);
  cursor.seen = ReadList(root["seen"]);
  const bool times = IsTime(cursor.place.stamp) && IsTime(cursor.upper) &&
                     IsTime(cursor.hour_begin) && IsTime(cursor.hour_end) && IsTime(cursor.mark) &&
                     IsTime(cursor.deleted_mark);
  if (!named || !times) return std::nullopt;
  return cursor;
}

}  // namespace trueup::connectors::netsuite
