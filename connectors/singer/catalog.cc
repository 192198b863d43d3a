#include "connectors/singer/catalog.h"

#include <set>
#include <utility>

namespace trueup::connectors::singer {
namespace {

// The name that RECORD messages carry.
std::string_view NameOf(const JsonValue& stream) {
  const JsonValue name = stream["stream"];
  return name.is_string() ? name.text() : stream["tap_stream_id"].text();
}

// `object` without the named members, which the caller writes anew; the object stays open.
void CopyOpen(const JsonValue& object, const std::set<std::string_view>& without,
              JsonWriter& json) {
  json.BeginObject();
  for (const JsonValue& member : object) {
    if (!without.contains(member.key())) json.Key(member.key()).Raw(member.ToJson());
  }
}

// Writes one stream of the catalog, selected or not. There are three generations of taps: newer
// ones look into the metadata, older ones into the schema, and some into the stream itself.
class StreamWriter {
 public:
  StreamWriter(const JsonValue& stream, const SingerObjectSettings* settings, JsonWriter& json)
      : stream_(stream), settings_(settings), json_(json) {}

  void Write() {
    std::set<std::string_view> changed = {"selected", "schema", "metadata"};
    if (!Method().empty()) changed.insert("replication_method");
    if (!Key().empty()) changed.insert("replication_key");
    CopyOpen(stream_, changed, json_);
    json_.Key("selected").Bool(selected());
    if (!Method().empty()) json_.Member("replication_method", Method());
    if (!Key().empty()) json_.Member("replication_key", Key());
    json_.Key("schema");
    CopyOpen(stream_["schema"], {"selected"}, json_);
    json_.Key("selected").Bool(selected()).EndObject();
    WriteMetadata();
    json_.EndObject();
  }

 private:
  bool selected() const { return settings_ != nullptr; }
  std::string_view Method() const { return selected() ? ToWord(settings_->replication) : ""; }
  std::string_view Key() const {
    return selected() ? std::string_view(settings_->replication_key) : "";
  }

  void WriteMetadata() {
    bool of_stream = false;
    json_.Key("metadata").BeginArray();
    for (const JsonValue& entry : stream_["metadata"]) {
      const bool whole = entry["breadcrumb"].size() == 0;
      of_stream |= whole;
      WriteEntry(entry, whole);
    }
    if (!of_stream) {
      json_.BeginObject().Key("breadcrumb").BeginArray().EndArray();
      json_.Key("metadata").BeginObject();
      WriteStreamMembers();
      json_.EndObject().EndObject();
    }
    json_.EndArray();
  }

  void WriteEntry(const JsonValue& entry, bool whole) {
    CopyOpen(entry, {"metadata"}, json_);
    json_.Key("metadata");
    std::set<std::string_view> changed = {"selected"};
    if (whole && !Method().empty()) changed.insert("replication-method");
    if (whole && !Key().empty()) changed.insert("replication-key");
    CopyOpen(entry["metadata"], changed, json_);
    if (whole) {
      WriteStreamMembers();
    } else {
      const bool possible = entry.At("/metadata/inclusion").text() != "unsupported";
      json_.Key("selected").Bool(selected() && possible);
    }
    json_.EndObject().EndObject();
  }

  void WriteStreamMembers() {
    json_.Key("selected").Bool(selected());
    if (!Method().empty()) json_.Member("replication-method", Method());
    if (!Key().empty()) json_.Member("replication-key", Key());
  }

  const JsonValue stream_;
  const SingerObjectSettings* settings_;  // null: not selected
  JsonWriter& json_;
};

// "string, null" of ["string", "null"]; the format where there is one says more.
std::string TypeOf(const JsonValue& schema) {
  if (schema["format"].is_string()) return std::string(schema["format"].text());
  const JsonValue type = schema["type"];
  if (type.is_string()) return std::string(type.text());
  std::string text;
  for (const JsonValue& one : type) {
    if (one.text() == "null") continue;
    text += (text.empty() ? "" : ", ") + std::string(one.text());
  }
  return text;
}

}  // namespace

Result<Catalog> Catalog::Parse(std::string text) {
  auto document = JsonDocument::Parse(std::move(text));
  if (!document.ok()) return std::move(document).error().In("the catalog");
  const JsonValue streams = document->root()["streams"];
  if (!streams.is_array()) {
    return Error(ErrorKind::kInvalid, "the catalog has no list \"streams\"");
  }
  for (const JsonValue& stream : streams) {
    if (NameOf(stream).empty()) {
      return Error(ErrorKind::kInvalid, "the catalog has a stream without a name");
    }
  }
  return Catalog(*std::move(document));
}

JsonValue Catalog::Find(const std::string& stream) const {
  for (const JsonValue& one : document_.root()["streams"]) {
    if (NameOf(one) == stream) return one;
  }
  return {};
}

std::vector<std::string> Catalog::streams() const {
  std::vector<std::string> names;
  for (const JsonValue& one : document_.root()["streams"]) names.emplace_back(NameOf(one));
  return names;
}

std::vector<FieldInfo> Catalog::Fields(const std::string& stream) const {
  std::vector<FieldInfo> fields;
  for (const JsonValue& property : Find(stream)["schema"]["properties"]) {
    if (property.key().starts_with("_sdc_")) continue;
    FieldInfo& field = fields.emplace_back();
    field.name = property.key();
    field.type = TypeOf(property);
    field.label = property["title"].text();
  }
  return fields;
}

std::string Catalog::Select(const std::string& stream, const SingerObjectSettings& settings) const {
  JsonWriter json;
  CopyOpen(document_.root(), {"streams"}, json);
  json.Key("streams").BeginArray();
  for (const JsonValue& one : document_.root()["streams"]) {
    StreamWriter(one, NameOf(one) == stream ? &settings : nullptr, json).Write();
  }
  json.EndArray().EndObject();
  return json.Take();
}

}  // namespace trueup::connectors::singer
