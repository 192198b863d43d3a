#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "tests/sandbox/auth/credentials.h"
#include "tests/sandbox/auth/sessions.h"
#include "tests/sandbox/salesforce/bulk_jobs.h"
#include "tests/sandbox/salesforce/soql.h"
#include "tests/sandbox/server/http.h"

namespace trueup::sandbox {

struct SalesforceOptions {
  size_t daily_requests = 1000000;  // then 403 REQUEST_LIMIT_EXCEEDED
  size_t page_cap = 2000;           // pages are never longer, whatever the client asks for
  size_t bulk_page_cap = 50000;     // nor are those of a job's result
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
  // Hides a field from the user, or shows it again: no row's stamp moves.
  void Hide(const Field* field, bool hidden);

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
  HttpReply Aggregates(const Soql& soql, const std::vector<Match>& matches);
  HttpReply SobjectList(std::string_view version);
  HttpReply Describe(TableId table);
  bool IsHidden(const Field* field) const;
  HttpReply Changed(const HttpRequest& request, TableId table, bool deleted);
  HttpReply SingleRow(std::string_view version, TableId table, const std::string& id);
  HttpReply Limits();
  void AppendRow(std::string_view version, const Soql& soql, const Match& match,
                 std::string* out) const;

  const World& world_;
  const Credentials& credentials_;
  WallClock clock_;
  SalesforceOptions options_;
  Sessions sessions_;
  BulkJobs jobs_;
  std::atomic<size_t> requests_{0};
  mutable std::mutex hidden_mutex_;
  std::set<const Field*> hidden_;
  std::mutex cursors_mutex_;
  std::deque<Cursor> cursors_;  // the oldest first; ten at most
  size_t cursor_count_ = 0;
};

}  // namespace trueup::sandbox
