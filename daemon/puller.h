#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "connectors/connector.h"
#include "daemon/auditor.h"
#include "daemon/intake.h"
#include "daemon/pipeline.h"
#include "daemon/status_board.h"

namespace trueup::daemon {

// Pulls one system, object by object. Used by one thread.
class Puller {
 public:
  Puller(std::string system, std::unique_ptr<connectors::Connector> connector,
         std::vector<std::string> mapped_objects, Intake& intake, StatusBoard& board,
         std::shared_ptr<Clock> clock);

  // Pulls every object to its end once. While the source is at work on one (Page::wait) the others
  // are pulled. An object that fails does not keep the others from being pulled, unless the failure
  // concerns the whole system (kDenied, kCancelled). The first error.
  Status RunCycle(std::stop_token stop);

  // A cycle has ended, well or not, and not because it was told to stop. Safe from any thread.
  bool went_once() const { return went_once_; }

  // Runs a cycle, waits `interval`, and so on until `stop`; after a transient failure it tries
  // again sooner, after kDenied it leaves the system alone.
  //
  // Audits are made before the next cycle and as of the begin of the last one: by then the pipeline
  // has worked off what that brought, and what the source changed since is set aside. Where the
  // pipeline is still busy, the audit waits for another cycle. Where another instance pulls the
  // system by now, it only waits.
  void Run(std::chrono::milliseconds interval, Auditor& auditor, Pipeline& pipeline,
           std::stop_token stop);

  const std::string& system() const { return system_; }

 private:
  Status FindObjects(std::stop_token stop);
  Status PullAll(std::stop_token stop);
  // Pulls until the end of the object, or until the source is at work on it: then for how long.
  using Pause = std::optional<std::chrono::milliseconds>;
  Result<Pause> PullObject(const std::string& object, std::stop_token stop);
  // The same, with a failure reported.
  Result<Pause> PullAndReport(const std::string& object, std::stop_token stop);
  void Report(const std::string& object, PullState state, const std::string& error);
  void ReportAudit(const std::string& object);

  const std::string system_;
  const std::unique_ptr<connectors::Connector> connector_;
  const std::vector<std::string> mapped_objects_;
  Intake& intake_;
  StatusBoard& board_;
  const std::shared_ptr<Clock> clock_;
  std::vector<std::string> objects_;  // to pull, in order; empty until the source was described
  std::map<std::string, ObjectStatus> statuses_;
  std::atomic<bool> went_once_ = false;
};

}  // namespace trueup::daemon
