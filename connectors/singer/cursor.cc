#include "connectors/singer/cursor.h"

#include "base/json.h"

namespace trueup::connectors::singer {
namespace {

void Write(const TableVersion& version, JsonWriter& json) {
  json.BeginObject().Member("version", version.version);
  json.Key("whole").Bool(version.known.whole());
  json.Key("ids").BeginArray();
  for (const std::string& id : version.known.ids()) json.String(id);
  json.EndArray().EndObject();
}

// False where it is none.
bool Read(const JsonValue& value, TableVersion& out) {
  if (!value["version"].is_string() || !value["whole"].is_bool() || !value["ids"].is_array()) {
    return false;
  }
  out.version = value["version"].text();
  for (const JsonValue& id : value["ids"]) {
    if (!id.is_string()) return false;
    out.known.Add(id.text(), SIZE_MAX);
  }
  if (!value["whole"].boolean()) out.known.Forget();
  return true;
}

}  // namespace

void KnownIds::Add(std::string_view id, size_t most) {
  if (!whole_) return;
  ids_.emplace(id);
  if (ids_.size() > most) Forget();
}

std::string SingerCursor::ToJson() const {
  JsonWriter json;
  json.BeginObject().Member("stream", stream).Member("page", static_cast<int64_t>(page));
  json.Key("active");
  Write(active, json);
  if (coming) {
    json.Key("coming");
    Write(*coming, json);
  }
  if (!state.empty()) json.Key("state").Raw(state);
  json.EndObject();
  return json.Take();
}

std::optional<SingerCursor> SingerCursor::FromJson(const std::string& text) {
  const auto parsed = JsonDocument::Parse(text);
  if (!parsed.ok()) return std::nullopt;
  const JsonValue root = parsed->root();
  const auto page = root["page"].integer();
  if (!root["stream"].is_string() || !page || *page < 0) return std::nullopt;
  SingerCursor cursor;
  cursor.stream = root["stream"].text();
  cursor.page = static_cast<uint64_t>(*page);
  if (!Read(root["active"], cursor.active)) return std::nullopt;
  if (root["coming"].exists() && !Read(root["coming"], cursor.coming.emplace()))
    return std::nullopt;
  if (root["state"].exists()) cursor.state = root["state"].ToJson();
  return cursor;
}

}  // namespace trueup::connectors::singer
