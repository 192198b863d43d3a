#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "connectors/connector.h"
#include "connectors/salesforce/bulk_api.h"
#include "connectors/salesforce/cursor.h"
#include "connectors/salesforce/fields.h"
#include "connectors/salesforce/result_feed.h"
#include "connectors/salesforce/result_page.h"
#include "connectors/salesforce/settings.h"

namespace trueup::connectors::salesforce {

// Pulls a stretch by Bulk jobs. All that has to outlive the process is in the cursor: a job's id is
// handed out, on an empty page, before anybody waits for the job, so that a restart goes on with
// it.
//
// The query has no ORDER BY, because the server splits only unordered ones into parts that it can
// read at once. So the rows come in any order, and the position in (stamp, Id) moves only at the
// end of the stretch. A job that fails, is aborted, is gone, takes too long or gives another number
// of rows than it should is lost: another one reads the stretch again (half of it after a failure),
// and after kMostLostJobs of them REST does. Each of these is an empty page and a line in the log,
// so that nothing here loops without the caller.
//
// Safe from any thread; one call at a time per object.
class BulkPull {
 public:
  static constexpr int kMostLostJobs = 3;

  BulkPull(Api& api, std::string system, const BulkSettings& settings,
           std::shared_ptr<Clock> clock);

  // Whether the query may go by a job: none that was lost says otherwise, and the job gives what
  // REST gives. REQUIRES: the cursor has a query.
  bool Fits(const ObjectFields& fields, const Cursor& cursor) const;

  // The next step of the cursor's query: makes a job, looks at it (the page then says how long to
  // wait before the next look), or gives rows of it. REQUIRES: cursor.query->bulk.
  Result<Page> Step(const std::shared_ptr<const ObjectFields>& fields, Cursor cursor,
                    std::stop_token stop);

  // Ends the job of a cursor that is given up.
  void Abandon(const Cursor& cursor, std::stop_token stop);
  // Removes the job whose rows this object had last, once a cursor without it has come back: then
  // these are stored.
  void Tidy(const std::string& object, const std::string& cursor, std::stop_token stop);

 private:
  using Fields = std::shared_ptr<const ObjectFields>;

  Result<Page> Create(const ObjectFields& fields, Cursor cursor, std::stop_token stop);
  Result<Page> Look(const ObjectFields& fields, Cursor cursor, std::stop_token stop);
  Result<Page> Rows(const Fields& fields, Cursor cursor, std::stop_token stop);
  Result<Page> End(const ObjectFields& fields, Cursor cursor, Page page);
  std::chrono::milliseconds NextLook(const Job& job) const;

  // What is read of a result: a page, and those behind it.
  struct Open {
    std::unique_ptr<ResultFeed> feed;
    std::unique_ptr<ResultPage> page;
  };
  // With the page that the job's next rows are on: what is open, or opened anew.
  Result<Open> OpenPage(const Fields& fields, const Job& job, std::stop_token stop);
  void KeepOpen(const std::string& object, Open open);

  // The page after a mishap: empty, with the cursor as it has become. Counts it against the jobs.
  Page Mishap(const ObjectFields& fields, Cursor cursor, const std::string& what) const;
  Page Lose(const ObjectFields& fields, Cursor cursor, const std::string& why) const;

  BulkApi api_;
  const std::string system_;
  const BulkSettings settings_;
  const std::shared_ptr<Clock> clock_;
  std::mutex mutex_;
  std::map<std::string, Open> open_;          // by object
  std::map<std::string, std::string> ended_;  // by object: the job to be removed
};

}  // namespace trueup::connectors::salesforce
