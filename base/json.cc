#include "base/json.h"

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>
#include <rapidjson/stream.h>

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace trueup {

// Receives RapidJSON's events and lays the nodes down depth first.
class JsonBuilder {
 public:
  explicit JsonBuilder(std::vector<JsonDocument::Node>& nodes) : nodes_(nodes) {}

  bool Null() { return Add(JsonDocument::Type::kNull, {}); }
  bool Bool(bool flag) {
    return Add(flag ? JsonDocument::Type::kTrue : JsonDocument::Type::kFalse, {});
  }
  bool RawNumber(const char* text, unsigned size, bool) {
    return Add(JsonDocument::Type::kNumber, {text, size});
  }
  bool String(const char* text, unsigned size, bool) {
    return Add(JsonDocument::Type::kString, {text, size});
  }
  bool Key(const char* text, unsigned size, bool) {
    key_ = {text, size};
    return true;
  }
  bool StartObject() { return Open(JsonDocument::Type::kObject); }
  bool StartArray() { return Open(JsonDocument::Type::kArray); }
  bool EndObject(unsigned size) { return Close(size); }
  bool EndArray(unsigned size) { return Close(size); }
  // Numbers arrive as text, so none of these is called.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(int64_t) { return false; }
  bool Uint64(uint64_t) { return false; }
  bool Double(double) { return false; }

 private:
  static constexpr size_t kMaxDepth = 256;

  bool Add(JsonDocument::Type type, std::string_view text) {
    const auto index = static_cast<uint32_t>(nodes_.size());
    nodes_.push_back({type, index + 1, 0, text, key_});
    key_ = {};
    return true;
  }
  bool Open(JsonDocument::Type type) {
    if (open_.size() >= kMaxDepth) return false;
    open_.push_back(static_cast<uint32_t>(nodes_.size()));
    return Add(type, {});
  }
  bool Close(unsigned size) {
    JsonDocument::Node& node = nodes_[open_.back()];
    node.end = static_cast<uint32_t>(nodes_.size());
    node.size = size;
    open_.pop_back();
    return true;
  }

  std::vector<JsonDocument::Node>& nodes_;
  std::vector<uint32_t> open_;
  std::string_view key_;
};

namespace {

constexpr unsigned kParseFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseInsituFlag |
                                 rapidjson::kParseNumbersAsStringsFlag |
                                 rapidjson::kParseValidateEncodingFlag;

// The place of a byte offset.
std::string PlaceOf(std::string_view text, size_t offset) {
  offset = std::min(offset, text.size());
  const auto before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const size_t newline = before.rfind('\n');
  const size_t column = newline == before.npos ? offset + 1 : offset - newline;
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

constexpr int kFlattenLevels = 4;

void AddField(const JsonValue& value, const std::string& name, int level, Row& row) {
  if (value.is_object() && level < kFlattenLevels) {
    for (const JsonValue& member : value) {
      AddField(member, name + "." + std::string(member.key()), level + 1, row);
    }
  } else if (value.is_object() || value.is_array()) {
    row.Add(name, FieldKind::kJson, value.ToJson());
  } else if (value.is_string()) {
    row.Add(name, FieldKind::kText, value.text());
  } else if (value.is_number()) {
    row.Add(name, FieldKind::kNumber, value.text());
  } else if (value.is_bool()) {
    row.Add(name, value.boolean() ? FieldKind::kTrue : FieldKind::kFalse);
  } else {
    row.Add(name, FieldKind::kNull);
  }
}

void WriteValue(const JsonValue& value, JsonWriter& writer) {
  if (value.is_object()) {
    writer.BeginObject();
    for (const JsonValue& member : value) {
      writer.Key(member.key());
      WriteValue(member, writer);
    }
    writer.EndObject();
  } else if (value.is_array()) {
    writer.BeginArray();
    for (const JsonValue& item : value) WriteValue(item, writer);
    writer.EndArray();
  } else if (value.is_string()) {
    writer.String(value.text());
  } else if (value.is_number()) {
    writer.Digits(value.text());
  } else if (value.is_bool()) {
    writer.Bool(value.boolean());
  } else {
    writer.Null();
  }
}

// The bytes of the UTF-8 character at the front of `text`, or 0 where there is none.
size_t Utf8Length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const auto continues = [&](size_t i) { return i < text.size() && (byte(i) & 0xc0) == 0x80; };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return continues(1) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    if (!continues(1) || !continues(2)) return 0;
    if (lead == 0xe0 && byte(1) < 0xa0) return 0;
    if (lead == 0xed && byte(1) > 0x9f) return 0;  // surrogates
    return 3;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    if (!continues(1) || !continues(2) || !continues(3)) return 0;
    if (lead == 0xf0 && byte(1) < 0x90) return 0;
    if (lead == 0xf4 && byte(1) > 0x8f) return 0;
    return 4;
  }
  return 0;
}

void AppendEscaped(std::string& out, std::string_view text) {
  size_t plain = 0;  // start of the run that needs no change
  size_t i = 0;
  const auto flush = [&](size_t until) { out.append(text.substr(plain, until - plain)); };
  while (i < text.size()) {
    const auto c = static_cast<uint8_t>(text[i]);
    if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
      ++i;
      continue;
    }
    const size_t length = Utf8Length(text.substr(i));
    if (length > 1) {
      i += length;
      continue;
    }
    flush(i);
    switch (c) {
      case '"': out.append("\\\""); break;
      case '\\': out.append("\\\\"); break;
      case '\n': out.append("\\n"); break;
      case '\r': out.append("\\r"); break;
      case '\t': out.append("\\t"); break;
      default: {
        if (c >= 0x80) {
          out.append("\xef\xbf\xbd");
        } else {
          char escape[8];
          std::snprintf(escape, sizeof escape, "\\u%04x", c);
          out.append(escape);
        }
      }
    }
    plain = ++i;
  }
  flush(text.size());
}

}  // namespace

Result<JsonDocument> JsonDocument::Parse(std::string text) {
  JsonDocument document;
  document.buffer_ = std::make_unique<std::string>(std::move(text));
  document.nodes_.reserve(document.buffer_->size() / 12 + 1);
  // RapidJSON takes a NUL for the end of the text and would not look behind it.
  if (const size_t nul = document.buffer_->find('\0'); nul != std::string::npos) {
    return Error(ErrorKind::kInvalid, "not JSON: a NUL byte at " + PlaceOf(*document.buffer_, nul));
  }
  JsonBuilder builder(document.nodes_);
  rapidjson::Reader reader;
  rapidjson::InsituStringStream stream(document.buffer_->data());
  const auto outcome = reader.Parse<kParseFlags>(stream, builder);
  if (outcome.IsError()) {
    document.BlankLineBreaks();
    const bool deep = outcome.Code() == rapidjson::kParseErrorTermination;
    return Error(ErrorKind::kInvalid,
                 std::string("not JSON: ") +
                     (deep ? "nested too deeply" : rapidjson::GetParseError_En(outcome.Code())) +
                     " at " + PlaceOf(*document.buffer_, outcome.Offset()));
  }
  return document;
}

// Parsing in place has put line breaks where escapes stood; those do not count for the place of an
// error.
void JsonDocument::BlankLineBreaks() {
  for (const Node& node : nodes_) {
    for (const std::string_view text : {node.text, node.key}) {
      if (text.empty()) continue;
      char* const begin = buffer_->data() + (text.data() - buffer_->data());
      std::replace(begin, begin + text.size(), '\n', ' ');
    }
  }
}

JsonValue JsonDocument::root() const { return {this, 0}; }

bool JsonValue::is_null() const {
  return document_ == nullptr || node().type == JsonDocument::Type::kNull;
}
bool JsonValue::is_string() const {
  return document_ != nullptr && node().type == JsonDocument::Type::kString;
}
bool JsonValue::is_number() const {
  return document_ != nullptr && node().type == JsonDocument::Type::kNumber;
}
bool JsonValue::is_bool() const {
  return document_ != nullptr &&
         (node().type == JsonDocument::Type::kTrue || node().type == JsonDocument::Type::kFalse);
}
bool JsonValue::is_array() const {
  return document_ != nullptr && node().type == JsonDocument::Type::kArray;
}
bool JsonValue::is_object() const {
  return document_ != nullptr && node().type == JsonDocument::Type::kObject;
}

std::string_view JsonValue::text() const {
  return document_ == nullptr ? std::string_view() : node().text;
}

bool JsonValue::boolean() const {
  return document_ != nullptr && node().type == JsonDocument::Type::kTrue;
}

std::optional<int64_t> JsonValue::integer() const {
  const std::string_view digits = text();
  int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || digits.empty()) {
    return std::nullopt;
  }
  return number;
}

size_t JsonValue::size() const { return document_ == nullptr ? 0 : node().size; }

std::string_view JsonValue::key() const {
  return document_ == nullptr ? std::string_view() : node().key;
}

JsonValue JsonValue::operator[](std::string_view key) const {
  if (!is_object()) return {};
  for (const JsonValue& member : *this) {
    if (member.key() == key) return member;
  }
  return {};
}

JsonValue JsonValue::At(std::string_view pointer) const {
  JsonValue value = *this;
  while (!pointer.empty() && value.exists()) {
    if (pointer.front() != '/') return {};
    pointer.remove_prefix(1);
    std::string token(pointer.substr(0, pointer.find('/')));
    pointer.remove_prefix(token.size());
    for (size_t at = 0; (at = token.find('~', at)) != token.npos; ++at) {
      if (token.compare(at, 2, "~1") == 0) token.replace(at, 2, "/");
      if (token.compare(at, 2, "~0") == 0) token.replace(at, 2, "~");
    }
    if (value.is_array()) {
      size_t index = 0;
      const auto read = std::from_chars(token.data(), token.data() + token.size(), index);
      if (read.ec != std::errc() || read.ptr != token.data() + token.size()) return {};
      if (index >= value.size()) return {};
      auto item = value.begin();
      for (; index > 0; --index) ++item;
      value = *item;
    } else {
      value = value[token];
    }
  }
  return value;
}

JsonValue::Iterator JsonValue::begin() const {
  if (!is_array() && !is_object()) return {document_, 0};
  return {document_, index_ + 1};
}

JsonValue::Iterator JsonValue::end() const {
  if (!is_array() && !is_object()) return {document_, 0};
  return {document_, node().end};
}

std::string JsonValue::ToJson() const {
  JsonWriter writer;
  WriteValue(*this, writer);
  return writer.Take();
}

void AddJsonFields(const JsonValue& object, Row& row) {
  for (const JsonValue& member : object) AddField(member, std::string(member.key()), 0, row);
}

void JsonWriter::Separate() {
  if (!first_ && !after_key_) text_.push_back(',');
  first_ = false;
  after_key_ = false;
}

JsonWriter& JsonWriter::BeginObject() {
  Separate();
  text_.push_back('{');
  first_ = true;
  return *this;
}
JsonWriter& JsonWriter::EndObject() {
  text_.push_back('}');
  first_ = false;
  return *this;
}
JsonWriter& JsonWriter::BeginArray() {
  Separate();
  text_.push_back('[');
  first_ = true;
  return *this;
}
JsonWriter& JsonWriter::EndArray() {
  text_.push_back(']');
  first_ = false;
  return *this;
}
JsonWriter& JsonWriter::Key(std::string_view key) {
  String(key);
  text_.push_back(':');
  after_key_ = true;
  return *this;
}
JsonWriter& JsonWriter::String(std::string_view text) {
  Separate();
  text_.push_back('"');
  AppendEscaped(text_, text);
  text_.push_back('"');
  return *this;
}
JsonWriter& JsonWriter::Number(int64_t number) { return Raw(std::to_string(number)); }
JsonWriter& JsonWriter::Digits(std::string_view number) { return Raw(number); }
JsonWriter& JsonWriter::Bool(bool flag) { return Raw(flag ? "true" : "false"); }
JsonWriter& JsonWriter::Null() { return Raw("null"); }
JsonWriter& JsonWriter::Raw(std::string_view json) {
  Separate();
  text_.append(json);
  return *this;
}

}  // namespace trueup
