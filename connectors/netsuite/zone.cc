#include "connectors/netsuite/zone.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/file.h"
#include "connectors/netsuite/zone_rule.h"

namespace trueup::connectors::netsuite {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// As far as a rule is written out into changes.
constexpr std::chrono::year kLastYear(2100);

// Reads "+02:00", "-0800" or "+2".
std::optional<seconds> ParseOffset(std::string_view text) {
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  std::string digits;
  for (const char c : text.substr(1)) {
    if (c == ':') continue;
    if (std::isdigit(static_cast<unsigned char>(c)) == 0) return std::nullopt;
    digits.push_back(c);
  }
  if (digits.size() == 1) digits.insert(digits.begin(), '0');
  if (digits.size() == 2) digits += "00";
  if (digits.size() != 4) return std::nullopt;
  const auto two = [&](size_t at) { return (digits[at] - '0') * 10 + (digits[at + 1] - '0'); };
  if (two(0) > 18 || two(2) > 59) return std::nullopt;
  const seconds offset = hours(two(0)) + minutes(two(2));
  return text[0] == '-' ? -offset : offset;
}

// The name is part of a path: only what IANA names hold.
bool IsZoneName(std::string_view name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '/' || c == '_' || c == '-' ||
           c == '+';
  });
  return plain && !name.empty() && name.front() != '/';
}

}  // namespace

// Reads one TZif file (RFC 8536): the second, 64-bit block and the rule behind it.
class ZoneFile {
 public:
  explicit ZoneFile(std::string_view bytes) : bytes_(bytes) {}

  // False where the file is damaged or of the first version, which ends in 2037 and is no longer
  // made.
  bool ReadInto(Zone& zone) {
    const Header first = ReadHeader();
    if (!ok_ || first.version < '2') return false;
    Skip(first.times * 5 + first.types * 6 + first.letters + first.leaps * 8 + first.standard +
         first.universal);
    const Header header = ReadHeader();
    if (!ok_ || header.types == 0) return false;
    ReadChanges(header, zone);
    Skip(header.letters + header.leaps * 12 + header.standard + header.universal);
    if (!ok_) return false;
    return AddRule(zone);
  }

 private:
  struct Header {
    char version = 0;
    uint64_t universal = 0, standard = 0, leaps = 0, times = 0, types = 0, letters = 0;
  };

  std::string_view Bytes(uint64_t count) {
    if (count > bytes_.size()) {
      ok_ = false;
      return {};
    }
    const std::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }
  void Skip(uint64_t count) { Bytes(count); }
  // A big-endian number.
  int64_t Number(unsigned size) {
    uint64_t value = 0;
    const std::string_view taken = Bytes(size);
    for (const char c : taken) value = value << 8 | static_cast<unsigned char>(c);
    return size == 4 ? static_cast<int32_t>(static_cast<uint32_t>(value))
                     : static_cast<int64_t>(value);
  }
  uint64_t Count() { return static_cast<uint32_t>(Number(4)); }

  Header ReadHeader() {
    Header header;
    if (Bytes(4) != "TZif") ok_ = false;
    const std::string_view version = Bytes(1);
    if (ok_) header.version = version[0];
    Skip(15);
    header.universal = Count();
    header.standard = Count();
    header.leaps = Count();
    header.times = Count();
    header.types = Count();
    header.letters = Count();
    return header;
  }

  void ReadChanges(const Header& header, Zone& zone) {
    if (header.times * 9 > bytes_.size()) {
      ok_ = false;
      return;
    }
    std::vector<Instant> times;
    for (uint64_t i = 0; i < header.times; ++i) {
      times.push_back(Instant(seconds(std::max<int64_t>(Number(8), -(int64_t{1} << 40)))));
    }
    const std::string_view indices = Bytes(header.times);
    std::vector<seconds> offsets;
    for (uint64_t i = 0; i < header.types && ok_; ++i) {
      offsets.emplace_back(Number(4));
      Skip(2);
    }
    if (!ok_) return;
    zone.first_offset_ = offsets[0];
    for (size_t i = 0; i < times.size(); ++i) {
      const auto type = static_cast<unsigned char>(indices[i]);
      if (type >= offsets.size()) {
        ok_ = false;
        return;
      }
      zone.changes_.push_back({times[i], offsets[type]});
    }
  }

  // Writes out what the rule says for the years behind the last listed change.
  bool AddRule(Zone& zone) {
    const std::string_view line = bytes_.substr(std::min<size_t>(1, bytes_.size()));
    const std::string_view text = line.substr(0, line.find('\n'));
    if (text.empty()) return true;
    const auto rule = ParseZoneRule(text);
    if (!rule) return false;
    if (!rule->has_summer) return true;
    const Instant last =
        zone.changes_.empty() ? Instant(std::chrono::sys_days()) : zone.changes_.back().at;
    const auto first_year =
        std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(last)).year();
    std::vector<Zone::Change> added;
    for (auto year = first_year; year <= kLastYear; ++year) {
      added.push_back({rule->begin.In(year) - rule->standard, rule->summer});
      added.push_back({rule->end.In(year) - rule->summer, rule->standard});
    }
    std::sort(added.begin(), added.end(),
              [](const Zone::Change& a, const Zone::Change& b) { return a.at < b.at; });
    for (const Zone::Change& change : added) {
      if (change.at > last) zone.changes_.push_back(change);
    }
    return true;
  }

  std::string_view bytes_;
  bool ok_ = true;
};

Result<Zone> Zone::Load(const std::string& name, const std::string& folder) {
  Zone zone;
  zone.name_ = name;
  if (name == "UTC" || name == "GMT") return zone;
  if (const auto offset = ParseOffset(name)) {
    zone.first_offset_ = *offset;
    return zone;
  }
  if (!IsZoneName(name)) return Error(ErrorKind::kInvalid, "\"" + name + "\" is no time zone");
  const auto bytes = ReadFile(folder + "/" + name);
  if (!bytes.ok()) {
    return Error(ErrorKind::kInvalid, "unknown time zone \"" + name + "\": " +
                                          bytes.error().message() + "; is tzdata installed?");
  }
  if (!ZoneFile(*bytes).ReadInto(zone)) {
    return Error(ErrorKind::kInvalid, "the zone file " + folder + "/" + name + " is damaged");
  }
  return zone;
}

seconds Zone::OffsetAt(Instant at) const {
  const auto later =
      std::upper_bound(changes_.begin(), changes_.end(), at,
                       [](Instant t, const Change& change) { return t < change.at; });
  return later == changes_.begin() ? first_offset_ : std::prev(later)->offset;
}

LocalTime Zone::ToLocal(Instant at) const { return at + OffsetAt(at); }

Instant Zone::ToUtc(LocalTime local) const {
  // No zone changes twice within two days, so one of these two offsets is right.
  const seconds before = OffsetAt(local - hours(24));
  const seconds after = OffsetAt(local + hours(24));
  const Instant early = local - std::max(before, after);
  if (ToLocal(early) == local) return early;
  const Instant late = local - std::min(before, after);
  if (ToLocal(late) == local) return late;
  return local - before;
}

std::optional<Zone::RepeatedTime> Zone::RepeatedAt(LocalTime local) const {
  seconds before = first_offset_;
  for (const Change& change : changes_) {
    const RepeatedTime repeated{change.at + change.offset, change.at + before};
    if (repeated.begin <= local && local < repeated.end) return repeated;
    before = change.offset;
  }
  return std::nullopt;
}

bool Zone::SetsBackAfter(Instant at) const {
  seconds before = first_offset_;
  for (const Change& change : changes_) {
    if (change.at > at && change.offset < before) return true;
    before = change.offset;
  }
  return false;
}

}  // namespace trueup::connectors::netsuite
