#include "connectors/salesforce/api_budget.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace trueup::connectors::salesforce {
namespace {

constexpr std::chrono::minutes kPause(15);

std::optional<int64_t> TakeNumber(std::string_view& text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return number;
}

// "18/5000" and whatever stands behind it.
std::optional<Allowance> TakeAllowance(std::string_view text) {
  const auto used = TakeNumber(text);
  if (!used || !text.starts_with('/')) return std::nullopt;
  text.remove_prefix(1);
  const auto allowed = TakeNumber(text);
  if (!allowed || *allowed <= 0) return std::nullopt;
  return Allowance{*used, *allowed};
}

int64_t ShareOf(int64_t allowed, config::Percent share) { return allowed * share.value / 100; }

bool Reached(const Allowance& allowance, config::Percent share) {
  return allowance.used * 100 >= allowance.allowed * share.value;
}

std::string OfADay(int64_t used, int64_t allowed, const char* what) {
  return std::to_string(used) + " of " + std::to_string(allowed) + " " + what +
         " a day are used by ";
}

int64_t HourOf(Instant now) {
  return std::chrono::floor<std::chrono::hours>(now).time_since_epoch().count();
}

}  // namespace

LimitInfo ReadLimitInfo(std::string_view header) {
  constexpr std::string_view kOrg = "api-usage=";
  constexpr std::string_view kApp = "per-app-api-usage=";
  LimitInfo info;
  while (!header.empty()) {
    std::string_view part = header.substr(0, header.find(';'));
    header.remove_prefix(std::min(header.size(), part.size() + 1));
    part.remove_prefix(std::min(part.size(), part.find_first_not_of(' ')));
    if (part.starts_with(kOrg)) info.org = TakeAllowance(part.substr(kOrg.size()));
    if (part.starts_with(kApp)) info.app = TakeAllowance(part.substr(kApp.size()));
  }
  return info;
}

std::optional<Allowance> ReadLimit(JsonValue entry) {
  const auto most = entry["Max"].integer();
  const auto remaining = entry["Remaining"].integer();
  if (!most || !remaining || *most <= 0) return std::nullopt;
  return Allowance{*most - *remaining, *most};
}

void DayCount::Add(Instant now) {
  const int64_t hour = HourOf(now);
  while (!hours_.empty() && hours_.front().first <= hour - 24) hours_.pop_front();
  if (hours_.empty() || hours_.back().first != hour) hours_.emplace_back(hour, 0);
  ++hours_.back().second;
}

int64_t DayCount::Sum(Instant now) const {
  int64_t sum = 0;
  for (const auto& [hour, count] : hours_) {
    if (hour > HourOf(now) - 24) sum += count;
  }
  return sum;
}

void ApiBudget::Note(const HttpHeaders& headers) {
  const auto header = headers.Find("Sforce-Limit-Info");
  const LimitInfo found = header ? ReadLimitInfo(*header) : LimitInfo();
  const std::lock_guard lock(mutex_);
  if (found.org) limits_.org = found.org;
  if (found.app) limits_.app = found.app;
  replies_.Add(clock_->Now());
}

bool ApiBudget::IsTimeForLimits() {
  const std::lock_guard lock(mutex_);
  const Instant now = clock_->Now();
  if (limits_asked_ && now - *limits_asked_ < kPause) return false;
  limits_asked_ = now;
  return true;
}

void ApiBudget::NoteLimits(JsonValue limits) {
  const auto calls = ReadLimit(limits["DailyApiRequests"]);
  const auto jobs = ReadLimit(limits["DailyBulkV2QueryJobs"]);
  const std::lock_guard lock(mutex_);
  if (calls) limits_.org = calls;
  if (jobs) all_jobs_ = jobs;
}

void ApiBudget::NoteJob() {
  const std::lock_guard lock(mutex_);
  jobs_.Add(clock_->Now());
  if (all_jobs_) ++all_jobs_->used;
}

std::string ApiBudget::UsedUpLocked(Instant now) const {
  if (limits_.org && Reached(*limits_.org, settings_.total)) {
    return OfADay(limits_.org->used, limits_.org->allowed, "calls") +
           "everybody (api_budget.total)";
  }
  if (limits_.app && Reached(*limits_.app, settings_.total)) {
    return OfADay(limits_.app->used, limits_.app->allowed, "calls") + "the app (api_budget.total)";
  }
  if (!limits_.org) return {};
  const Allowance own{replies_.Sum(now), limits_.org->allowed};
  if (!Reached(own, settings_.own)) return {};
  return OfADay(own.used, own.allowed, "calls") + "trueup (api_budget.own)";
}

Status ApiBudget::Check() {
  const std::lock_guard lock(mutex_);
  const Instant now = clock_->Now();
  const std::string used_up = UsedUpLocked(now);
  if (used_up.empty()) {
    paused_until_.reset();
    return {};
  }
  if (paused_until_ && now >= *paused_until_) {
    paused_until_ = now + kPause;
    return {};
  }
  if (!paused_until_) paused_until_ = now + kPause;
  return Error(ErrorKind::kTransient, "paused for the API budget: " + used_up)
      .RetryAfter(std::chrono::ceil<std::chrono::milliseconds>(*paused_until_ - now));
}

Status ApiBudget::CheckJob() {
  const std::lock_guard lock(mutex_);
  if (!all_jobs_) return {};
  if (Reached(*all_jobs_, settings_.total)) {
    return Error(ErrorKind::kInvalid, OfADay(all_jobs_->used, all_jobs_->allowed, "jobs") +
                                          "everybody (api_budget.total)");
  }
  const Allowance own{jobs_.Sum(clock_->Now()), all_jobs_->allowed};
  if (!Reached(own, settings_.own)) return {};
  return Error(ErrorKind::kInvalid,
               OfADay(own.used, own.allowed, "jobs") + "trueup (api_budget.own)");
}

void ApiBudget::Tell(ApiUsage& usage) const {
  const std::lock_guard lock(mutex_);
  if (!limits_.org) return;
  usage.used = limits_.org->used;
  usage.allowed = limits_.org->allowed;
  usage.own = replies_.Sum(clock_->Now());
  usage.own_allowed = ShareOf(limits_.org->allowed, settings_.own);
}

}  // namespace trueup::connectors::salesforce
