#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/row.h"

namespace trueup {

class JsonValue;

// A parsed JSON text. Parsing is iterative (deep nesting cannot overflow the stack; more than 256
// levels are kInvalid), strict, checks UTF-8, and keeps numbers as their digits. Values are views
// into the document: they live as long as it does.
class JsonDocument {
 public:
  // kInvalid with line and column where the text is not JSON. Takes the text because it is parsed
  // in place.
  static Result<JsonDocument> Parse(std::string text);

  JsonValue root() const;

 private:
  friend class JsonValue;
  friend class JsonBuilder;
  enum class Type : uint8_t { kNull, kFalse, kTrue, kNumber, kString, kArray, kObject };
  struct Node {
    Type type = Type::kNull;
    uint32_t end = 0;       // index behind the last node of this value: how to step over it
    uint32_t size = 0;      // items of an array, members of an object
    std::string_view text;  // of a string or number
    std::string_view key;   // where the value is a member
  };

  JsonDocument() = default;
  void BlankLineBreaks();

  std::unique_ptr<std::string> buffer_;  // on the heap, so that moving the document moves no text
  std::vector<Node> nodes_;              // depth first
};

// One value of a JsonDocument. A default one, and every look-up that finds nothing, is "missing":
// it reads as null and finds nothing in turn, so a chain of look-ups needs one check at its end.
class JsonValue {
 public:
  JsonValue() = default;

  bool exists() const { return document_ != nullptr; }
  bool is_null() const;
  bool is_string() const;
  bool is_number() const;
  bool is_bool() const;
  bool is_array() const;
  bool is_object() const;

  // The text of a string or the digits of a number; empty for anything else.
  std::string_view text() const;
  bool boolean() const;  // true only for `true`
  // The number as a whole one; nothing where it is no integer of 64 bits. Also reads a string of
  // digits.
  std::optional<int64_t> integer() const;

  // Members and items.
  size_t size() const;
  JsonValue operator[](std::string_view key) const;  // the first member of that name
  JsonValue At(std::string_view pointer) const;      // RFC 6901: "/a/0/b"; "" is this value
  std::string_view key() const;                      // the name of this member

  // Walks items or members in order.
  class Iterator;
  Iterator begin() const;
  Iterator end() const;

  // This value as JSON text again, without white space.
  std::string ToJson() const;

 private:
  friend class JsonDocument;
  friend class Iterator;
  JsonValue(const JsonDocument* document, uint32_t index) : document_(document), index_(index) {}
  const JsonDocument::Node& node() const { return document_->nodes_[index_]; }

  const JsonDocument* document_ = nullptr;
  uint32_t index_ = 0;
};

class JsonValue::Iterator {
 public:
  JsonValue operator*() const { return {document_, index_}; }
  Iterator& operator++() {
    index_ = document_->nodes_[index_].end;
    return *this;
  }
  friend bool operator==(const Iterator& a, const Iterator& b) { return a.index_ == b.index_; }

 private:
  friend class JsonValue;
  Iterator(const JsonDocument* document, uint32_t index) : document_(document), index_(index) {}
  const JsonDocument* document_;
  uint32_t index_;
};

// Adds every member of a JSON object to `row`: scalars as they are, members of nested objects under
// their path with dots, arrays and objects deeper than four levels as JSON text.
void AddJsonFields(const JsonValue& object, Row& row);

// Writes JSON text, front to back. Keys come in the order in which they are written.
class JsonWriter {
 public:
  JsonWriter& BeginObject();
  JsonWriter& EndObject();
  JsonWriter& BeginArray();
  JsonWriter& EndArray();
  JsonWriter& Key(std::string_view key);
  JsonWriter& String(std::string_view text);  // bytes that are not UTF-8 become U+FFFD
  JsonWriter& Number(int64_t number);
  JsonWriter& Digits(
      std::string_view number);  // a number that is already text. REQUIRES: it is JSON's
  JsonWriter& Bool(bool flag);
  JsonWriter& Null();
  JsonWriter& Raw(std::string_view json);  // a value that is already JSON. REQUIRES: it is

  // Shorthands for members.
  JsonWriter& Member(std::string_view key, std::string_view text) { return Key(key).String(text); }
  JsonWriter& Member(std::string_view key, const char* text) { return Key(key).String(text); }
  JsonWriter& Member(std::string_view key, int64_t number) { return Key(key).Number(number); }
  // A text, or null where it is empty.
  JsonWriter& TextOrNull(std::string_view key, std::string_view text) {
    return text.empty() ? Key(key).Null() : Key(key).String(text);
  }

  const std::string& text() const { return text_; }
  std::string Take() { return std::move(text_); }

 private:
  void Separate();
  std::string text_;
  bool first_ = true;  // nothing written yet in the open object or array
  bool after_key_ = false;
};

}  // namespace trueup
