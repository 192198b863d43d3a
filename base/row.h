#pragma once

#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/hash.h"

namespace trueup {

// How a source wrote a field: before any mapping gave it a type. Stored: never renumber.
enum class FieldKind : uint8_t {
  kNull = 0,
  kFalse = 1,
  kTrue = 2,
  kNumber = 3,  // digits as the source wrote them
  kText = 4,
  kJson = 5,  // a list or object that has no flat form, as JSON text
};

// One field of a raw row; views into the row.
struct Field {
  std::string_view name;
  FieldKind kind = FieldKind::kNull;
  std::string_view text;  // empty for null and bool
};

// The fields of one record as its source gave them, in one flat buffer: written once where the page
// is parsed, logged, stored and mapped without another parse. Names are the source's; a field of a
// nested object is named by its path with dots ("address.city"). Each name at most once.
class Row {
 public:
  Row() = default;
  // Takes back what bytes() gave; kCorrupt where it is damaged.
  static Result<Row> FromBytes(std::string bytes);

  // Makes room for fields of so many bytes in all, names included.
  void Reserve(size_t bytes) { bytes_.reserve(bytes); }
  void Add(std::string_view name, FieldKind kind, std::string_view text = {});
  void AddText(std::string_view name, std::string_view text) { Add(name, FieldKind::kText, text); }

  // The field of that name, or nothing: a linear scan, for tests and tools; mappings walk the row.
  std::optional<Field> Find(std::string_view name) const;
  bool empty() const { return bytes_.empty(); }
  const std::string& bytes() const { return bytes_; }

  // Equal for equal fields and values, in whatever order the fields came. A field that is null and
  // one that is not there count the same, because an API that leaves nulls out and one that sends
  // them hold one record.
  Hash128 ContentHash() const;

  class Iterator {
   public:
    using value_type = Field;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;
    using pointer = const Field*;
    using reference = const Field&;

    explicit Iterator(std::string_view rest);
    const Field& operator*() const { return field_; }
    const Field* operator->() const { return &field_; }
    Iterator& operator++();
    friend bool operator==(const Iterator& a, const Iterator& b) {
      return a.rest_.size() == b.rest_.size() && a.done_ == b.done_;
    }

   private:
    friend class Row;
    Field field_;
    std::string_view rest_;
    bool done_ = false;
  };
  Iterator begin() const { return Iterator(bytes_); }
  Iterator end() const {
    Iterator end{std::string_view()};
    return end;
  }

  friend bool operator==(const Row& a, const Row& b) = default;

 private:
  std::string bytes_;
};

}  // namespace trueup
