#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "base/clock.h"
#include "daemon/pipeline.h"
#include "daemon/status_board.h"
#include "mappings/catalog.h"
#include "pipeline/log/log.h"
#include "pipeline/runtime/tasks/partitioned_runtime.h"

namespace trueup::daemon {

// The pipeline over Kafka: this instance's share of it.
class ClusterService : public Pipeline {
 public:
  ClusterService(pipeline::PartitionedOptions options, pipeline::ClusterAccess access,
                 pipeline::Log& log, std::shared_ptr<const mappings::Catalog> catalog,
                 StatusBoard& board, std::shared_ptr<Clock> clock);

  Status Start() override { return Open(); }
  void Run(std::stop_token stop) override;
  bool pulls(const std::string& system) const override;
  Status NotePulled(const std::string& system) override;
  uint64_t idle_rounds() const override { return idle_rounds_; }
  std::string error() const override;

 private:
  Status Open();
  Status Work(std::stop_token stop);
  // Some system was never read to its end by any instance.
  Result<bool> IsFirstPull();
  Status Show();
  void SetError(const std::string& error);

  const pipeline::PartitionedOptions options_;
  const pipeline::ClusterAccess access_;
  pipeline::Log& log_;
  const std::shared_ptr<const mappings::Catalog> catalog_;
  StatusBoard& board_;
  const std::shared_ptr<Clock> clock_;
  std::atomic<uint64_t> idle_rounds_ = 0;
  mutable std::mutex mutex_;
  std::shared_ptr<pipeline::PartitionedRuntime> runtime_;
  std::string error_;
  std::set<std::string> pulled_;  // systems that were read once, as far as was looked
  uint64_t pulls_read_ = 0;
  std::chrono::microseconds shown_{0};
};

}  // namespace trueup::daemon
