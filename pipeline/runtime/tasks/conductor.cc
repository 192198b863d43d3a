#include "pipeline/runtime/tasks/conductor.h"

#include <utility>

#include "pipeline/runtime/tasks/wire.h"
#include "pipeline/runtime/topics.h"
#include "pipeline/runtime/topology.h"

namespace trueup::pipeline {
namespace {

// An account waits at most so long for rows that may still be on their way to it.
constexpr std::chrono::seconds kLongestWait{1};

}  // namespace

Conductor::Conductor(const GenerationPlan& plan, std::vector<std::string> systems, Log& log,
                     Positions& positions, std::shared_ptr<Clock> clock)
    : plan_(plan),
      log_(log),
      positions_(positions),
      clock_(std::move(clock)),
      systems_(std::move(systems)) {}

Status Conductor::Conduct(const std::vector<TaskStatus>& tasks, bool first_pull) {
  std::optional<Backlog> measured;
  for (const TaskStatus& task : tasks) {
    const bool resolves = task.inbox.topic == plan_.resolve();
    if ((!resolves && task.inbox.topic != plan_.reconcile()) || !Wants(task)) continue;
    if (!measured) {
      TRUEUP_ASSIGN(measured, Measure());
    }
    TRUEUP_RETURN_IF_ERROR(resolves ? ConductResolve(task, *measured, first_pull)
                                    : ConductReconcile(task, *measured));
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

Status Conductor::ConductResolve(const TaskStatus& task, const Backlog& backlog, bool first_pull) {
  const bool is_new = task.position.settled == 0;
  if (is_new && first_pull) return {};
  const uint64_t unread = backlog.ends.at(task.inbox) - task.position.offset;
  if (backlog.before_resolve + unread >= (is_new ? 1 : kDeferringBacklog)) return {};
  if (!std::exchange(opened_, true)) {
    for (int partition = 0; partition < plan_.partitions; ++partition) {
      TRUEUP_RETURN_IF_ERROR(WriteCut({plan_.collect(), partition}));
    }
  }
  return WriteCut(task.inbox);
}

Status Conductor::ConductReconcile(const TaskStatus& task, const Backlog& backlog) {
  if (clock_->Elapsed() - waiting_[task.inbox].since < kLongestWait) {
    const uint64_t unread = backlog.ends.at(task.inbox) - task.position.offset;
    if (backlog.before_resolve + backlog.resolve + unread > 0) return {};
  }
  return WriteCut(task.inbox);
}

Status Conductor::WriteCut(const TopicPartition& inbox) {
  TRUEUP_RETURN_IF_ERROR(log_.Append(inbox, {{"", EncodeCut({clock_->Now()})}}));
  TRUEUP_RETURN_IF_ERROR(log_.Sync(inbox));
  TRUEUP_ASSIGN(waiting_[inbox].cut_at, log_.End(inbox));
  return {};
}

// Of all inboxes at once: positions are a request to the log, and so are ends.
Result<Conductor::Backlog> Conductor::Measure() {
  std::vector<TopicPartition> inboxes{{kDecisionsTopic, 0}, {plan_.resolve(), 0}};
  for (const std::string& system : systems_) {
    TRUEUP_ASSIGN(const int partitions, log_.Partitions(SourceTopic(system)));
    for (int partition = 0; partition < partitions; ++partition) {
      inboxes.push_back({SourceTopic(system), partition});
    }
  }
  for (int partition = 0; partition < plan_.partitions; ++partition) {
    inboxes.push_back({plan_.collect(), partition});
    inboxes.push_back({plan_.reconcile(), partition});
  }
  TRUEUP_ASSIGN(const auto committed, positions_.Committed(inboxes));
  Backlog backlog;
  TRUEUP_ASSIGN(backlog.ends, log_.Ends(inboxes));
  for (const auto& [inbox, end] : backlog.ends) {
    const auto found = committed.find(inbox);
    const uint64_t worked_off = found == committed.end() ? 0 : found->second;
    const uint64_t waiting = end > worked_off ? end - worked_off : 0;
    if (inbox.topic == plan_.resolve()) {
      backlog.resolve += waiting;
    } else if (inbox.topic == plan_.reconcile()) {
      backlog.reconcile += waiting;
    } else {
      backlog.before_resolve += waiting;
    }
  }
  return backlog;
}

Result<uint64_t> Conductor::EntriesWaiting() {
  TRUEUP_ASSIGN(const Backlog backlog, Measure());
  return backlog.before_resolve + backlog.resolve + backlog.reconcile;
}

}  // namespace trueup::pipeline
