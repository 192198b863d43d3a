#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <mutex>
#include <string>

#include "tests/sandbox/auth/credentials.h"
#include "tests/sandbox/auth/sessions.h"
#include "tests/sandbox/salesforce/bulk_jobs.h"
#include "tests/sandbox/salesforce/soql.h"
#include "tests/sandbox/server/http.h"

namespace trueup::sandbox {

struct SalesforceOptions {
  size_t daily_requests = 1000000;  // then 403 REQUEST_LIMIT_EXCEEDED
  size_t app_requests = 0;  // what the connected app may use of them, as replies say it; 0: no word
  size_t page_cap = 2000;   // pages are never longer, whatever the client asks for
  size_t bulk_page_cap = 50000;  // nor are those of a job's result
};

// The REST API of one Salesforce org: token, query, queryAll, describe, updated, deleted, limits,
// and query jobs of the Bulk API.
class SalesforceServer : public SystemServer {
 public:
  SalesforceServer(const World& world, const Credentials& credentials, WallClock clock,
                   SalesforceOptions options);

  HttpReply Handle(const HttpRequest& request) override;
  void ExpireTokens() override { sessions_.CloseAll(); }
  std::optional<HttpReply> Fail(Fault fault) override;
  BulkJobs& jobs() { return jobs_; }
  // Every query whose pages are being read must be asked again.
  void ForgetLocators();
  Permissions& permissions() { return permissions_; }

 private:
  // A query whose pages are still being read: the rows as they were when it was asked.
  struct Cursor {
    std::string id;
    Soql soql;
    std::vector<Match> matches;
  };

  HttpReply Token(const HttpRequest& request);
  std::string RefuseAssertion(const std::string& assertion) const;
  HttpReply Data(const HttpRequest& request, std::string_view version, std::string_view rest);
  HttpReply StartQuery(const HttpRequest& request, std::string_view version, bool all);
  HttpReply ContinueQuery(std::string_view version, std::string_view locator);
  HttpReply Page(std::string_view version, const Cursor& cursor, size_t from, size_t size);
  HttpReply SobjectList(std::string_view version);
  HttpReply Describe(TableId table);
  HttpReply Changed(const HttpRequest& request, TableId table, bool deleted);
  HttpReply SingleRow(std::string_view version, TableId table, const std::string& id);
  HttpReply Limits();

  const World& world_;
  const Credentials& credentials_;
  WallClock clock_;
  SalesforceOptions options_;
  Sessions sessions_;
  Permissions permissions_;
  BulkJobs jobs_;
  std::atomic<size_t> requests_{0};
  std::mutex cursors_mutex_;
  std::deque<Cursor> cursors_;  // the oldest first; ten at most
  size_t cursor_count_ = 0;
};

}  // namespace trueup::sandbox
