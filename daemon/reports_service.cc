#include "daemon/reports_service.h"

#include <utility>

#include "base/logging.h"
#include "config/config.h"

namespace trueup::daemon {
namespace {
constexpr std::chrono::milliseconds kIdleWait{50};
constexpr std::chrono::seconds kRetryWait{5};
}  // namespace

ReportsService::ReportsService(std::unique_ptr<reports::ReadModel> model, StatusBoard& board,
                               std::shared_ptr<Clock> clock)
    : model_(std::move(model)), board_(board), clock_(std::move(clock)) {}

Result<std::unique_ptr<ReportsService>> ReportsService::Open(const config::Config& config,
                                                             pipeline::Log& log, StatusBoard& board,
                                                             std::shared_ptr<Clock> clock) {
  TRUEUP_ASSIGN(auto model, reports::ReadModel::Open(config.data_dir, log));
  return std::unique_ptr<ReportsService>(
      new ReportsService(std::move(model), board, std::move(clock)));
}

Status ReportsService::BeginGeneration(const std::string& generation) {
  const std::lock_guard lock(mutex_);
  return model_->BeginGeneration(generation);
}

Result<uint64_t> ReportsService::Apply(bool pipeline_is_idle) {
  const std::lock_guard lock(mutex_);
  TRUEUP_ASSIGN(const uint64_t applied, model_->Apply(clock_->Now()));
  if (applied == 0 && pipeline_is_idle) TRUEUP_RETURN_IF_ERROR(model_->Settle(clock_->Now()));
  TRUEUP_ASSIGN(const uint64_t lag, model_->Lag());
  board_.SetReports(lag, "");
  return applied;
}

void ReportsService::Run(const Pipeline& pipeline, std::stop_token stop) {
  uint64_t idle_seen = pipeline.idle_rounds();
  while (!stop.stop_requested()) {
    // Two idle rounds of the pipeline since the last look: all that it has to say is in the topics.
    const uint64_t idle_now = pipeline.idle_rounds();
    const auto applied = Apply(idle_now >= idle_seen + 2);
    idle_seen = idle_now;
    if (!applied.ok()) {
      LogError("reports", applied.error().message());
      board_.SetReports(0, applied.error().message());
      clock_->Wait(kRetryWait, stop);
    } else if (*applied == 0) {
      ++idle_rounds_;
      clock_->Wait(kIdleWait, stop);
    }
  }
}

}  // namespace trueup::daemon
