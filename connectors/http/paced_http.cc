#include "connectors/http/paced_http.h"

#include <algorithm>

namespace trueup::connectors {

std::chrono::microseconds PacedHttp::TakeTurn() {
  const std::lock_guard lock(mutex_);
  const auto now = clock_->Elapsed();
  last_ = last_ ? std::max(now, *last_ + interval_) : now;
  return *last_ - now;
}

Result<HttpResponse> PacedHttp::Send(const HttpRequest& request, std::stop_token stop) {
  const auto wait = TakeTurn();
  if (wait.count() > 0 && !clock_->Wait(wait, stop)) {
    return Error(ErrorKind::kCancelled,
                 NameOf(request) + ": stopped while waiting for the rate limit");
  }
  return inner_->Send(request, stop);
}

}  // namespace trueup::connectors
