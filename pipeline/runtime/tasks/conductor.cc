#include "pipeline/runtime/tasks/conductor.h"

#include <utility>

#include "pipeline/runtime/tasks/wire.h"
#include "pipeline/runtime/topics.h"

namespace trueup::pipeline {
namespace {

// While more entries than this wait before resolve, its inputs only gather (docs/decisions/0006).
constexpr uint64_t kDeferringBacklog = 8000;
// An account waits at most so long for rows that may still be on their way to it.
constexpr std::chrono::seconds kLongestWait{1};

}  // namespace

Conductor::Conductor(const GenerationPlan& plan, std::vector<std::string> systems, Log& log,
                     Positions& positions, std::shared_ptr<Clock> clock)
    : plan_(plan),
      log_(log),
      positions_(positions),
      clock_(std::move(clock)),
      systems_(std::move(systems)) {
  for (int partition = 0; partition < plan_.partitions; ++partition) {
    before_resolve_.push_back({plan_.collect(), partition});
    reconcile_.push_back({plan_.reconcile(), partition});
  }
  before_resolve_.push_back({kDecisionsTopic, 0});
}

Status Conductor::Conduct(const std::vector<TaskStatus>& tasks, bool first_pull) {
  for (const TaskStatus& task : tasks) {
    if (task.inbox.topic == plan_.resolve()) {
      TRUEUP_RETURN_IF_ERROR(ConductResolve(task, first_pull));
    } else if (task.inbox.topic == plan_.reconcile()) {
      TRUEUP_RETURN_IF_ERROR(ConductReconcile(task));
    }
  }
  return {};
}

bool Conductor::Wants(const TaskStatus& task) {
  Waiting& waiting = waiting_[task.inbox];
  const bool waits = task.waits_for_cut && task.position.offset > waiting.cut_at;
  if (waits && !waiting.waits) waiting.since = clock_->Elapsed();
  waiting.waits = waits;
  return waits;
}

Status Conductor::ConductResolve(const TaskStatus& task, bool first_pull) {
  if (!Wants(task)) return {};
  const bool is_new = task.position.settled == 0;
  if (is_new && first_pull) return {};
  TRUEUP_ASSIGN(const uint64_t backlog, BacklogBeforeResolve());
  TRUEUP_ASSIGN(const uint64_t end, log_.End(task.inbox));
  if (backlog + (end - task.position.offset) >= (is_new ? 1 : kDeferringBacklog)) return {};
  if (!std::exchange(opened_, true)) {
    for (int partition = 0; partition < plan_.partitions; ++partition) {
      TRUEUP_RETURN_IF_ERROR(WriteCut({plan_.collect(), partition}));
    }
  }
  return WriteCut(task.inbox);
}

Status Conductor::ConductReconcile(const TaskStatus& task) {
  if (!Wants(task)) return {};
  if (clock_->Elapsed() - waiting_[task.inbox].since < kLongestWait) {
    TRUEUP_ASSIGN(uint64_t backlog, BacklogBeforeResolve());
    TRUEUP_ASSIGN(const uint64_t resolving, BacklogOf({{plan_.resolve(), 0}}));
    TRUEUP_ASSIGN(const uint64_t end, log_.End(task.inbox));
    backlog += resolving + (end - task.position.offset);
    if (backlog > 0) return {};
  }
  return WriteCut(task.inbox);
}

Status Conductor::WriteCut(const TopicPartition& inbox) {
  TRUEUP_RETURN_IF_ERROR(log_.Append(inbox, {{"", EncodeCut({clock_->Now()})}}));
  TRUEUP_RETURN_IF_ERROR(log_.Sync(inbox));
  TRUEUP_ASSIGN(waiting_[inbox].cut_at, log_.End(inbox));
  return {};
}

Result<uint64_t> Conductor::BacklogBeforeResolve() {
  std::vector<TopicPartition> inboxes = before_resolve_;
  for (const std::string& system : systems_) {
    TRUEUP_ASSIGN(const int partitions, log_.Partitions(SourceTopic(system)));
    for (int partition = 0; partition < partitions; ++partition) {
      inboxes.push_back({SourceTopic(system), partition});
    }
  }
  return BacklogOf(inboxes);
}

Result<uint64_t> Conductor::BacklogOf(const std::vector<TopicPartition>& inboxes) {
  TRUEUP_ASSIGN(const auto committed, positions_.Committed(inboxes));
  uint64_t backlog = 0;
  for (const TopicPartition& inbox : inboxes) {
    TRUEUP_ASSIGN(const uint64_t end, log_.End(inbox));
    const auto found = committed.find(inbox);
    const uint64_t worked_off = found == committed.end() ? 0 : found->second;
    backlog += end > worked_off ? end - worked_off : 0;
  }
  return backlog;
}

Result<uint64_t> Conductor::EntriesWaiting() {
  TRUEUP_ASSIGN(const uint64_t before, BacklogBeforeResolve());
  TRUEUP_ASSIGN(const uint64_t resolving, BacklogOf({{plan_.resolve(), 0}}));
  TRUEUP_ASSIGN(const uint64_t reconciling, BacklogOf(reconcile_));
  return before + resolving + reconciling;
}

}  // namespace trueup::pipeline
