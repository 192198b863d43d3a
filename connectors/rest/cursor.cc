#include "connectors/rest/cursor.h"

#include "base/json.h"

namespace trueup::connectors::rest {
namespace {

void WriteInstant(JsonWriter& json, std::string_view key, const std::optional<Instant>& at) {
  if (at) json.Member(key, FormatInstant(*at));
}

// False where the member is there and is no time.
bool ReadInstant(JsonValue value, std::optional<Instant>& out) {
  if (!value.exists()) return true;
  const auto at = ParseInstant(value.text());
  if (at.ok()) out = at->at;
  return at.ok();
}

}  // namespace

std::string Cursor::ToJson() const {
  JsonWriter json;
  json.BeginObject().Member("phase", phase == Phase::kIdle   ? "idle"
                                     : phase == Phase::kRows ? "rows"
                                                             : "deletions");
  WriteInstant(json, "since", since);
  if (!page.empty()) json.Member("page", page);
  if (restarted) json.Key("restarted").Bool(true);
  WriteInstant(json, "mark", mark);
  WriteInstant(json, "deleted_mark", deleted_mark);
  json.EndObject();
  return json.Take();
}

std::optional<Cursor> Cursor::FromJson(const std::string& text) {
  const auto parsed = JsonDocument::Parse(text);
  if (!parsed.ok()) return std::nullopt;
  const JsonValue root = parsed->root();
  Cursor cursor;
  const std::string_view phase = root["phase"].text();
  if (phase != "idle" && phase != "rows" && phase != "deletions") return std::nullopt;
  cursor.phase = phase == "idle"   ? Phase::kIdle
                 : phase == "rows" ? Phase::kRows
                                   : Phase::kDeletions;
  cursor.page = root["page"].text();
  cursor.restarted = root["restarted"].boolean();
  const bool sane = ReadInstant(root["since"], cursor.since) &&
                    ReadInstant(root["mark"], cursor.mark) &&
                    ReadInstant(root["deleted_mark"], cursor.deleted_mark);
  if (!sane) return std::nullopt;
  return cursor;
}

}  // namespace trueup::connectors::rest
