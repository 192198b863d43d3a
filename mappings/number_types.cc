#include <algorithm>
#include <array>
#include <optional>

#include "mappings/text.h"
#include "mappings/types.h"

namespace trueup::mappings {
namespace {

// White space and apostrophes between digits only ever group thousands.
std::string WithoutGrouping(std::string_view text) {
  static constexpr std::string_view kMarks[] = {" ", "'", "\xC2\xA0", "\xE2\x80\xAF",
                                                "\xE2\x80\x99"};
  std::string plain;
  while (!text.empty()) {
    const auto mark = std::find_if(std::begin(kMarks), std::end(kMarks),
                                   [&](std::string_view m) { return text.starts_with(m); });
    if (mark == std::end(kMarks)) plain.push_back(text.front());
    text.remove_prefix(mark == std::end(kMarks) ? 1 : mark->size());
  }
  return plain;
}

// Whether the digits before the decimal mark stand in groups of three behind `separator`.
bool IsGrouped(std::string_view whole, char separator) {
  if (!whole.empty() && (whole.front() == '-' || whole.front() == '+')) whole.remove_prefix(1);
  const size_t first = std::min(whole.find(separator), whole.size());
  if (first == 0 || first > 3) return false;
  for (size_t at = first; at < whole.size(); at += 4) {
    if (whole[at] != separator || whole.size() - at < 4) return false;
    if (!IsDigits(whole.substr(at + 1, 3))) return false;
  }
  return IsDigits(whole.substr(0, first));
}

// The number with a point and without separators; nothing where its marks have two readings or
// none.
std::optional<std::string> Unambiguous(const std::string& text) {
  const size_t comma = text.rfind(',');
  const size_t point = text.rfind('.');
  const auto count = [&](char c) { return std::count(text.begin(), text.end(), c); };
  char decimal = 0;
  if (comma != std::string::npos && point != std::string::npos) {
    decimal = comma > point ? ',' : '.';
    if (count(decimal) != 1) return std::nullopt;
  } else if (comma != std::string::npos && count(',') == 1) {
    const bool may_group = comma <= 4 && text.front() != '0' && text.size() - comma - 1 == 3;
    if (may_group) return std::nullopt;  // "1,234"
    decimal = ',';
  }
  const char grouping = decimal == ','                                   ? '.'
                        : (decimal == '.' || comma != std::string::npos) ? ','
                                                                         : '.';
  const size_t mark = decimal == 0 ? text.size() : text.rfind(decimal);
  const std::string_view whole = std::string_view(text).substr(0, mark);
  if (whole.find(grouping) != std::string_view::npos && !IsGrouped(whole, grouping)) {
    return std::nullopt;
  }
  std::string plain(whole);
  std::erase(plain, grouping);
  if (mark < text.size()) plain += "." + text.substr(mark + 1);
  return plain;
}

}  // namespace

TypedValue ReadNumber(std::string_view text) {
  if (auto number = Decimal::Parse(text); number.ok()) return {Value(*number), {}};
  const std::string ungrouped = WithoutGrouping(text);
  if (auto number = Decimal::Parse(ungrouped); number.ok()) return {Value(*number), {}};
  if (const auto plain = Unambiguous(ungrouped)) {
    if (auto number = Decimal::Parse(*plain); number.ok()) return {Value(*number), {}};
  }
  return TypedValue::Invalid(text, "not a number that has one reading");
}

TypedValue ReadBoolean(std::string_view text) {
  static constexpr std::string_view kTrue[] = {"true", "t", "yes", "y", "1"};
  static constexpr std::string_view kFalse[] = {"false", "f", "no", "n", "0"};
  const std::string word = AsciiLower(text);
  if (std::find(std::begin(kTrue), std::end(kTrue), word) != std::end(kTrue))
    return {Value(true), {}};
  if (std::find(std::begin(kFalse), std::end(kFalse), word) != std::end(kFalse)) {
    return {Value(false), {}};
  }
  return TypedValue::Invalid(text, "neither yes nor no");
}

}  // namespace trueup::mappings
