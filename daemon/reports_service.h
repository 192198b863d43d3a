#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <stop_token>

#include "base/clock.h"
#include "daemon/pipeline.h"
#include "daemon/status_board.h"
#include "pipeline/log/log.h"
#include "reports/read_model.h"

namespace trueup::config {
struct Config;
}

namespace trueup::daemon {

// Keeps the reports' read model up to date with what the pipeline published. Run blocks in a thread
// of its own.
class ReportsService {
 public:
  static Result<std::unique_ptr<ReportsService>> Open(const config::Config& config,
                                                      pipeline::Log& log, StatusBoard& board,
                                                      std::shared_ptr<Clock> clock);

  void Run(const Pipeline& pipeline, std::stop_token stop);

  // A generation is about to publish. Safe from any thread.
  Status BeginGeneration(const std::string& generation);

  // How often it found nothing new.
  uint64_t idle_rounds() const { return idle_rounds_; }

 private:
  ReportsService(std::unique_ptr<reports::ReadModel> model, StatusBoard& board,
                 std::shared_ptr<Clock> clock);
  Result<uint64_t> Apply(bool pipeline_is_idle);

  std::mutex mutex_;  // of the model, which is for one thread at a time
  const std::unique_ptr<reports::ReadModel> model_;
  StatusBoard& board_;
  const std::shared_ptr<Clock> clock_;
  std::atomic<uint64_t> idle_rounds_ = 0;
};

}  // namespace trueup::daemon
