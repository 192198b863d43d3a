#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "daemon/intake.h"
#include "daemon/pipeline.h"
#include "daemon/status_board.h"
#include "mappings/catalog.h"
#include "pipeline/log/log.h"
#include "pipeline/runtime/embedded_runtime.h"

namespace trueup::daemon {

// The pipeline in this process: opens the runtime, steps it, sends its outbox from a second thread,
// lets go of the log behind it; after a failure it opens a new runtime and goes on.
class PipelineService : public Pipeline {
 public:
  // Called with the name of each generation that is opened, before anything of it is published.
  using OnGeneration = std::function<Status(const std::string& generation)>;
  // Whether some system is still being read for the first time since the daemon started. Called
  // often, from Run's thread.
  using FirstPull = std::function<bool()>;

  PipelineService(pipeline::RuntimeOptions options, pipeline::Log& log, Intake& intake,
                  std::shared_ptr<const mappings::Catalog> catalog, StatusBoard& board,
                  std::shared_ptr<Clock> clock, OnGeneration on_generation, FirstPull first_pull);

  Status Start() override;
  void Run(std::stop_token stop) override;
  bool pulls(const std::string& /*system*/) const override { return true; }
  Status NotePulled(const std::string& /*system*/) override { return {}; }
  uint64_t idle_rounds() const override { return idle_rounds_; }
  std::string error() const override;

 private:
  Status Open();
  Status Work(std::stop_token stop);
  void SendLoop(std::stop_token stop);
  void SetError(const std::string& error);

  const pipeline::RuntimeOptions options_;
  pipeline::Log& log_;
  Intake& intake_;
  const std::shared_ptr<const mappings::Catalog> catalog_;
  StatusBoard& board_;
  const std::shared_ptr<Clock> clock_;
  const OnGeneration on_generation_;
  const FirstPull first_pull_;
  std::unique_ptr<pipeline::EmbeddedRuntime> runtime_;
  std::atomic<uint64_t> idle_rounds_ = 0;
  mutable std::mutex mutex_;
  std::string error_;
};

}  // namespace trueup::daemon
