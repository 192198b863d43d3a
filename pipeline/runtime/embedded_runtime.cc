#include "pipeline/runtime/embedded_runtime.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/file.h"
#include "base/logging.h"
#include "pipeline/runtime/decisions.h"
#include "pipeline/runtime/meta.h"
#include "pipeline/runtime/rebuild.h"

namespace trueup::pipeline {
namespace {

constexpr size_t kOutboxPerSend = 5000;

std::vector<std::string> TopicsOf(const RuntimeOptions& options) {
  std::vector<std::string> topics{kDecisionsTopic};
  for (const std::string& system : options.systems) topics.push_back(SourceTopic(system));
  return topics;
}

}  // namespace

EmbeddedRuntime::EmbeddedRuntime(RuntimeOptions options, Log& log,
                                 std::shared_ptr<const mappings::Catalog> catalog,
                                 std::shared_ptr<Clock> clock)
    : options_(std::move(options)),
      log_(log),
      catalog_(std::move(catalog)),
      clock_(std::move(clock)),
      generations_(options_.folder),
      times_(*clock_) {}

Result<std::unique_ptr<EmbeddedRuntime>> EmbeddedRuntime::Open(
    RuntimeOptions options, Log& log, std::shared_ptr<const mappings::Catalog> catalog,
    std::shared_ptr<Clock> clock) {
  TRUEUP_RETURN_IF_ERROR(MakeFolder(options.folder));
  std::unique_ptr<EmbeddedRuntime> runtime(
      new EmbeddedRuntime(std::move(options), log, std::move(catalog), std::move(clock)));
  TRUEUP_RETURN_IF_ERROR(runtime->OpenGeneration());
  TRUEUP_RETURN_IF_ERROR(runtime->CheckLog());
  return runtime;
}

Status EmbeddedRuntime::OpenGeneration() {
  TRUEUP_RETURN_IF_ERROR(generations_.Sweep());
  TRUEUP_ASSIGN(generation_, generations_.Current());
  const Identity wanted{catalog_->version(), kCodeVersion, log_.id()};
  if (!generation_.empty()) {
    Status opened = OpenStore(generation_);
    if (!opened.ok() && opened.error().kind() == ErrorKind::kCorrupt) {
      TRUEUP_ASSIGN(const std::string aside, generations_.SetAside(generation_));
      LogError("pipeline", "the state was damaged (" + opened.error().message() +
                               "), lies now in " + aside + ", and is built anew");
      from_nothing_ = true;
    } else {
      TRUEUP_RETURN_IF_ERROR(opened);
      TRUEUP_ASSIGN(const auto identity, GetIdentity(*store_));
      if (identity == wanted) return {};
      committer_.reset();
      store_.reset();
      LogInfo("pipeline", "config or code changed: building a new generation from the stored rows");
      TRUEUP_RETURN_IF_ERROR(Rebuild(options_, log_, catalog_, clock_));
      TRUEUP_ASSIGN(generation_, generations_.Current());
      return OpenStore(generation_);
    }
  }
  TRUEUP_ASSIGN(generation_, Generations::Next(generation_));
  TRUEUP_RETURN_IF_ERROR(OpenStore(generation_));
  View view(store_.get());
  PutIdentity(wanted, view);
  StoreBatch batch;
  view.WriteTo(batch);
  TRUEUP_RETURN_IF_ERROR(store_->Commit(batch, true));
  return generations_.Activate(generation_);
}

Status EmbeddedRuntime::OpenStore(const std::string& name) {
  StoreOptions store_options;
  store_options.families = FamilyNames();
  TRUEUP_ASSIGN(store_, Store::Open(generations_.PathOf(name), store_options));
  topology_.emplace(catalog_, options_.threads, options_.shuffle_seed);
  TRUEUP_RETURN_IF_ERROR(topology_->Load(*store_));
  TRUEUP_ASSIGN(outbox_, Outbox::Open(*store_));
  committer_.emplace(*store_);
  for (const std::string& system : options_.systems) {
    TRUEUP_ASSIGN(const Position position, GetPosition(SourceTopic(system), *store_));
    sources_[system] = {position.offset, position.offset, position.counts};
  }
  TRUEUP_ASSIGN(const Position decisions, GetPosition(kDecisionsTopic, *store_));
  decisions_offset_ = decisions.offset;
  uncommitted_figures_ = CurrentFigures();
  return {};
}

// A state that is ahead of the log, or needs events that the log has dropped, must not guess
// (promise 3).
Status EmbeddedRuntime::CheckLog() const {
  for (const auto& [system, progress] : sources_) {
    const TopicPartition where{SourceTopic(system), 0};
    TRUEUP_ASSIGN(const uint64_t begin, log_.Begin(where));
    TRUEUP_ASSIGN(const uint64_t end, log_.End(where));
    if (progress.offset > end || (progress.offset < begin && !from_nothing_)) {
      return Error(ErrorKind::kCorrupt, "the state has read topic " + where.topic +
                                            " up to offset " + std::to_string(progress.offset) +
                                            ", but the log holds " + std::to_string(begin) +
                                            " to " + std::to_string(end));
    }
  }
  return {};
}

Status EmbeddedRuntime::Rebuild(const RuntimeOptions& options, const Log& log,
                                std::shared_ptr<const mappings::Catalog> catalog,
                                std::shared_ptr<Clock> clock) {
  Generations generations(options.folder);
  TRUEUP_ASSIGN(const std::string current, generations.Current());
  TRUEUP_ASSIGN(const std::string next, Generations::Next(current));
  StoreOptions store_options;
  store_options.families = FamilyNames();
  {
    TRUEUP_ASSIGN(const auto source, Store::Open(generations.PathOf(current), store_options));
    TRUEUP_ASSIGN(const auto target, Store::Open(generations.PathOf(next), store_options));
    Topology topology(catalog, options.threads, options.shuffle_seed);
    const Identity identity{catalog->version(), kCodeVersion, log.id()};
    TRUEUP_RETURN_IF_ERROR(
        BuildGeneration(*source, *target, topology, TopicsOf(options), identity, *clock));
  }
  TRUEUP_RETURN_IF_ERROR(generations.Activate(next));
  return generations.Sweep();
}

Status EmbeddedRuntime::ReadSources(View& view, Effects& effects, bool& worked) {
  for (auto& [system, progress] : sources_) {
    const TopicPartition where{SourceTopic(system), 0};
    TRUEUP_ASSIGN(const uint64_t begin, log_.Begin(where));
    progress.offset = std::max(progress.offset, begin);
    TRUEUP_ASSIGN(auto records, log_.Read(where, progress.offset, options_.limits.records,
                                          options_.limits.bytes));
    TRUEUP_ASSIGN(progress.end, log_.End(where));
    if (records.empty()) continue;
    worked = true;
    std::vector<SourceInput> inputs;
    inputs.reserve(records.size());
    for (LogRecord& record : records) {
      auto event = ChangeEvent::Decode(record.value);
      if (!event.ok()) {
        return std::move(event).error().In(where.topic + " offset " +
                                           std::to_string(record.offset));
      }
      inputs.push_back({record.offset, *std::move(event), std::move(record.value)});
    }
    times_.Charge(Phase::kRead);
    view.Prefetch(kMapRows, MapStage::Reads(inputs));
    for (const SourceInput& input : inputs) {
      topology_->map().Apply(input, view, effects, progress.counts);
    }
    progress.offset = inputs.back().offset + 1;
    PutPosition(where.topic, {progress.offset, progress.counts}, view);
    times_.Charge(Phase::kMap);
  }
  return {};
}

Status EmbeddedRuntime::ReadDecisions(View& view, Effects& effects, bool& worked) {
  const TopicPartition where{kDecisionsTopic, 0};
  TRUEUP_ASSIGN(const auto records, log_.Read(where, decisions_offset_, options_.limits.records,
                                              options_.limits.bytes));
  for (const LogRecord& record : records) {
    auto decision = ParseDecision(record);
    if (!decision.ok()) return std::move(decision).error();
    effects.to_resolve.push_back({decision->a, std::nullopt, *std::move(decision)});
    decisions_offset_ = record.offset + 1;
    worked = true;
  }
  if (!records.empty()) PutPosition(kDecisionsTopic, {decisions_offset_, {}}, view);
  return {};
}

Result<bool> EmbeddedRuntime::Step(bool first_pull) {
  auto view = std::make_unique<View>(store_.get(), committer_->pending());
  times_.Restart();
  TRUEUP_ASSIGN(const bool worked, Work(first_pull, *view));
  if (worked) {
    ++batches_;
    TRUEUP_RETURN_IF_ERROR(committer_->Begin(std::move(view)));
  } else {
    view.reset();
    TRUEUP_RETURN_IF_ERROR(committer_->Finish());
  }
  times_.Charge(Phase::kCommit);
  // The step before this one is committed now. The first that no longer gathers takes back what
  // only looked so, therefore nothing is sent before that.
  held_back_ = std::exchange(gathered_, gathers_) || gathers_;
  const std::lock_guard lock(figures_mutex_);
  // The view that was handed over last is committed only now, or with the next step.
  if (worked) figures_ = std::exchange(uncommitted_figures_, CurrentFigures());
  if (!worked) figures_ = CurrentFigures();
  return worked;
}

Result<bool> EmbeddedRuntime::Work(bool first_pull, View& view) {
  Effects effects;
  bool worked = false;
  TRUEUP_RETURN_IF_ERROR(ReadSources(view, effects, worked));
  TRUEUP_RETURN_IF_ERROR(ReadDecisions(view, effects, worked));
  uint64_t backlog = 0;
  for (const auto& [system, progress] : sources_) backlog += progress.end - progress.offset;
  const bool is_new = topology_->resolver().figures().members == 0;
  gathers_ = is_new && (first_pull || backlog > 0);
  const bool settle = !gathers_ && backlog < options_.limits.deferring_backlog;
  worked = worked || (settle && !topology_->settled());
  topology_->Deliver(effects, view, settle ? options_.limits.messages : 0, times_);
  const size_t marked = topology_->reconcile().marked();
  if (topology_->settled() && settle && marked > 0) {
    topology_->reconcile().Publish("", options_.limits.accounts, clock_->Now(), view, effects);
    worked = worked || topology_->reconcile().marked() < marked;
  }
  outbox_->Write(effects, view);
  times_.Charge(Phase::kPublish);
  TRUEUP_RETURN_IF_ERROR(view.status());
  return worked;
}

RuntimeFigures EmbeddedRuntime::CurrentFigures() const {
  return {sources_,
          topology_->resolver().figures(),
          topology_->reconcile().marked(),
          generation_,
          batches_,
          times_.totals()};
}

Result<bool> EmbeddedRuntime::SendOutbox() {
  if (held_back_) return false;
  TRUEUP_ASSIGN(const size_t sent, outbox_->Send(*store_, log_, kOutboxPerSend));
  return sent > 0;
}

Status EmbeddedRuntime::Trim() {
  const RuntimeFigures now = figures();
  TRUEUP_RETURN_IF_ERROR(store_->Sync());
  for (const auto& [system, progress] : now.sources) {
    TRUEUP_RETURN_IF_ERROR(log_.Trim({SourceTopic(system), 0}, progress.offset));
  }
  return {};
}

RuntimeFigures EmbeddedRuntime::figures() const {
  const std::lock_guard lock(figures_mutex_);
  return figures_;
}

}  // namespace trueup::pipeline
