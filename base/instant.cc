#include "base/instant.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <optional>

namespace trueup {
namespace {

using std::chrono::minutes;

// Reads exactly `digits` decimal digits off the front of `text`.
std::optional<int> TakeNumber(std::string_view& text, size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int number = 0;
  for (size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    number = number * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return number;
}

bool TakeChar(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<Date> TakeDate(std::string_view& text) {
  const auto year = TakeNumber(text, 4);
  if (!year || !TakeChar(text, '-')) return std::nullopt;
  const auto month = TakeNumber(text, 2);
  if (!month || !TakeChar(text, '-')) return std::nullopt;
  const auto day = TakeNumber(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return Date(date);
}

// The fraction of a second, in microseconds; digits past the sixth are cut.
std::optional<int64_t> TakeFraction(std::string_view& text) {
  int64_t micros = 0;
  int digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (digits < 6) micros = micros * 10 + (text.front() - '0');
    ++digits;
    text.remove_prefix(1);
  }
  if (digits == 0) return std::nullopt;
  for (int i = digits; i < 6; ++i) micros *= 10;
  return micros;
}

std::optional<Instant> TakeLocal(std::string_view& text) {
  const auto date = TakeDate(text);
  if (!date || (!TakeChar(text, 'T') && !TakeChar(text, ' '))) return std::nullopt;
  const auto hour = TakeNumber(text, 2);
  if (!hour || *hour > 23 || !TakeChar(text, ':')) return std::nullopt;
  const auto minute = TakeNumber(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  int64_t second = 0;
  int64_t micros = 0;
  if (TakeChar(text, ':')) {
    const auto whole = TakeNumber(text, 2);
    if (!whole || *whole > 59) return std::nullopt;
    second = *whole;
    if (TakeChar(text, '.')) {
      const auto fraction = TakeFraction(text);
      if (!fraction) return std::nullopt;
      micros = *fraction;
    }
  }
  return Instant(*date) + std::chrono::hours(*hour) + minutes(*minute) +
         std::chrono::seconds(second) + std::chrono::microseconds(micros);
}

std::optional<minutes> TakeOffset(std::string_view& text) {
  if (TakeChar(text, 'Z') || TakeChar(text, 'z')) return minutes(0);
  const bool negative = !text.empty() && text.front() == '-';
  if (!TakeChar(text, '+') && !TakeChar(text, '-')) return std::nullopt;
  const auto hours = TakeNumber(text, 2);
  if (!hours || *hours > 18) return std::nullopt;
  int rest = 0;
  if (!text.empty()) {
    TakeChar(text, ':');
    const auto read = TakeNumber(text, 2);
    if (!read || *read > 59) return std::nullopt;
    rest = *read;
  }
  const minutes offset(*hours * 60 + rest);
  return negative ? -offset : offset;
}

Error NotA(std::string_view what, std::string_view text) {
  return {ErrorKind::kInvalid, "\"" + std::string(text) + "\" is not " + std::string(what)};
}

std::string FormatLocal(Instant at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::hh_mm_ss time(at - day);
  std::array<char, 24> buffer;
  const int size = std::snprintf(
      buffer.data(), buffer.size(), "T%02d:%02d:%02d", static_cast<int>(time.hours().count()),
      static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  std::string text = FormatDate(day);
  text.append(buffer.data(), static_cast<size_t>(size));
  const auto micros = static_cast<int>(time.subseconds().count());
  if (micros != 0) {
    const bool millis = micros % 1000 == 0;
    const int digits = std::snprintf(buffer.data(), buffer.size(), millis ? ".%03d" : ".%06d",
                                     millis ? micros / 1000 : micros);
    text.append(buffer.data(), static_cast<size_t>(digits));
  }
  return text;
}

}  // namespace

Result<ZonedInstant> ParseInstant(std::string_view text) {
  std::string_view rest = text;
  const auto local = TakeLocal(rest);
  if (!local) return NotA("an ISO 8601 date-time", text);
  const auto offset = TakeOffset(rest);
  if (!offset || !rest.empty()) return NotA("an ISO 8601 date-time with a zone", text);
  return ZonedInstant{*local - *offset, *offset};
}

Result<Instant> ParseLocalInstant(std::string_view text) {
  std::string_view rest = text;
  const auto local = TakeLocal(rest);
  if (!local || !rest.empty()) return NotA("a date-time without a zone", text);
  return *local;
}

Result<Date> ParseDate(std::string_view text) {
  std::string_view rest = text;
  const auto date = TakeDate(rest);
  if (!date || !rest.empty()) return NotA("a date (yyyy-mm-dd)", text);
  return *date;
}

std::string FormatInstant(Instant at) { return FormatLocal(at) + "Z"; }

std::string FormatSecond(Instant at) {
  return FormatInstant(std::chrono::floor<std::chrono::seconds>(at));
}

std::string FormatInstant(const ZonedInstant& zoned) {
  if (zoned.offset == minutes(0)) return FormatInstant(zoned.at);
  const auto total = static_cast<int>(zoned.offset.count());
  const int size = total < 0 ? -total : total;
  std::array<char, 24> buffer;
  const int length = std::snprintf(buffer.data(), buffer.size(), "%c%02d:%02d",
                                   total < 0 ? '-' : '+', size / 60, size % 60);
  return FormatLocal(zoned.at + zoned.offset) +
         std::string(buffer.data(), static_cast<size_t>(length));
}

std::string FormatDate(Date date) {
  const std::chrono::year_month_day day(date);
  std::array<char, 24> buffer;
  const int size =
      std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02u", static_cast<int>(day.year()),
                    static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return {buffer.data(), static_cast<size_t>(size)};
}

std::string FormatDuration(std::chrono::microseconds duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  if (seconds >= 2 * 86'400) return std::to_string(seconds / 86'400) + " d";
  if (seconds >= 2 * 3'600) return std::to_string(seconds / 3'600) + " h";
  if (seconds >= 2 * 60) return std::to_string(seconds / 60) + " min";
  return std::to_string(seconds) + " s";
}

}  // namespace trueup
