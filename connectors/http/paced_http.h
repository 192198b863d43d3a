#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>

#include "base/clock.h"
#include "connectors/http/http_client.h"

namespace trueup::connectors {

// Passes requests on, none sooner than `interval` after the one before, whoever sends them: for
// sources that want no more than so many a second. Retries wait like the rest. Safe from any
// thread; requests are sent in the order in which they came here.
class PacedHttp : public HttpClient {
 public:
  PacedHttp(std::shared_ptr<HttpClient> inner, std::shared_ptr<Clock> clock,
            std::chrono::microseconds interval)
      : inner_(std::move(inner)), clock_(std::move(clock)), interval_(interval) {}

  // As the inner client's; kCancelled also where `stop` comes while it waits.
  Result<HttpResponse> Send(const HttpRequest& request, std::stop_token stop) override;

 private:
  // How long to wait for a turn that is ours from now on.
  std::chrono::microseconds TakeTurn();

  const std::shared_ptr<HttpClient> inner_;
  const std::shared_ptr<Clock> clock_;
  const std::chrono::microseconds interval_;
  std::mutex mutex_;
  std::optional<std::chrono::microseconds> last_;  // the turn given last, as Clock::Elapsed
};

}  // namespace trueup::connectors
