#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/decimal.h"
#include "base/instant.h"

namespace trueup {

// A field that was not read, and a field that was read and is empty, are two things.
struct Absent {
  friend bool operator==(Absent, Absent) = default;
};
struct Null {
  friend bool operator==(Null, Null) = default;
};

// One typed value: absent, null, text, number (decimal), bool, date, instant with zone, or a list
// of values.
class Value {
 public:
  using List = std::vector<Value>;

  Value() = default;
  // NOLINTBEGIN(google-explicit-constructor): a Value stands for what it holds.
  Value(Absent) {}
  Value(Null null) : data_(null) {}
  Value(bool flag) : data_(flag) {}
  Value(Decimal number) : data_(number) {}
  Value(std::string text) : data_(std::move(text)) {}
  Value(std::string_view text) : data_(std::string(text)) {}
  Value(const char* text) : data_(std::string(text)) {}
  Value(Date date) : data_(date) {}
  Value(ZonedInstant at) : data_(at) {}
  Value(List list) : data_(std::move(list)) {}
  // NOLINTEND(google-explicit-constructor)

  bool is_absent() const { return std::holds_alternative<Absent>(data_); }
  bool is_null() const { return std::holds_alternative<Null>(data_); }
  // Absent, null, an empty text or an empty list: nothing that could win or count as filled in.
  bool is_empty() const;

  // The held value, or nullptr where it holds another type.
  const bool* if_bool() const { return std::get_if<bool>(&data_); }
  const Decimal* if_number() const { return std::get_if<Decimal>(&data_); }
  const std::string* if_text() const { return std::get_if<std::string>(&data_); }
  const Date* if_date() const { return std::get_if<Date>(&data_); }
  const ZonedInstant* if_instant() const { return std::get_if<ZonedInstant>(&data_); }
  const List* if_list() const { return std::get_if<List>(&data_); }

  // The canonical text: equal values have equal texts. "true", "12.5", "2026-01-31",
  // "2026-01-31T09:00:00Z" (in UTC); list items joined by "; "; empty for absent and null.
  std::string ToText() const;

  friend bool operator==(const Value& a, const Value& b) = default;

  // Appends a self-delimiting encoding to `out`; Decode takes it off the front of `in`. Damaged
  // input: kCorrupt.
  void Encode(std::string& out) const;
  static Result<Value> Decode(std::string_view& in);

 private:
  std::variant<Absent, Null, bool, Decimal, std::string, Date, ZonedInstant, List> data_;
};

}  // namespace trueup
