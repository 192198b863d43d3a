#include "tests/sandbox/world/calendar.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <mutex>

namespace trueup::sandbox {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

void AppendPadded(std::string* out, unsigned value, int width) {
  char digits[10];
  int n = 0;
  for (; n < width || value != 0; ++n, value /= 10) digits[n] = static_cast<char>('0' + value % 10);
  while (n > 0) out->push_back(digits[--n]);
}

void AppendDate(std::string* out, Seconds at) {
  const auto day = std::chrono::floor<days>(std::chrono::sys_seconds(std::chrono::seconds(at)));
  const std::chrono::year_month_day ymd(day);
  AppendPadded(out, static_cast<unsigned>(static_cast<int>(ymd.year())), 4);
  out->push_back('-');
  AppendPadded(out, static_cast<unsigned>(ymd.month()), 2);
  out->push_back('-');
  AppendPadded(out, static_cast<unsigned>(ymd.day()), 2);
}

// Takes `width` digits off the front.
std::optional<int> TakeNumber(std::string_view* text, size_t width) {
  if (text->size() < width) return std::nullopt;
  int value = 0;
  for (size_t i = 0; i < width; ++i) {
    const char c = (*text)[i];
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text->remove_prefix(width);
  return value;
}

bool TakeChar(std::string_view* text, std::string_view any_of) {
  if (text->empty() || any_of.find(text->front()) == std::string_view::npos) return false;
  text->remove_prefix(1);
  return true;
}

std::optional<Seconds> TakeDate(std::string_view* text) {
  const auto year = TakeNumber(text, 4);
  if (!year || !TakeChar(text, "-")) return std::nullopt;
  const auto month = TakeNumber(text, 2);
  if (!month || !TakeChar(text, "-")) return std::nullopt;
  const auto day = TakeNumber(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day ymd{std::chrono::year(*year),
                                        std::chrono::month(static_cast<unsigned>(*month)),
                                        std::chrono::day(static_cast<unsigned>(*day))};
  if (!ymd.ok()) return std::nullopt;
  return sys_days(ymd).time_since_epoch().count() * kDay;
}

// The offset at the end of the text, in seconds; nothing stands for UTC.
std::optional<Seconds> TakeOffset(std::string_view* text) {
  if (text->empty() || *text == "Z") {
    *text = {};
    return 0;
  }
  const bool negative = text->front() == '-';
  if (!TakeChar(text, "+-")) return std::nullopt;
  const auto hours = TakeNumber(text, 2);
  TakeChar(text, ":");
  const auto minutes = text->empty() ? std::optional<int>(0) : TakeNumber(text, 2);
  if (!hours || !minutes || !text->empty()) return std::nullopt;
  const Seconds offset = *hours * 3600 + *minutes * 60;
  return negative ? -offset : offset;
}

}  // namespace

std::string DateText(Seconds at) {
  std::string out;
  AppendDate(&out, at);
  return out;
}

std::string DateTimeText(Seconds at, char separator, std::string_view suffix) {
  std::string out;
  out.reserve(20 + suffix.size());
  AppendDate(&out, at);
  out.push_back(separator);
  const auto in_day = static_cast<unsigned>(((at % kDay) + kDay) % kDay);
  AppendPadded(&out, in_day / 3600, 2);
  out.push_back(':');
  AppendPadded(&out, in_day / 60 % 60, 2);
  out.push_back(':');
  AppendPadded(&out, in_day % 60, 2);
  out.append(suffix);
  return out;
}

std::optional<Seconds> ParseTime(std::string_view text) {
  auto at = TakeDate(&text);
  if (!at || text.empty()) return at;
  if (!TakeChar(&text, "T ")) return std::nullopt;
  const auto hour = TakeNumber(&text, 2);
  if (!hour || *hour > 23 || !TakeChar(&text, ":")) return std::nullopt;
  const auto minute = TakeNumber(&text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  int second = 0;
  if (TakeChar(&text, ":")) {
    const auto read = TakeNumber(&text, 2);
    if (!read || *read > 60) return std::nullopt;
    second = *read;
  }
  if (TakeChar(&text, ".")) {
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') text.remove_prefix(1);
  }
  const auto offset = TakeOffset(&text);
  if (!offset) return std::nullopt;
  return *at + *hour * 3600 + *minute * 60 + second - *offset;
}

Zone::Zone(const std::string& name) : name_(name) {
  // The C library knows zones only through the environment: borrow it while sampling the offsets.
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  const char* before = std::getenv("TZ");
  const std::string saved = before == nullptr ? "" : before;
  setenv("TZ", name.c_str(), 1);
  tzset();
  constexpr Seconds kFrom = 1420070400;   // 2015
  constexpr Seconds kUntil = 1893456000;  // 2030
  for (Seconds at = kFrom; at < kUntil; at += 30 * kMinute) {
    const time_t now = at;
    tm local{};
    localtime_r(&now, &local);
    if (transitions_.empty() || transitions_.back().offset != local.tm_gmtoff) {
      transitions_.push_back({at, local.tm_gmtoff});
    }
  }
  if (before == nullptr) {
    unsetenv("TZ");
  } else {
    setenv("TZ", saved.c_str(), 1);
  }
  tzset();
}

Seconds Zone::ToLocal(Seconds utc) const {
  auto after = std::upper_bound(transitions_.begin(), transitions_.end(), utc,
                                [](Seconds at, const Transition& t) { return at < t.from; });
  if (after != transitions_.begin()) --after;
  return utc + after->offset;
}

}  // namespace trueup::sandbox
