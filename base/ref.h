#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace trueup {

// Names one record of one system: "salesforce/Account/001...". The id may hold any character,
// slashes included; system and object hold none. Ordered bytewise by its text, on every machine
// alike.
class Ref {
 public:
  Ref() = default;
  Ref(std::string_view system, std::string_view object, std::string_view id);
  // Reads "system/object/id"; kInvalid where a part is missing or empty.
  static Result<Ref> Parse(std::string_view text);
  // Takes back a text that ToText() gave. REQUIRES: it did.
  static Ref FromText(std::string text);

  const std::string& text() const { return text_; }
  std::string_view system() const { return std::string_view(text_).substr(0, system_end_); }
  std::string_view object() const {
    return std::string_view(text_).substr(system_end_ + 1, object_end_ - system_end_ - 1);
  }
  std::string_view id() const { return std::string_view(text_).substr(object_end_ + 1); }
  // An empty Ref names nothing; its parts must not be read.
  bool empty() const { return text_.empty(); }

  friend bool operator==(const Ref& a, const Ref& b) { return a.text_ == b.text_; }
  friend auto operator<=>(const Ref& a, const Ref& b) { return a.text_ <=> b.text_; }

 private:
  std::string text_;
  unsigned system_end_ = 0;
  unsigned object_end_ = 0;
};

}  // namespace trueup

template <>
struct std::hash<trueup::Ref> {
  size_t operator()(const trueup::Ref& ref) const noexcept {
    return std::hash<std::string>()(ref.text());
  }
};
