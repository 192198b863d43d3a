#include "daemon/pipeline_service.h"

#include <thread>
#include <utility>

#include "base/logging.h"

namespace trueup::daemon {
namespace {

constexpr std::chrono::milliseconds kIdleWait{20};
constexpr std::chrono::seconds kReopenWait{5};
// Steps between two looks at what the log may drop.
constexpr int kStepsPerTrim = 200;

}  // namespace

PipelineService::PipelineService(pipeline::RuntimeOptions options, pipeline::Log& log,
                                 Intake& intake, std::shared_ptr<const mappings::Catalog> catalog,
                                 StatusBoard& board, std::shared_ptr<Clock> clock,
                                 OnGeneration on_generation, FirstPull first_pull)
    : options_(std::move(options)),
      log_(log),
      intake_(intake),
      catalog_(std::move(catalog)),
      board_(board),
      clock_(std::move(clock)),
      on_generation_(std::move(on_generation)),
      first_pull_(std::move(first_pull)) {}

Status PipelineService::Open() {
  TRUEUP_ASSIGN(runtime_, pipeline::EmbeddedRuntime::Open(options_, log_, catalog_, clock_));
  if (runtime_->rebuilt_from_nothing()) TRUEUP_RETURN_IF_ERROR(intake_.Forget());
  return on_generation_(runtime_->generation());
}

Status PipelineService::Start() { return Open(); }

std::string PipelineService::error() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

void PipelineService::SetError(const std::string& error) {
  const std::lock_guard lock(mutex_);
  error_ = error;
}

void PipelineService::Run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    Status worked = runtime_ ? Work(stop) : Open();
    if (worked.ok()) continue;
    LogError("pipeline", worked.error().message() + "; opening the state anew");
    SetError(worked.error().message());
    board_.SetPipeline(runtime_ ? runtime_->figures() : pipeline::RuntimeFigures(),
                       worked.error().message());
    runtime_.reset();
    clock_->Wait(kReopenWait, stop);
  }
  runtime_.reset();
}

Status PipelineService::Work(std::stop_token stop) {
  std::jthread sender([this](std::stop_token sender_stop) { SendLoop(sender_stop); });
  int steps = 0;
  while (!stop.stop_requested()) {
    TRUEUP_ASSIGN(const bool worked, runtime_->Step(first_pull_()));
    board_.SetPipeline(runtime_->figures(), "");
    if (worked) SetError("");
    if (++steps % kStepsPerTrim == 0) TRUEUP_RETURN_IF_ERROR(runtime_->Trim());
    if (worked) continue;
    if (runtime_->all_sent()) ++idle_rounds_;
    clock_->Wait(kIdleWait, stop);
  }
  return {};
}

void PipelineService::SendLoop(std::stop_token stop) {
  while (!stop.stop_requested()) {
    const auto sent = runtime_->SendOutbox();
    if (!sent.ok()) {
      LogError("pipeline", "cannot publish: " + sent.error().message());
      SetError(sent.error().message());
      clock_->Wait(kReopenWait, stop);
    } else if (!*sent) {
      clock_->Wait(kIdleWait, stop);
    }
  }
}

}  // namespace trueup::daemon
