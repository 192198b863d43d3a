#include "daemon/monitor/monitor.h"

#include <httplib.h>

#include <thread>
#include <utility>

#include "base/logging.h"
#include "daemon/monitor/metrics.h"
#include "daemon/monitor/open_metrics.h"
#include "daemon/monitor/readiness.h"

namespace trueup::daemon {
namespace {

constexpr size_t kThreads = 2;
// How long a silent connection is waited for, and so holds up the end of the daemon.
constexpr time_t kPatience = 1;

// Without SO_REUSEPORT, which httplib would set: two daemons must not share a port.
void ReuseAddress(socket_t socket) {
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
}

std::string TextOf(const config::Address& address, int port) {
  const bool v6 = address.host.find(':') != std::string::npos;
  return (v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(port);
}

}  // namespace

struct Monitor::Server {
  httplib::Server http;
  std::jthread thread;

  ~Server() { http.stop(); }
};

Monitor::Monitor(std::chrono::milliseconds data_age_limit, const StatusBoard& board,
                 OpenFindings open_findings, std::shared_ptr<Clock> clock)
    : data_age_limit_(data_age_limit),
      board_(board),
      open_findings_(std::move(open_findings)),
      clock_(std::move(clock)),
      server_(std::make_unique<Server>()) {}

Monitor::~Monitor() = default;

Result<std::unique_ptr<Monitor>> Monitor::Open(const config::Address& address,
                                               std::chrono::milliseconds data_age_limit,
                                               const StatusBoard& board, OpenFindings open_findings,
                                               std::shared_ptr<Clock> clock) {
  std::unique_ptr<Monitor> monitor(
      new Monitor(data_age_limit, board, std::move(open_findings), std::move(clock)));
  TRUEUP_RETURN_IF_ERROR(monitor->Listen(address));
  return monitor;
}

Status Monitor::Listen(const config::Address& address) {
  httplib::Server& http = server_->http;
  http.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  http.set_socket_options(ReuseAddress);
  http.set_keep_alive_timeout(kPatience);
  http.set_read_timeout(kPatience);
  http.set_write_timeout(kPatience);
  http.Get("/live", [](const httplib::Request&, httplib::Response& answer) {
    answer.set_content("live\n", "text/plain");
  });
  http.Get("/ready", [this](const httplib::Request&, httplib::Response& answer) {
    const Readiness readiness = JudgeReadiness(board_.figures(), data_age_limit_, clock_->Now());
    answer.status = readiness.ready() ? 200 : 503;
    answer.set_content(readiness.Json() + "\n", "application/json");
  });
  http.Get("/metrics", [this](const httplib::Request&, httplib::Response& answer) {
    const Instant now = clock_->Now();
    const auto findings = open_findings_(now);
    if (!findings.ok()) LogWarning("monitor", findings.error().message());
    answer.set_content(
        MetricsText(board_.figures(),
                    findings.ok() ? *findings : std::vector<reports::FindingCount>(), now),
        OpenMetricsWriter::kContentType);
  });
  int port = address.port;
  if (port == 0) {
    port = http.bind_to_any_port(address.host);
  } else if (!http.bind_to_port(address.host, port)) {
    port = -1;
  }
  if (port < 0) {
    return Error(ErrorKind::kInvalid, "monitor: cannot listen on " + TextOf(address, address.port) +
                                          "; does another program listen there?");
  }
  address_ = TextOf(address, port);
  server_->thread = std::jthread([&http] { http.listen_after_bind(); });
  // A stop that comes before it listens would be lost.
  while (!http.is_running()) std::this_thread::yield();
  return {};
}

}  // namespace trueup::daemon
