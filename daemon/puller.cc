#include "daemon/puller.h"

#include <algorithm>
#include <utility>

#include "base/logging.h"

namespace trueup::daemon {
namespace {

// Waits between tries after a failure: doubled from the first to the last.
constexpr std::chrono::seconds kFirstRetry{5};
constexpr std::chrono::seconds kLastRetry{300};
// Between looks at who pulls the system.
constexpr std::chrono::milliseconds kNotOurs{200};

bool ConcernsSystem(const Error& error) {
  return error.kind() == ErrorKind::kDenied || error.kind() == ErrorKind::kCancelled;
}

// Our own log's refusal is none of the system's, and may be mended while we run: it is tried again.
Error OfTheLog(const Error& error) {
  return error.kind() == ErrorKind::kDenied ? Error(ErrorKind::kTransient, error.message()) : error;
}

}  // namespace

Puller::Puller(std::string system, std::unique_ptr<connectors::Connector> connector,
               std::vector<std::string> mapped_objects, Intake& intake, StatusBoard& board,
               std::shared_ptr<Clock> clock)
    : system_(std::move(system)),
      connector_(std::move(connector)),
      mapped_objects_(std::move(mapped_objects)),
      intake_(intake),
      board_(board),
      clock_(std::move(clock)) {
  board_.SetSystem(system_, PullState::kStarting, "");
}

Status Puller::FindObjects(std::stop_token stop) {
  TRUEUP_ASSIGN(const auto described, connector_->Describe(stop));
  for (const connectors::ObjectInfo& object : described) {
    const bool mapped = std::find(mapped_objects_.begin(), mapped_objects_.end(), object.name) !=
                        mapped_objects_.end();
    if (mapped) {
      objects_.push_back(object.name);
      ReportAudit(object.name);
    } else {
      LogWarning("pull", system_ + "/" + object.name + " has no mapping and is not pulled");
    }
  }
  if (objects_.empty()) {
    return Error(ErrorKind::kInvalid, system_ + ": none of its objects has a mapping");
  }
  return {};
}

void Puller::Report(const std::string& object, PullState state, const std::string& error) {
  ObjectStatus& status = statuses_[object];
  status.state = state;
  status.error = error;
  const auto counts = intake_.CountsOf(system_, object);
  if (counts.ok()) status.counts = *counts;
  board_.UpdateObject(system_, object, status);
  board_.SetUsage(system_, connector_->Usage());
}

void Puller::ReportAudit(const std::string& object) {
  auto audit = intake_.audits().Find(system_, object);
  if (!audit.ok()) return LogError("audit", audit.error().message());
  statuses_[object].audit = *std::move(audit);
  auto contents = intake_.contents().Find(system_, object);
  if (!contents.ok()) return LogError("audit", contents.error().message());
  statuses_[object].contents = *std::move(contents);
  board_.UpdateObject(system_, object, statuses_[object]);
}

Result<Puller::Pause> Puller::PullObject(const std::string& object, std::stop_token stop) {
  auto found = intake_.CursorOf(system_, object);
  if (!found.ok()) return OfTheLog(found.error());
  std::string cursor = *std::move(found);
  while (true) {
    TRUEUP_ASSIGN(const connectors::Page page, connector_->Pull(object, cursor, stop));
    if (page.gap) {
      LogWarning("pull", system_ + "/" + object + ": gap suspected: " + *page.gap +
                             "; pulling everything anew");
      Report(object, PullState::kGapSuspected, *page.gap);
      board_.SetSystem(system_, PullState::kGapSuspected, object + ": " + *page.gap);
      // What was deleted meanwhile, no snapshot tells.
      TRUEUP_RETURN_IF_ERROR(intake_.audits().MakeDue(system_, object));
    }
    const auto delivered = intake_.Deliver(system_, object, page);
    if (!delivered.ok()) return OfTheLog(delivered.error());
    statuses_[object].last_page = clock_->Now();
    cursor = page.next_cursor;
    if (page.done) break;
    if (!page.gap) Report(object, statuses_[object].state, statuses_[object].error);
    if (page.wait) return page.wait;
  }
  statuses_[object].caught_up = clock_->Now();
  Report(object, PullState::kOk, "");
  return Pause();
}

Result<Puller::Pause> Puller::PullAndReport(const std::string& object, std::stop_token stop) {
  auto pulled = PullObject(object, stop);
  if (pulled.ok() || pulled.error().kind() == ErrorKind::kCancelled) return pulled;
  const Error& error = pulled.error();
  LogError("pull", error.message());
  Report(object, error.kind() == ErrorKind::kDenied ? PullState::kDenied : PullState::kRetrying,
         error.message());
  return pulled;
}

Status Puller::RunCycle(std::stop_token stop) {
  Status outcome = PullAll(stop);
  board_.SetUsage(system_, connector_->Usage());
  if (outcome.ok()) {
    board_.SetSystem(system_, PullState::kOk, "");
  } else if (outcome.error().kind() == ErrorKind::kDenied) {
    board_.SetSystem(system_, PullState::kDenied, outcome.error().message());
  } else if (outcome.error().kind() != ErrorKind::kCancelled) {
    board_.SetSystem(system_, PullState::kRetrying, outcome.error().message());
  }
  // One that was stopped in its middle is not over: what it did not read would look as if it were
  // not there.
  if (outcome.ok() || outcome.error().kind() != ErrorKind::kCancelled) went_once_ = true;
  return outcome;
}

// Each object has a turn, and another one for each time that the source is at work on it. The turn
// that is due first comes next, so what was not begun yet comes before what is waited for: all jobs
// are under way before the first one is read.
Status Puller::PullAll(std::stop_token stop) {
  Status first;
  if (objects_.empty()) first = FindObjects(stop);
  using Turn = std::pair<std::chrono::microseconds, std::string>;  // when it is due, and of what
  std::vector<Turn> turns;
  for (const std::string& object : objects_) turns.emplace_back(0, object);
  while (!turns.empty()) {
    const auto next = std::min_element(
        turns.begin(), turns.end(), [](const Turn& a, const Turn& b) { return a.first < b.first; });
    const auto early = next->first - clock_->Elapsed();
    if (early.count() > 0 && !clock_->Wait(early, stop)) {
      return Error(ErrorKind::kCancelled, system_ + ": stopped while the source was at work");
    }
    auto pulled = PullAndReport(next->second, stop);
    if (pulled.ok() && *pulled) {
      next->first = clock_->Elapsed() + **pulled;
      continue;
    }
    turns.erase(next);
    if (pulled.ok()) continue;
    const bool whole = ConcernsSystem(pulled.error());
    if (first.ok()) first = std::move(pulled).error();
    if (whole) break;
  }
  return first;
}

void Puller::Run(std::chrono::milliseconds interval, Auditor& auditor, Pipeline& pipeline,
                 std::stop_token stop) {
  auto retry = std::chrono::milliseconds(kFirstRetry);
  while (!stop.stop_requested()) {
    if (!pipeline.pulls(system_)) {
      board_.SetSystem(system_, PullState::kElsewhere, "");
      clock_->Wait(kNotOurs, stop);
      continue;
    }
    const Instant begun = clock_->Now();
    const bool first = !went_once_;
    const Status cycle = RunCycle(stop);
    if (first && went_once_) {
      const Status noted = pipeline.NotePulled(system_);
      if (!noted.ok()) LogError("pull", noted.error().message());
    }
    const uint64_t idle_before = pipeline.idle_rounds();
    std::chrono::milliseconds wait = interval;
    if (cycle.ok()) {
      retry = kFirstRetry;
    } else if (cycle.error().kind() == ErrorKind::kDenied) {
      LogError("pull", system_ +
                           " denied access and is left alone; mend the credentials or "
                           "permissions, then restart: " +
                           cycle.error().message());
      return;
    } else {
      wait = std::max(retry, cycle.error().retry_after().value_or(std::chrono::milliseconds(0)));
      retry = std::min(retry * 2, std::chrono::milliseconds(kLastRetry));
    }
    if (!clock_->Wait(wait, stop)) break;
    if (!cycle.ok() || pipeline.idle_rounds() < idle_before + 2) continue;
    // What went wrong is in the log and the ledger; the cycle behind it tells how the system is.
    const Status audited = auditor.RunDue(*connector_, objects_, begun, stop);
    if (audited.ok()) board_.SetUsage(system_, connector_->Usage());
    for (const std::string& object : objects_) {
      statuses_[object].created = auditor.CountsOf(object);
      ReportAudit(object);
    }
  }
  board_.SetStopped(system_);
}

}  // namespace trueup::daemon
