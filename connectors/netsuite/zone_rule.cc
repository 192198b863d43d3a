#include "connectors/netsuite/zone_rule.h"

#include <cctype>

namespace trueup::connectors::netsuite {
namespace {

using std::chrono::days;
using std::chrono::seconds;

// Takes parts off the front of a rule; every part that is not there makes it fail for good.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool ok() const { return ok_; }
  bool at_end() const { return text_.empty(); }
  char next() const { return text_.empty() ? '\0' : text_.front(); }

  bool Take(char c) {
    if (next() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  void Expect(char c) {
    if (!Take(c)) ok_ = false;
  }

  // "PST" or "<-03>".
  void Name() {
    const bool quoted = Take('<');
    size_t length = 0;
    while (length < text_.size() &&
           (quoted ? text_[length] != '>'
                   : std::isalpha(static_cast<unsigned char>(text_[length])) != 0)) {
      ++length;
    }
    if (length < 3) ok_ = false;
    text_.remove_prefix(length);
    if (quoted) Expect('>');
  }

  int Number() {
    int value = 0;
    size_t length = 0;
    while (length < text_.size() && length < 4 &&
           std::isdigit(static_cast<unsigned char>(text_[length])) != 0) {
      value = value * 10 + (text_[length++] - '0');
    }
    if (length == 0) ok_ = false;
    text_.remove_prefix(length);
    return value;
  }

  // "[+-]hh[:mm[:ss]]"
  seconds Time() {
    const bool negative = Take('-');
    if (!negative) Take('+');
    seconds time = std::chrono::hours(Number());
    if (Take(':')) time += std::chrono::minutes(Number());
    if (Take(':')) time += seconds(Number());
    return negative ? -time : time;
  }

  ZoneRuleDay Day() {
    ZoneRuleDay day;
    Expect(',');
    if (Take('M')) {
      day.month = Number();
      Expect('.');
      day.week = Number();
      Expect('.');
      day.day = Number();
      if (day.month < 1 || day.month > 12 || day.week < 1 || day.week > 5 || day.day > 6) {
        ok_ = false;
      }
    } else {
      day.form = Take('J') ? ZoneRuleDay::Form::kJulian : ZoneRuleDay::Form::kDayOfYear;
      day.day = Number();
    }
    if (Take('/')) day.time = Time();
    return day;
  }

 private:
  std::string_view text_;
  bool ok_ = true;
};

}  // namespace

Instant ZoneRuleDay::In(std::chrono::year year) const {
  using std::chrono::sys_days;
  const sys_days first = year / 1 / 1;
  if (form == Form::kDayOfYear) return first + days(day) + time;
  if (form == Form::kJulian) {
    const bool after_leap_day = year.is_leap() && day >= 60;
    return first + days(day - 1 + (after_leap_day ? 1 : 0)) + time;
  }
  const auto in_month = year / std::chrono::month(static_cast<unsigned>(month));
  const std::chrono::weekday weekday(static_cast<unsigned>(day));
  if (week == 5) return sys_days(in_month / weekday[std::chrono::last]) + time;
  return sys_days(in_month / weekday[static_cast<unsigned>(week)]) + time;
}

std::optional<ZoneRule> ParseZoneRule(std::string_view text) {
  Scanner scanner(text);
  ZoneRule rule;
  scanner.Name();
  rule.standard = -scanner.Time();  // POSIX counts westward
  rule.summer = rule.standard;
  if (scanner.ok() && !scanner.at_end()) {
    rule.has_summer = true;
    scanner.Name();
    rule.summer = rule.standard + std::chrono::hours(1);
    if (scanner.next() != ',') rule.summer = -scanner.Time();
    rule.begin = scanner.Day();
    rule.end = scanner.Day();
  }
  if (!scanner.ok() || !scanner.at_end()) return std::nullopt;
  return rule;
}

}  // namespace trueup::connectors::netsuite
