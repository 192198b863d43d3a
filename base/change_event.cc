#include "base/change_event.h"

#include "base/binary.h"
#include "base/json.h"

namespace trueup {
namespace {

enum Flag : uint8_t { kDeleted = 1, kHasCreated = 2 };

Result<Ref> DecodeRef(std::string_view text) {
  Result<Ref> ref = Ref::Parse(text);
  if (ref.ok()) return ref;
  return Error(ErrorKind::kCorrupt, "a stored change event is damaged: " + ref.error().message());
}

Result<Instant> DecodeInstant(const JsonValue& value) {
  const auto instant = ParseInstant(value.text());
  if (instant.ok()) return instant->at;
  return Error(ErrorKind::kCorrupt, "a change event is damaged: " + instant.error().message());
}

void AddField(const JsonValue& field, Row& row) {
  if (field.is_null()) {
    row.Add(field.key(), FieldKind::kNull);
  } else if (field.is_bool()) {
    row.Add(field.key(), field.boolean() ? FieldKind::kTrue : FieldKind::kFalse);
  } else if (field.is_number()) {
    row.Add(field.key(), FieldKind::kNumber, field.text());
  } else if (field.is_string()) {
    row.Add(field.key(), FieldKind::kText, field.text());
  } else {
    row.Add(field.key(), FieldKind::kJson, field.ToJson());
  }
}

}  // namespace

Hash128 ChangeEvent::ContentHash() const {
  std::string head;
  PutSigned(head, ToMicros(modified));
  head.push_back(deleted ? 1 : 0);
  head.append(merged_into.text());
  const Hash128 head_hash = HashBytes(head);
  const Hash128 row_hash = row.ContentHash();
  return {head_hash.high + row_hash.high, head_hash.low + row_hash.low};
}

void ChangeEvent::Encode(std::string& out) const {
  constexpr size_t kRest = 32;  // flags, times and lengths
  out.reserve(out.size() + ref.text().size() + merged_into.text().size() + row.bytes().size() +
              kRest);
  out.push_back(static_cast<char>((deleted ? kDeleted : 0) | (created ? kHasCreated : 0)));
  PutBytes(out, ref.text());
  PutSigned(out, ToMicros(modified));
  if (created) PutSigned(out, ToMicros(*created));
  PutBytes(out, merged_into.text());
  PutBytes(out, row.bytes());
}

std::string ChangeEvent::EncodeJson() const {
  JsonWriter json;
  json.BeginObject().Member("ref", ref.text()).Member("modified", FormatInstant(modified));
  if (created) json.Member("created", FormatInstant(*created));
  if (deleted) json.Key("deleted").Bool(true);
  if (!merged_into.empty()) json.Member("merged_into", merged_into.text());
  json.Key("fields").BeginObject();
  for (const Field& field : row) {
    json.Key(field.name);
    switch (field.kind) {
      case FieldKind::kNull: json.Null(); break;
      case FieldKind::kFalse: json.Bool(false); break;
      case FieldKind::kTrue: json.Bool(true); break;
      case FieldKind::kNumber: json.Digits(field.text); break;
      case FieldKind::kText: json.String(field.text); break;
      case FieldKind::kJson: json.Raw(field.text); break;
    }
  }
  json.EndObject().EndObject();
  return json.Take();
}

Result<ChangeEvent> ChangeEvent::DecodeJson(std::string_view text) {
  const auto document = JsonDocument::Parse(std::string(text));
  if (!document.ok()) {
    return Error(ErrorKind::kCorrupt, "a change event is no JSON: " + document.error().message());
  }
  const JsonValue root = document->root();
  ChangeEvent event;
  TRUEUP_ASSIGN(event.ref, DecodeRef(root["ref"].text()));
  TRUEUP_ASSIGN(event.modified, DecodeInstant(root["modified"]));
  if (root["created"].exists()) {
    TRUEUP_ASSIGN(event.created, DecodeInstant(root["created"]));
  }
  event.deleted = root["deleted"].boolean();
  if (root["merged_into"].exists()) {
    TRUEUP_ASSIGN(event.merged_into, DecodeRef(root["merged_into"].text()));
  }
  for (const JsonValue& field : root["fields"]) AddField(field, event.row);
  return event;
}

Result<ChangeEvent> ChangeEvent::Decode(std::string_view bytes) {
  BinaryReader reader(bytes);
  ChangeEvent event;
  const uint8_t flags = reader.Byte();
  TRUEUP_ASSIGN(event.ref, DecodeRef(reader.Bytes()));
  event.modified = FromMicros(reader.Signed());
  event.deleted = (flags & kDeleted) != 0;
  if ((flags & kHasCreated) != 0) event.created = FromMicros(reader.Signed());
  const std::string_view winner = reader.Bytes();
  if (!winner.empty()) {
    TRUEUP_ASSIGN(event.merged_into, DecodeRef(winner));
  }
  const std::string_view row = reader.Bytes();
  TRUEUP_RETURN_IF_ERROR(reader.Check("a stored change event"));
  if (!reader.at_end())
    return Error(ErrorKind::kCorrupt, "a stored change event has trailing bytes");
  TRUEUP_ASSIGN(event.row, Row::FromBytes(std::string(row)));
  return event;
}

}  // namespace trueup
