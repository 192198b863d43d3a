#include "connectors/salesforce/bulk_pull.h"

#include <algorithm>
#include <utility>

#include "base/logging.h"
#include "connectors/salesforce/soql.h"

namespace trueup::connectors::salesforce {
namespace {

// Rows of one call: what is in memory as rows, and repeated after a crash.
constexpr uint64_t kRowsAtOnce = 2'000;

Page EmptyPage(const Cursor& cursor) {
  Page page;
  page.next_cursor = cursor.ToText();
  return page;
}

}  // namespace

BulkPull::BulkPull(Api& api, std::string system, const BulkSettings& settings,
                   std::shared_ptr<Clock> clock)
    : api_(api), system_(std::move(system)), settings_(settings), clock_(std::move(clock)) {}

bool BulkPull::Fits(const ObjectFields& fields, const Cursor& cursor) const {
  return settings_.from_rows > 0 && fields.not_by_bulk.empty() &&
         cursor.query->lost_jobs < kMostLostJobs;
}

Result<Page> BulkPull::Step(const Fields& fields, Cursor cursor, std::stop_token stop) {
  if (!cursor.query->job) return Create(*fields, std::move(cursor), stop);
  if (!cursor.query->job->complete) return Look(*fields, std::move(cursor), stop);
  return Rows(fields, std::move(cursor), stop);
}

Result<Page> BulkPull::Create(const ObjectFields& fields, Cursor cursor, std::stop_token stop) {
  Cursor::Query& query = *cursor.query;
  auto id =
      api_.Create(BulkQuery(fields.info.name, fields.select_list, fields.stamp, query.rest), stop);
  if (id.ok()) {
    query.job = Job{};
    query.job->id = *id;
    query.job->since = clock_->Now();
    Page page = EmptyPage(cursor);
    page.wait = settings_.poll;
    return page;
  }
  // Not every object, user and org may use Bulk. What REST refuses as well it says itself.
  const bool refused =
      id.error().kind() == ErrorKind::kInvalid || id.error().kind() == ErrorKind::kDenied;
  if (!refused) return std::move(id).error();
  query.lost_jobs = kMostLostJobs;
  return Mishap(fields, std::move(cursor), "no job is made: " + id.error().message());
}

// A fifth of the job's age, within the bounds: a restart goes on as slowly as before.
std::chrono::milliseconds BulkPull::NextLook(const Job& job) const {
  const auto age = std::chrono::floor<std::chrono::milliseconds>(clock_->Now() - job.since);
  return std::clamp<std::chrono::milliseconds>(age / 5, settings_.poll,
                                               std::max(settings_.poll, settings_.longest_poll));
}

Result<Page> BulkPull::Look(const ObjectFields& fields, Cursor cursor, std::stop_token stop) {
  Job& job = *cursor.query->job;
  const auto state = api_.State(job.id, stop);
  if (!state.ok() && state.error().kind() != ErrorKind::kInvalid) return state.error();
  if (!state.ok()) return Lose(fields, std::move(cursor), "is gone: " + state.error().message());
  switch (state->kind) {
    case JobState::Kind::kComplete:
      job.complete = true;
      job.total = state->records;
      return EmptyPage(cursor);
    case JobState::Kind::kAborted: return Lose(fields, std::move(cursor), "was aborted");
    case JobState::Kind::kFailed:
      cursor.HalveStretch();
      return Lose(fields, std::move(cursor), "failed: " + state->error);
    case JobState::Kind::kRunning: break;
  }
  if (clock_->Now() - job.since > settings_.job_limit) {
    Abandon(cursor, stop);
    return Lose(fields, std::move(cursor), "takes longer than bulk.job_limit");
  }
  Page page = EmptyPage(cursor);
  page.wait = NextLook(job);
  return page;
}

Result<BulkPull::Open> BulkPull::OpenPage(const Fields& fields, const Job& job,
                                          std::stop_token stop) {
  Open open;
  {
    const std::lock_guard lock(mutex_);
    open = std::exchange(open_[fields->info.name], {});
  }
  if (open.page && open.page->IsAt(job)) return open;
  if (!open.feed || !open.feed->IsAt(job.id, job.locator)) {
    open.feed =
        std::make_unique<ResultFeed>(api_, job.id, job.locator, settings_.page_rows, job.total);
  }
  TRUEUP_ASSIGN(FedPage page, open.feed->Next(stop));
  open.page = std::make_unique<ResultPage>(job.id, std::move(page), fields);
  TRUEUP_ASSIGN(const bool all, open.page->Skip(job.skip));
  if (!all) return Error(ErrorKind::kInvalid, "the page is shorter than it was");
  return open;
}

void BulkPull::KeepOpen(const std::string& object, Open open) {
  const std::lock_guard lock(mutex_);
  open_[object] = std::move(open);
}

Result<Page> BulkPull::Rows(const Fields& fields, Cursor cursor, std::stop_token stop) {
  Job& job = *cursor.query->job;
  auto open = OpenPage(fields, job, stop);
  if (!open.ok() && open.error().kind() != ErrorKind::kInvalid) return std::move(open).error();
  auto events = open.ok() ? open->page->Take(system_, kRowsAtOnce)
                          : Result<std::vector<ChangeEvent>>(open.error());
  if (!events.ok()) {
    // The locator may have expired while the result is still there: its first page tells.
    if (job.locator.empty() && job.skip == 0) {
      return Lose(*fields, std::move(cursor), "cannot be read: " + events.error().message());
    }
    job.locator.clear();
    job.skip = job.rows = 0;
    ++cursor.query->lost_jobs;
    return Mishap(*fields, std::move(cursor),
                  "its result is read from the start again: " + events.error().message());
  }
  Page page;
  page.events = std::move(*events);
  page.received = page.events.size();
  for (const ChangeEvent& event : page.events) {
    // A row that was saved again after the query began may show its new stamp: the next pull begins
    // where this one ended.
    if (event.modified > cursor.query->rest.until) continue;
    cursor.mark = std::max(cursor.mark.value_or(event.modified), event.modified);
  }
  job.skip += page.received;
  job.rows += page.received;
  if (open->page->at_end()) {
    const std::string& next = open->page->next();
    if (next.empty()) return End(*fields, std::move(cursor), std::move(page));
    if (next == job.locator) {
      return Lose(*fields, std::move(cursor), "names the same page as its next one");
    }
    job.locator = next;
    job.skip = 0;
  }
  KeepOpen(fields->info.name, *std::move(open));
  page.next_cursor = cursor.ToText();
  return page;
}

// The last rows of a job are on `page`.
Result<Page> BulkPull::End(const ObjectFields& fields, Cursor cursor, Page page) {
  const Job& job = *cursor.query->job;
  if (job.rows < job.total) {
    const std::string why =
        "gave " + std::to_string(job.rows) + " of " + std::to_string(job.total) + " rows";
    page.next_cursor = Lose(fields, std::move(cursor), why).next_cursor;
    return page;
  }
  {
    const std::lock_guard lock(mutex_);
    ended_[fields.info.name] = job.id;
  }
  page.done = cursor.EndStretch();
  page.next_cursor = cursor.ToText();
  return page;
}

Page BulkPull::Mishap(const ObjectFields& fields, Cursor cursor, const std::string& what) const {
  Cursor::Query& query = *cursor.query;
  const bool by_rest = query.lost_jobs >= kMostLostJobs;
  LogWarning(system_, fields.info.name + ": bulk: " + what + (by_rest ? "; going on by REST" : ""));
  if (by_rest) {
    query.bulk = false;
    query.job.reset();
    query.rest.until = query.target;  // REST halves by its own measure
  }
  return EmptyPage(cursor);
}

Page BulkPull::Lose(const ObjectFields& fields, Cursor cursor, const std::string& why) const {
  const std::string what = "job " + cursor.query->job->id + " " + why;
  cursor.query->job.reset();
  ++cursor.query->lost_jobs;
  return Mishap(fields, std::move(cursor), what);
}

void BulkPull::Abandon(const Cursor& cursor, std::stop_token stop) {
  if (!cursor.query || !cursor.query->job || cursor.query->job->complete) return;
  const Status aborted = api_.Abort(cursor.query->job->id, stop);
  // The job ends by itself as well; its rows are read by nobody.
  if (!aborted.ok()) LogInfo(system_, "bulk: " + aborted.error().message());
}

void BulkPull::Tidy(const std::string& object, const std::string& cursor, std::stop_token stop) {
  std::string id;
  {
    const std::lock_guard lock(mutex_);
    const auto ended = ended_.find(object);
    if (ended == ended_.end() || cursor.find(ended->second) != cursor.npos) return;
    id = std::move(ended->second);
    ended_.erase(ended);
  }
  const Status removed = api_.Delete(id, stop);
  // Salesforce removes it after seven days.
  if (!removed.ok()) LogInfo(system_, "bulk: " + removed.error().message());
}

}  // namespace trueup::connectors::salesforce
