#include "daemon/count_audit.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "daemon/live_rows.h"

namespace trueup::daemon {
namespace {

int YearOf(Instant at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  return static_cast<int>(std::chrono::year_month_day(day).year());
}

Instant MonthBegin(int year, unsigned month) {
  const std::chrono::year_month_day begin(std::chrono::year(year), std::chrono::month(month),
                                          std::chrono::day(1));
  return Instant(std::chrono::sys_days(begin));
}

}  // namespace

Result<std::vector<Instant>> ReadCreated(const pipeline::Store& store, const std::string& system,
                                         const std::string& object) {
  std::vector<Instant> created;
  TRUEUP_RETURN_IF_ERROR(ScanLive(store, system, object, "", [&](const LiveRow& row) {
    if (row.event.created) created.push_back(*row.event.created);
    return true;
  }));
  return created;
}

std::vector<Instant> CreationBounds(Instant until) {
  constexpr int kFirstYear = 2001;  // there were few systems of this kind before
  const int last_year = YearOf(until);
  std::vector<Instant> bounds;
  for (int year = std::min(kFirstYear, last_year - 1); year < last_year; ++year) {
    bounds.push_back(MonthBegin(year, 1));
  }
  for (const int year : {last_year - 1, last_year}) {
    for (unsigned month = year == last_year ? 1 : 2; month <= 12; ++month) {
      const Instant begin = MonthBegin(year, month);
      if (begin < until) bounds.push_back(begin);
    }
  }
  bounds.push_back(until);
  return bounds;
}

CountDifferences CompareCounts(const std::vector<Instant>& created,
                               const std::vector<Instant>& bounds,
                               const std::vector<uint64_t>& counted) {
  std::vector<int64_t> more(counted.begin(), counted.end());
  for (const Instant at : created) {
    const auto end = std::upper_bound(bounds.begin(), bounds.end(), at);
    if (end != bounds.end()) --more[static_cast<size_t>(end - bounds.begin())];
  }
  CountDifferences differences;
  for (size_t i = 0; i < bounds.size(); ++i) {
    if (more[i] != 0) differences[i == 0 ? Instant::min() : bounds[i - 1]] = more[i];
  }
  return differences;
}

}  // namespace trueup::daemon
