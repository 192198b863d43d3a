#include "pipeline/runtime/tasks/partitioned_runtime.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "base/file.h"
#include "base/logging.h"
#include "pipeline/runtime/meta.h"
#include "pipeline/runtime/tasks/generation_registry.h"
#include "pipeline/runtime/tasks/published.h"

namespace trueup::pipeline {
namespace {

constexpr std::chrono::milliseconds kRound{50};
// How often the whole cluster is asked whether it is quiet.
constexpr std::chrono::milliseconds kLookInterval{300};
constexpr std::chrono::seconds kTellAllInterval{2};
// Cache of all slots of a cluster together, should one instance have to work them all.
constexpr size_t kCacheBytes = 256 << 20;
constexpr size_t kSmallestCache = 8 << 20;

std::string FolderOf(const std::string& root, const GenerationPlan& plan, int number) {
  return root + "/" + plan.name() + "/slot-" + std::to_string(number);
}

}  // namespace

PartitionedRuntime::PartitionedRuntime(PartitionedOptions options, Log& log,
                                       std::shared_ptr<const mappings::Catalog> catalog,
                                       std::shared_ptr<Clock> clock)
    : options_(std::move(options)),
      log_(log),
      catalog_(std::move(catalog)),
      clock_(std::move(clock)) {}

PartitionedRuntime::~PartitionedRuntime() = default;

Result<std::unique_ptr<PartitionedRuntime>> PartitionedRuntime::Open(
    PartitionedOptions options, Log& log, std::shared_ptr<const mappings::Catalog> catalog,
    std::shared_ptr<Clock> clock, const ClusterAccess& access) {
  std::unique_ptr<PartitionedRuntime> runtime(
      new PartitionedRuntime(std::move(options), log, std::move(catalog), std::move(clock)));
  const PartitionedOptions& settings = runtime->options_;
  for (const auto& [topic, topic_settings] : LastingTopics(settings.systems, settings.partitions)) {
    TRUEUP_ASSIGN(const int there, log.Partitions(topic));
    // One that was made with another number of partitions keeps it: its records lie where they lie.
    if (there == 0) TRUEUP_RETURN_IF_ERROR(log.MakeTopic(topic, topic_settings));
  }
  const Identity identity{runtime->catalog_->version(), kCodeVersion, log.id()};
  TRUEUP_ASSIGN(runtime->plan_, JoinGeneration(identity, settings.partitions, log));
  for (const auto& [topic, topic_settings] : InboxTopics(runtime->plan_)) {
    TRUEUP_RETURN_IF_ERROR(log.MakeTopic(topic, topic_settings));
  }
  if (!settings.checkpoints.empty()) {
    runtime->shelf_ = MakeFolderShelf(settings.checkpoints + "/" + runtime->plan_.name());
  }
  const int slots = ResolveSlot(runtime->plan_) + 1 + static_cast<int>(settings.systems.size());
  TRUEUP_ASSIGN(runtime->positions_, access.positions(runtime->plan_));
  TRUEUP_ASSIGN(runtime->group_, access.slots(runtime->plan_, slots));
  if (settings.standby) {
    runtime->standbys_.emplace(log, *runtime->positions_, runtime->clock_, settings.standby_wait,
                               [self = runtime.get()](int number, Log& over, CopyProgress& progress,
                                                      const std::stop_token& stop) {
                                 return self->OpenSlot(number, over, progress, stop);
                               });
  }
  runtime->conductor_.emplace(runtime->plan_, settings.systems, log, *runtime->positions_,
                              runtime->clock_);
  LogInfo("pipeline", "works on generation " + runtime->plan_.name() + ", " +
                          std::to_string(settings.partitions) + " partitions");
  return runtime;
}

Status PartitionedRuntime::Step(bool first_pull) {
  TRUEUP_ASSIGN(const Slots change, group_->Poll(kRound));
  for (const int number : change.revoked) TRUEUP_RETURN_IF_ERROR(LetGo(number));
  for (const int number : change.assigned) TRUEUP_RETURN_IF_ERROR(Take(number));
  TRUEUP_RETURN_IF_ERROR(RunOpened());
  TRUEUP_RETURN_IF_ERROR(Follow());
  TRUEUP_RETURN_IF_ERROR(CheckFailures());
  TRUEUP_RETURN_IF_ERROR(TellPositions());
  TRUEUP_RETURN_IF_ERROR(conductor_->Conduct(tasks(), first_pull));
  TRUEUP_RETURN_IF_ERROR(Checkpoint());
  if (clock_->Elapsed() - looked_ < kLookInterval) return {};
  looked_ = clock_->Elapsed();
  TRUEUP_ASSIGN(waiting_, conductor_->EntriesWaiting());
  if (*waiting_ > 0 || !opening_.empty()) return {};
  if (!swept_ && runners_.contains(ResolveSlot(plan_))) {
    TRUEUP_RETURN_IF_ERROR(SweepEarlierGenerations(plan_, log_));
    swept_ = true;
  }
  ++idle_rounds_;
  return {};
}

Status PartitionedRuntime::Take(int number) {
  const int pulled = number - ResolveSlot(plan_) - 1;
  if (pulled >= 0) {
    const std::lock_guard lock(mutex_);
    pulled_here_.push_back(options_.systems[static_cast<size_t>(pulled)]);
    return {};
  }
  // Its end may take a while, so it is waited for where the slot is opened.
  std::shared_ptr<Standby> standby;
  if (standbys_) standby = standbys_->Release(number);
  opening_[number] = std::make_unique<SlotOpening>(
      [this, number, standby = std::move(standby)](CopyProgress& progress,
                                                   const std::stop_token& stop) mutable {
        standby.reset();
        return OpenSlot(number, log_, progress, stop);
      });
  return {};
}

Status PartitionedRuntime::Follow() {
  if (!standbys_) return {};
  std::set<int> elsewhere;
  for (int number = 0; number <= ResolveSlot(plan_); ++number) {
    if (!runners_.contains(number) && !opening_.contains(number)) elsewhere.insert(number);
  }
  return standbys_->Follow(elsewhere);
}

Status PartitionedRuntime::RunOpened() {
  for (auto at = opening_.begin(); at != opening_.end();) {
    if (!at->second->done()) {
      ++at;
      continue;
    }
    const int number = at->first;
    auto slot = at->second->Take();
    at = opening_.erase(at);
    if (!slot.ok() && (slot.error().kind() == ErrorKind::kCorrupt ||
                       slot.error().kind() == ErrorKind::kInvalid)) {
      LogError("pipeline", slot.error().message() + "; the generation is begun anew");
      TRUEUP_RETURN_IF_ERROR(BeginAnew(plan_, log_));
    }
    if (!slot.ok()) return std::move(slot).error();
    auto runner = std::make_unique<SlotRunner>(*std::move(slot), clock_);
    const std::lock_guard lock(mutex_);
    runners_[number] = std::move(runner);
  }
  return {};
}

SlotOptions PartitionedRuntime::OptionsOf(int number) const {
  SlotOptions slot;
  slot.folder = FolderOf(options_.folder, plan_, number);
  slot.plan = plan_;
  slot.systems = options_.systems;
  slot.threads = options_.threads;
  slot.store.cache_bytes =
      std::max(kSmallestCache, kCacheBytes / static_cast<size_t>(plan_.partitions + 1));
  slot.store.write_buffer_bytes = kSmallestCache;
  return slot;
}

// A damaged store is set aside, one that its inbox has left behind is dropped; either is replaced
// by the newest checkpoint, or by nothing, from which everything is replayed. A log that has lost
// something is kCorrupt; an inbox that was trimmed too far is kInvalid.
Result<std::unique_ptr<Slot>> PartitionedRuntime::OpenSlot(int number, Log& log,
                                                           CopyProgress& progress,
                                                           const std::stop_token& stop) const {
  const SlotOptions options = OptionsOf(number);
  TRUEUP_RETURN_IF_ERROR(MakeFolder(options_.folder + "/" + plan_.name()));
  TRUEUP_ASSIGN(auto kept, OpenKept(number, log, options));
  if (kept) return kept;
  if (shelf_) {
    TRUEUP_ASSIGN(const bool fetched, shelf_->Fetch(number, options.folder, progress, stop));
    if (fetched) {
      LogInfo("pipeline", "slot " + std::to_string(number) + " begins from its last checkpoint");
    }
  }
  TRUEUP_ASSIGN(auto store, Slot::OpenStore(options));
  return Slot::Open(number, options, std::move(store), log, catalog_);
}

Result<std::unique_ptr<Slot>> PartitionedRuntime::OpenKept(int number, Log& log,
                                                           const SlotOptions& options) const {
  if (!std::filesystem::exists(options.folder)) return std::unique_ptr<Slot>();
  auto store = Slot::OpenStore(options);
  if (store.ok()) {
    auto slot = Slot::Open(number, options, *std::move(store), log, catalog_);
    if (slot.ok() || slot.error().kind() != ErrorKind::kInvalid) return slot;
    LogWarning("pipeline", "slot " + std::to_string(number) + ": " + slot.error().message());
    std::filesystem::remove_all(options.folder);
    return std::unique_ptr<Slot>();
  }
  if (store.error().kind() != ErrorKind::kCorrupt) return std::move(store).error();
  const std::string aside = options.folder + ".damaged";
  std::filesystem::remove_all(aside);
  std::filesystem::rename(options.folder, aside);
  LogError("pipeline", "the state of slot " + std::to_string(number) +
                           " was damaged, and lies now in " + aside);
  return std::unique_ptr<Slot>();
}

Status PartitionedRuntime::Checkpoint() {
  if (!shelf_) return {};
  for (const auto& [number, runner] : runners_) {
    const auto now = clock_->Elapsed();
    const auto [last, first] = checkpointed_.try_emplace(number, now);
    if (first || now - last->second < options_.checkpoint_interval) continue;
    TRUEUP_RETURN_IF_ERROR(CheckpointSlot(*runner));
    last->second = clock_->Elapsed();
    TRUEUP_ASSIGN(const auto needed, shelf_->Needed(number));
    for (const auto& [inbox, offset] : needed) {
      // What systems and people said is kept: a new generation is built from it.
      if (inbox.topic.starts_with(plan_.name() + ".")) {
        TRUEUP_RETURN_IF_ERROR(log_.Trim(inbox, offset));
      }
    }
  }
  return {};
}

Status PartitionedRuntime::CheckpointSlot(const SlotRunner& runner) {
  // Looked at before the copy is made: it may stand further on, never less far.
  CheckpointPositions positions;
  for (const TaskStatus& task : runner.tasks()) positions[task.inbox] = task.position.offset;
  const std::string copy = OptionsOf(runner.slot().number()).folder + ".checkpoint";
  std::filesystem::remove_all(copy);
  TRUEUP_RETURN_IF_ERROR(runner.slot().store().Checkpoint(copy));
  Status kept = shelf_->Put(runner.slot().number(), copy, positions);
  std::filesystem::remove_all(copy);
  return kept;
}

Status PartitionedRuntime::LetGo(int number) {
  const int pulled = number - ResolveSlot(plan_) - 1;
  if (pulled >= 0) {
    const std::lock_guard lock(mutex_);
    std::erase(pulled_here_, options_.systems[static_cast<size_t>(pulled)]);
    return {};
  }
  if (opening_.erase(number) > 0) return {};
  std::unique_ptr<SlotRunner> runner;
  {
    const std::lock_guard lock(mutex_);
    const auto found = runners_.find(number);
    if (found == runners_.end()) return {};
    runner = std::move(found->second);
    runners_.erase(found);
  }
  runner->Stop();
  if (shelf_) TRUEUP_RETURN_IF_ERROR(CheckpointSlot(*runner));
  checkpointed_.erase(number);
  std::map<TopicPartition, uint64_t> reached;
  for (const TaskStatus& task : runner->tasks()) {
    reached[task.inbox] = task.position.settled;
    told_.erase(task.inbox);
  }
  return positions_->Commit(reached);
}

Status PartitionedRuntime::CheckFailures() {
  const std::lock_guard lock(mutex_);
  for (const auto& [number, runner] : runners_) {
    if (auto failure = runner->failure()) {
      return std::move(*failure).In("slot " + std::to_string(number));
    }
  }
  return {};
}

// Now and then all of them: an instance that took too long to let go may have told older ones.
Status PartitionedRuntime::TellPositions() {
  const bool all = clock_->Elapsed() - told_all_ >= kTellAllInterval;
  if (all) told_all_ = clock_->Elapsed();
  std::map<TopicPartition, uint64_t> news;
  for (const TaskStatus& task : tasks()) {
    const auto told = told_.find(task.inbox);
    if (all || told == told_.end() || told->second != task.position.settled) {
      news[task.inbox] = task.position.settled;
    }
  }
  if (news.empty()) return {};
  TRUEUP_RETURN_IF_ERROR(positions_->Commit(news));
  for (const auto& [inbox, position] : news) told_[inbox] = position;
  return {};
}

bool PartitionedRuntime::pulls(const std::string& system) const {
  const std::lock_guard lock(mutex_);
  return std::find(pulled_here_.begin(), pulled_here_.end(), system) != pulled_here_.end();
}

std::map<int, CopyFigures> PartitionedRuntime::opening() const {
  std::map<int, CopyFigures> all;
  for (const auto& [number, opening] : opening_) all[number] = opening->copied();
  return all;
}

std::map<int, uint64_t> PartitionedRuntime::standbys() const {
  return standbys_ ? standbys_->behind() : std::map<int, uint64_t>();
}

std::vector<TaskStatus> PartitionedRuntime::tasks() const {
  const std::lock_guard lock(mutex_);
  std::vector<TaskStatus> all;
  for (const auto& [number, runner] : runners_) {
    for (TaskStatus& task : runner->tasks()) all.push_back(std::move(task));
  }
  return all;
}

}  // namespace trueup::pipeline
