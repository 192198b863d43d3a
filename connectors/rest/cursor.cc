#include "connectors/rest/cursor.h"

#include <utility>

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

// False where the member is there and is no sketch.
bool ReadSketch(JsonValue value, std::optional<IdSketch>& out) {
  if (!value.exists()) return true;
  out = IdSketch::FromText(value.text());
  return out.has_value();
}

constexpr std::pair<Cursor::Phase, std::string_view> kPhases[] = {
    {Cursor::Phase::kIdle, "idle"},
    {Cursor::Phase::kRows, "rows"},
    {Cursor::Phase::kDeletions, "deletions"},
    {Cursor::Phase::kIds, "ids"}};

std::string_view NameOf(Cursor::Phase phase) {
  for (const auto& [value, name] : kPhases) {
    if (value == phase) return name;
  }
  return {};
}

std::optional<Cursor::Phase> PhaseOf(std::string_view text) {
  for (const auto& [value, name] : kPhases) {
    if (name == text) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string Cursor::ToJson() const {
  JsonWriter json;
  json.BeginObject().Member("phase", NameOf(phase));
  WriteInstant(json, "since", since);
  if (!page.empty()) json.Member("page", page);
  if (restarted) json.Key("restarted").Bool(true);
  WriteInstant(json, "mark", mark);
  WriteInstant(json, "deleted_mark", deleted_mark);
  if (!etag.empty()) json.Member("etag", etag).Member("etag_of", etag_of);
  if (known) json.Member("known", known->ToText());
  if (listed) json.Member("listed", listed->ToText());
  json.EndObject();
  return json.Take();
}

std::optional<Cursor> Cursor::FromJson(const std::string& text) {
  const auto parsed = JsonDocument::Parse(text);
  if (!parsed.ok()) return std::nullopt;
  const JsonValue root = parsed->root();
  Cursor cursor;
  const auto phase = PhaseOf(root["phase"].text());
  if (!phase) return std::nullopt;
  cursor.phase = *phase;
  cursor.page = root["page"].text();
  cursor.restarted = root["restarted"].boolean();
  cursor.etag = root["etag"].text();
  cursor.etag_of = root["etag_of"].text();
  const bool sane =
      ReadInstant(root["since"], cursor.since) && ReadInstant(root["mark"], cursor.mark) &&
      ReadInstant(root["deleted_mark"], cursor.deleted_mark) &&
      ReadSketch(root["known"], cursor.known) && ReadSketch(root["listed"], cursor.listed);
  if (!sane) return std::nullopt;
  return cursor;
}

}  // namespace trueup::connectors::rest
