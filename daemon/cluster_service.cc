#include "daemon/cluster_service.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "base/logging.h"
#include "pipeline/runtime/topics.h"

namespace trueup::daemon {
namespace {

constexpr std::chrono::seconds kReopenWait{5};
constexpr std::chrono::milliseconds kShowInterval{500};

// Which systems were read to their end once: a record a system and time.
const pipeline::TopicPartition kPulls{pipeline::kPullsTopic, 0};

// Which stage reads a topic.
std::string StageOf(const std::string& topic, const pipeline::GenerationPlan& plan) {
  if (topic == plan.collect()) return "collect";
  if (topic == plan.resolve()) return "resolve";
  if (topic == plan.reconcile()) return "reconcile";
  return topic == pipeline::kDecisionsTopic ? "decide" : "map";
}

TaskFigures FiguresOf(const pipeline::TaskStatus& task, uint64_t end,
                      const pipeline::GenerationPlan& plan) {
  TaskFigures figures;
  figures.stage = StageOf(task.inbox.topic, plan);
  figures.inbox = task.inbox.topic;
  figures.partition = task.inbox.partition;
  figures.settled = task.position.settled;
  figures.end = end;
  figures.to_replay = task.replay.to - task.replay.from;
  figures.replayed = std::min(task.position.offset - task.replay.from, figures.to_replay);
  figures.batches = task.batches;
  figures.unacknowledged = task.unacknowledged;
  return figures;
}

}  // namespace

ClusterService::ClusterService(pipeline::PartitionedOptions options, pipeline::ClusterAccess access,
                               pipeline::Log& log, std::shared_ptr<const mappings::Catalog> catalog,
                               StatusBoard& board, std::shared_ptr<Clock> clock)
    : options_(std::move(options)),
      access_(std::move(access)),
      log_(log),
      catalog_(std::move(catalog)),
      board_(board),
      clock_(std::move(clock)) {}

Status ClusterService::Open() {
  TRUEUP_ASSIGN(std::shared_ptr<pipeline::PartitionedRuntime> runtime,
                pipeline::PartitionedRuntime::Open(options_, log_, catalog_, clock_, access_));
  const std::lock_guard lock(mutex_);
  runtime_ = std::move(runtime);
  return {};
}

void ClusterService::Run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    Status worked = runtime_ ? Work(stop) : Open();
    if (worked.ok()) continue;
    LogError("pipeline", worked.error().message() + "; opening the state anew");
    SetError(worked.error().message());
    board_.SetPipeline({}, worked.error().message());
    {
      const std::lock_guard lock(mutex_);
      runtime_.reset();
    }
    clock_->Wait(kReopenWait, stop);
  }
  const std::lock_guard lock(mutex_);
  runtime_.reset();
}

Status ClusterService::Work(std::stop_token stop) {
  uint64_t seen = 0;
  while (!stop.stop_requested()) {
    TRUEUP_ASSIGN(const bool first_pull, IsFirstPull());
    TRUEUP_RETURN_IF_ERROR(runtime_->Step(first_pull));
    const uint64_t now = runtime_->idle_rounds();
    idle_rounds_ += now - std::exchange(seen, now);
    SetError("");
    if (clock_->Elapsed() - shown_ < kShowInterval) continue;
    shown_ = clock_->Elapsed();
    TRUEUP_RETURN_IF_ERROR(Show());
  }
  return {};
}

Result<bool> ClusterService::IsFirstPull() {
  const auto missing = [this] {
    return !std::all_of(options_.systems.begin(), options_.systems.end(),
                        [this](const std::string& system) { return pulled_.contains(system); });
  };
  if (!missing()) return false;
  TRUEUP_ASSIGN(const auto records, log_.Read(kPulls, pulls_read_, 1000, 1 << 20));
  for (const pipeline::LogRecord& record : records) {
    pulled_.insert(record.key);
    pulls_read_ = record.offset + 1;
  }
  return missing();
}

bool ClusterService::pulls(const std::string& system) const {
  const std::lock_guard lock(mutex_);
  return runtime_ && runtime_->pulls(system);
}

Status ClusterService::NotePulled(const std::string& system) {
  TRUEUP_RETURN_IF_ERROR(log_.Append(kPulls, {{system, FormatInstant(clock_->Now())}}));
  return log_.Sync(kPulls);
}

Status ClusterService::Show() {
  pipeline::RuntimeFigures figures;
  figures.generation = runtime_->plan().name();
  ClusterFigures cluster;
  cluster.waiting = runtime_->waiting();
  std::map<std::string, std::string> system_of;
  for (const std::string& system : options_.systems) {
    figures.sources[system];
    system_of[pipeline::SourceTopic(system)] = system;
  }
  const std::vector<pipeline::TaskStatus> tasks = runtime_->tasks();
  std::vector<pipeline::TopicPartition> inboxes;
  for (const pipeline::TaskStatus& task : tasks) inboxes.push_back(task.inbox);
  TRUEUP_ASSIGN(const auto ends, log_.Ends(inboxes));
  for (const pipeline::TaskStatus& task : tasks) {
    const uint64_t end = ends.at(task.inbox);
    cluster.tasks.push_back(FiguresOf(task, end, runtime_->plan()));
    const auto system = system_of.find(task.inbox.topic);
    if (system == system_of.end()) continue;
    pipeline::SourceProgress& progress = figures.sources[system->second];
    progress.offset += task.position.offset;
    progress.end += end;
    progress.counts.mapped += task.position.counts.mapped;
    progress.counts.quarantined += task.position.counts.quarantined;
    progress.counts.outdated += task.position.counts.outdated;
  }
  for (const auto& [slot, copied] : runtime_->opening()) {
    cluster.opening.push_back(
        {slot, copied.files, copied.files_in_all, copied.bytes, copied.bytes_in_all});
  }
  cluster.standbys = runtime_->standbys();
  board_.SetPipeline(figures, "");
  board_.SetCluster(std::move(cluster));
  return {};
}

std::string ClusterService::error() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

void ClusterService::SetError(const std::string& error) {
  const std::lock_guard lock(mutex_);
  error_ = error;
}

}  // namespace trueup::daemon
