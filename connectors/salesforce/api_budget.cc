#include "connectors/salesforce/api_budget.h"

#include <charconv>

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

bool NearerToItsEnd(const Allowance& a, const Allowance& b) {
  return a.used * b.allowed > b.used * a.allowed;
}

bool Reached(int64_t used, int64_t allowed, config::Percent share) {
  return used * 100 >= allowed * share.value;
}

}  // namespace

std::optional<Allowance> ReadLimitInfo(std::string_view header) {
  constexpr std::string_view kKey = "api-usage=";
  std::optional<Allowance> tightest;
  for (size_t at = header.find(kKey); at != header.npos; at = header.find(kKey, at + 1)) {
    std::string_view rest = header.substr(at + kKey.size());
    const auto used = TakeNumber(rest);
    if (!used || !rest.starts_with('/')) continue;
    rest.remove_prefix(1);
    const auto allowed = TakeNumber(rest);
    if (!allowed || *allowed <= 0) continue;
    const Allowance found{*used, *allowed};
    if (!tightest || NearerToItsEnd(found, *tightest)) tightest = found;
  }
  return tightest;
}

void ApiBudget::Note(const HttpHeaders& headers) {
  const auto header = headers.Find("Sforce-Limit-Info");
  const auto found = header ? ReadLimitInfo(*header) : std::nullopt;
  const int64_t hour =
      std::chrono::floor<std::chrono::hours>(clock_->Now()).time_since_epoch().count();
  const std::lock_guard lock(mutex_);
  if (found) allowance_ = found;
  if (hours_.empty() || hours_.back().first != hour) hours_.emplace_back(hour, 0);
  ++hours_.back().second;
}

int64_t ApiBudget::OwnLocked() {
  const int64_t hour =
      std::chrono::floor<std::chrono::hours>(clock_->Now()).time_since_epoch().count();
  while (!hours_.empty() && hours_.front().first <= hour - 24) hours_.pop_front();
  int64_t sum = 0;
  for (const auto& [_, replies] : hours_) sum += replies;
  return sum;
}

Status ApiBudget::Check() {
  const std::lock_guard lock(mutex_);
  if (!allowance_) return {};
  const int64_t own = OwnLocked();
  const bool total_used = Reached(allowance_->used, allowance_->allowed, settings_.total);
  if (!total_used && !Reached(own, allowance_->allowed, settings_.own)) {
    paused_until_.reset();
    return {};
  }
  const Instant now = clock_->Now();
  if (paused_until_ && now >= *paused_until_) {
    paused_until_ = now + kPause;
    return {};
  }
  if (!paused_until_) paused_until_ = now + kPause;
  const std::string used =
      total_used
          ? std::to_string(allowance_->used) + " calls are used by everybody (api_budget.total)"
          : std::to_string(own) + " calls are used by trueup (api_budget.own)";
  return Error(ErrorKind::kTransient, "paused for the API budget: of " +
                                          std::to_string(allowance_->allowed) + " a day, " + used)
      .RetryAfter(std::chrono::ceil<std::chrono::milliseconds>(*paused_until_ - now));
}

std::optional<Allowance> ApiBudget::allowance() const {
  const std::lock_guard lock(mutex_);
  return allowance_;
}

}  // namespace trueup::connectors::salesforce
