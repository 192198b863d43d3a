#include <chrono>
#include <optional>

#include "mappings/text.h"
#include "mappings/types.h"

namespace trueup::mappings {
namespace {

constexpr size_t kIsoDay = 10;  // "2026-01-31"

// Takes at most `most` digits off the front; nothing where there are fewer than `least`.
std::optional<int> TakeNumber(std::string_view& text, size_t least, size_t most) {
  int number = 0;
  size_t count = 0;
  while (count < most && count < text.size() && IsDigit(text[count])) {
    number = number * 10 + (text[count++] - '0');
  }
  if (count < least) return std::nullopt;
  text.remove_prefix(count);
  return number;
}

size_t RunOf(std::string_view format) {
  size_t run = 1;
  while (run < format.size() && format[run] == format.front()) ++run;
  return run;
}

std::optional<Date> ParseAs(std::string_view text, std::string_view format) {
  int year = 0;
  int month = 0;
  int day = 0;
  while (!format.empty()) {
    const char c = format.front();
    const size_t run = RunOf(format);
    if (c == 'Y' || c == 'M' || c == 'D') {
      const auto number = TakeNumber(text, run, c == 'Y' ? 4 : 2);
      if (!number) return std::nullopt;
      (c == 'Y' ? year : c == 'M' ? month : day) = *number;
      format.remove_prefix(run);
    } else {
      if (text.empty() || text.front() != c) return std::nullopt;
      text.remove_prefix(1);
      format.remove_prefix(1);
    }
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!text.empty() || !date.ok()) return std::nullopt;
  return Date(date);
}

}  // namespace

TypedValue ReadDate(std::string_view text, std::string_view format) {
  if (!format.empty()) {
    if (const auto date = ParseAs(text, format)) return {Value(*date), {}};
    return TypedValue::Invalid(text, "not a date written as " + std::string(format));
  }
  const std::string_view day = text.substr(0, kIsoDay);
  if (auto date = ParseDate(day); date.ok()) {
    const bool rest_is_time =
        text.size() == kIsoDay || ParseInstant(text).ok() || ParseLocalInstant(text).ok();
    if (rest_is_time) return {Value(*date), {}};
  }
  return TypedValue::Invalid(text, "not a date of the form 2026-01-31");
}

TypedValue ReadInstant(std::string_view text) {
  if (auto zoned = ParseInstant(text); zoned.ok()) return {Value(*zoned), {}};
  if (auto local = ParseLocalInstant(text); local.ok())
    return {Value(ZonedInstant{*local, {}}), {}};
  return TypedValue::Invalid(text, "not an instant of the form 2026-01-31T09:00:00Z");
}

}  // namespace trueup::mappings
