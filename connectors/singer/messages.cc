#include "connectors/singer/messages.h"

#include <algorithm>
#include <utility>

namespace trueup::connectors::singer {
namespace {

// Fields that taps and targets add: they tell of the reading, and differ from run to run.
constexpr std::string_view kAdded = "_sdc_";
constexpr std::string_view kDeletedAt = "_sdc_deleted_at";

// "2026-01-31T09:00:00Z", the same without a zone (then UTC), or "2026-01-31".
std::optional<Instant> ReadTime(std::string_view text) {
  if (const auto zoned = ParseInstant(text); zoned.ok()) return zoned->at;
  if (const auto local = ParseLocalInstant(text); local.ok()) return *local;
  if (const auto date = ParseDate(text); date.ok()) return Instant(*date);
  return std::nullopt;
}

bool IsTime(const JsonValue& schema) {
  const std::string_view format = schema["format"].text();
  if (format == "date-time" || format == "date") return true;
  for (const JsonValue& one : schema["anyOf"]) {
    if (IsTime(one)) return true;
  }
  return false;
}

// The parts of an id of several fields, apart even where they hold slashes.
std::string Joined(const std::vector<std::string_view>& parts) {
  if (parts.size() == 1) return std::string(parts.front());
  std::string id;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) id += '/';
    for (const char c : parts[i]) {
      if (c == '%') {
        id += "%25";
      } else if (c == '/') {
        id += "%2F";
      } else {
        id += c;
      }
    }
  }
  return id;
}

Row WithoutAdded(const Row& row) {
  Row kept;
  for (const Field& field : row) {
    if (!field.name.starts_with(kAdded)) kept.Add(field.name, field.kind, field.text);
  }
  return kept;
}

// A name that comes twice, also as "a.b" beside {"a": {"b": ...}}, would hide one of the two
// values.
std::string NameThatComesTwice(const Row& row) {
  std::vector<std::string_view> names;
  for (const Field& field : row) names.push_back(field.name);
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  return twice == names.end() ? "" : std::string(*twice);
}

std::string VersionOf(const JsonValue& root) { return std::string(root["version"].text()); }

}  // namespace

MessageReader::MessageReader(std::unique_ptr<Tap> tap, std::string system, std::string object,
                             std::string stream, const SingerObjectSettings& settings)
    : tap_(std::move(tap)),
      system_(std::move(system)),
      object_(std::move(object)),
      stream_(std::move(stream)),
      settings_(settings) {}

Error MessageReader::Wrong(const std::string& message) const {
  return tap_->LineError(message).In("stream " + stream_);
}

Result<std::optional<Message>> MessageReader::Next(std::stop_token stop) {
  for (;;) {
    auto line = tap_->NextLine(stop);
    if (!line.ok()) return std::move(line).error().In("stream " + stream_);
    if (!*line) break;
    const auto parsed = JsonDocument::Parse(std::string(**line));
    if (!parsed.ok()) return Wrong(parsed.error().message());
    if (!parsed->root().is_object()) return Wrong("a message must be a JSON object");
    TRUEUP_ASSIGN(auto message, Read(parsed->root()));
    if (message) return message;
  }
  if (!described_.contains(stream_)) {
    return Error(ErrorKind::kInvalid,
                 "stream " + stream_ +
                     ": the tap ended well, but never sent the stream's SCHEMA: does it know the "
                     "stream, and does it take its catalog by " +
                     "this catalog_option?");
  }
  return std::optional<Message>();
}

// Nothing where the message is of no concern.
Result<std::optional<Message>> MessageReader::Read(const JsonValue& root) {
  using Nothing = std::optional<Message>;
  const std::string_view type = root["type"].text();
  if (type == "STATE") {
    if (!root["value"].exists()) return Wrong("a STATE without value");
    if (root["value"].is_null()) return Nothing();
    Message message;
    message.kind = Message::Kind::kState;
    message.state = root["value"].ToJson();
    return Nothing(std::move(message));
  }
  const bool known = type == "SCHEMA" || type == "RECORD" || type == "ACTIVATE_VERSION";
  if (!known) {
    return Wrong(type.empty()
                     ? "a message without type"
                     : "a message of type \"" + std::string(type) + "\" is not understood");
  }
  const std::string stream(root["stream"].text());
  if (stream.empty()) return Wrong("a " + std::string(type) + " without stream");
  if (type == "SCHEMA") {
    TRUEUP_RETURN_IF_ERROR(ReadSchema(root));
    return Nothing();
  }
  if (type == "RECORD" && !described_.contains(stream)) {
    return Wrong("a RECORD of " + stream + " before its SCHEMA");
  }
  if (stream != stream_) return Nothing();
  if (type == "RECORD") {
    TRUEUP_ASSIGN(Message message, ReadRecord(root));
    return Nothing(std::move(message));
  }
  Message message;
  message.kind = Message::Kind::kActivate;
  message.version = VersionOf(root);
  if (message.version.empty()) return Wrong("an ACTIVATE_VERSION without version");
  return Nothing(std::move(message));
}

Status MessageReader::ReadSchema(const JsonValue& root) {
  if (!root["schema"].is_object()) return Wrong("a SCHEMA without schema");
  const std::string stream(root["stream"].text());
  described_.insert(stream);
  if (stream != stream_) return {};
  id_ = settings_.id;
  if (id_.empty()) {
    for (const JsonValue& key : root["key_properties"]) id_.emplace_back(key.text());
  }
  if (id_.empty()) return Wrong("the SCHEMA has no key_properties: name the fields as id");
  if (settings_.modified) {
    modified_ = *settings_.modified;
    return {};
  }
  std::string key = settings_.replication_key;
  for (const JsonValue& bookmark : root["bookmark_properties"]) {
    if (key.empty()) key = bookmark.text();
  }
  const bool usable = !key.starts_with(kAdded) && IsTime(root["schema"]["properties"][key]);
  modified_ = usable ? key : "";
  return {};
}

Result<std::string> MessageReader::IdOf(const Row& row) const {
  std::vector<std::string_view> parts;
  for (const std::string& name : id_) {
    const auto field = row.Find(name);
    if (!field || field->text.empty()) {
      return Wrong("a RECORD whose id field \"" + name + "\" is missing or empty");
    }
    parts.push_back(field->text);
  }
  return Joined(parts);
}

Status MessageReader::ReadTimes(const Row& row, ChangeEvent& event) const {
  for (const std::string& name : {modified_, settings_.created}) {
    const auto field = name.empty() ? std::nullopt : row.Find(name);
    if (!field || field->text.empty()) continue;
    const auto time = ReadTime(field->text);
    if (name == modified_ && time) event.modified = *time;
    if (name == settings_.created) event.created = time;
    if (time || (name == modified_ && !settings_.modified)) continue;
    return Wrong("field \"" + name + "\" holds no ISO 8601 time");
  }
  const auto deleted = row.Find(kDeletedAt);
  event.deleted = deleted && deleted->kind != FieldKind::kNull;
  // Without stamps a deletion has none either: else nothing could bring the record back.
  if (event.deleted && stamped()) {
    const auto time = ReadTime(deleted->text);
    event.modified = std::max(event.modified, time.value_or(event.modified));
  }
  return {};
}

Result<Message> MessageReader::ReadRecord(const JsonValue& root) const {
  if (!root["record"].is_object()) return Wrong("a RECORD without record");
  Row row;
  AddJsonFields(root["record"], row);
  if (const std::string twice = NameThatComesTwice(row); !twice.empty()) {
    return Wrong("field \"" + twice + "\" comes twice");
  }
  Message message;
  message.version = VersionOf(root);
  TRUEUP_ASSIGN(const std::string id, IdOf(row));
  message.event.ref = Ref(system_, object_, id);
  TRUEUP_RETURN_IF_ERROR(ReadTimes(row, message.event));
  if (!message.event.deleted) message.event.row = WithoutAdded(row);
  return message;
}

}  // namespace trueup::connectors::singer
