#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "config/address.h"
#include "daemon/status_board.h"
#include "reports/queries.h"

namespace trueup::daemon {

// Answers over HTTP how the daemon is, from the making of the object to its end:
//   /metrics  the figures, in the OpenMetrics text format
//   /ready    200 or 503, with JSON that names each source, the age of its data and what is wrong
//   /live     200 as long as the process answers
class Monitor {
 public:
  // The findings that are open now. Called from several threads.
  using OpenFindings = std::function<Result<std::vector<reports::FindingCount>>(Instant now)>;

  // Takes the port at once; kInvalid where it cannot be had. `board` must outlive the monitor.
  static Result<std::unique_ptr<Monitor>> Open(const config::Address& address,
                                               std::chrono::milliseconds data_age_limit,
                                               const StatusBoard& board, OpenFindings open_findings,
                                               std::shared_ptr<Clock> clock);
  ~Monitor();

  // host:port, with the port that was taken.
  const std::string& address() const { return address_; }

 private:
  struct Server;
  Monitor(std::chrono::milliseconds data_age_limit, const StatusBoard& board,
          OpenFindings open_findings, std::shared_ptr<Clock> clock);
  Status Listen(const config::Address& address);

  const std::chrono::milliseconds data_age_limit_;
  const StatusBoard& board_;
  const OpenFindings open_findings_;
  const std::shared_ptr<Clock> clock_;
  std::string address_;
  std::unique_ptr<Server> server_;
};

}  // namespace trueup::daemon
