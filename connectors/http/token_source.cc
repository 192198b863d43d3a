#include "connectors/http/token_source.h"

#include <chrono>

namespace trueup::connectors {

TokenSource::TokenSource(Fetch fetch, std::shared_ptr<Clock> clock)
    : fetch_(std::move(fetch)), clock_(std::move(clock)) {}

bool TokenSource::Usable() const {
  return token_ && (!token_->expires || clock_->Now() + std::chrono::minutes(1) < *token_->expires);
}

Result<Token> TokenSource::Get(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  if (Usable()) return *token_;
  token_.reset();
  return FetchLocked(lock, stop);
}

Result<Token> TokenSource::Replace(const std::string& refused, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  if (token_ && token_->value == refused) token_.reset();
  if (Usable()) return *token_;
  return FetchLocked(lock, stop);
}

// One thread fetches, outside the lock; the others wait for what it brings. Where it fails, the
// next one tries.
Result<Token> TokenSource::FetchLocked(std::unique_lock<std::mutex>& lock, std::stop_token stop) {
  changed_.wait(lock, stop, [this] { return !fetching_; });
  if (stop.stop_requested())
    return Error(ErrorKind::kCancelled, "stopped while asking for a token");
  if (Usable()) return *token_;
  fetching_ = true;
  lock.unlock();
  auto fetched = fetch_(stop);
  lock.lock();
  fetching_ = false;
  if (fetched.ok()) token_ = *fetched;
  changed_.notify_all();
  return fetched;
}

Result<std::string> BearerAuthorizer::Authorize(HttpRequest& request, std::stop_token stop) {
  TRUEUP_ASSIGN(const Token token, tokens_->Get(stop));
  request.headers.Set("Authorization", "Bearer " + token.value);
  return token.value;
}

Result<bool> BearerAuthorizer::Renew(const std::string& used, std::stop_token stop) {
  TRUEUP_ASSIGN(const Token token, tokens_->Replace(used, stop));
  return token.value != used;
}

Result<std::string> HeaderAuthorizer::Authorize(HttpRequest& request, std::stop_token) {
  request.headers.Set(name_, value_);
  return value_;
}

Result<bool> HeaderAuthorizer::Renew(const std::string&, std::stop_token) { return false; }

}  // namespace trueup::connectors
