#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "connectors/http/http_client.h"

namespace trueup::connectors::salesforce {

// A small Salesforce for tests: accounts in memory behind the requests that the connector sends. It
// signs in by client credentials, describes, answers the connector's own forms of SOQL with pages
// over locators or by Bulk jobs, and keeps the habits of the real one: "+0000" instants,
// `attributes`, host-relative locators, errors as arrays.
class FakeSalesforce : public HttpClient {
 public:
  struct Account {
    std::string id;
    std::string stamp;  // "2026-01-01T00:00:00.000Z"
    std::string name;
    bool deleted = false;
    std::string master;  // where it was merged into
  };

  explicit FakeSalesforce(size_t page_size) : page_size_(page_size) {}

  Result<HttpResponse> Send(const HttpRequest& request, std::stop_token stop) override;

  // What tests do to it.
  void Put(Account account);  // adds, or replaces by id
  // Deletes for good: only getDeleted still tells it, `Put` of a deleted account besides.
  void Purge(const std::string& id, const std::string& stamp);
  // Deletions before this are forgotten, and asking for them is an error.
  void ForgetDeletionsBefore(const std::string& stamp);
  void HoldDeletionsFrom(const std::string& stamp);  // those are in commits that are not over yet
  void RefuseDeletions(const std::string& code);     // with 403; "": no more
  void ForgetLocators();                             // jobs, too
  // A Bulk job is done after it was looked at so many times; it then is in this state.
  void EndJobs(int looks, const std::string& state, int jobs);
  void RefuseJobs();         // INVALIDENTITY
  void ExpireJobLocators();  // the jobs and their results stay
  void ListPages();          // of results (resultPages); else that address is unknown
  void HideHeaders();        // result pages behind the first have no header
  void RefuseLongQueries(size_t characters, int status = 414);  // with a web page
  void CutResults(size_t rows);            // a job's result lacks so many rows at its end
  std::vector<std::string> jobs() const;   // "750...: SOQL", in order
  std::vector<std::string> calls() const;  // "GET jobs/query/7501/results", in order
  void ExpireTokens();
  void TimeOutQueriesOver(size_t rows);  // 0: none
  void TimeOutPages(int pages);          // the next so many that are asked for by locator
  void AddField(const std::string& name);
  void RemoveField(const std::string& name);  // queries that name it are then INVALID_FIELD
  // Of the `limits` resource and of the Sforce-Limit-Info header, which are not there before.
  void Allow(int64_t calls, int64_t jobs);
  void Use(int64_t calls);  // by everybody, so far
  void UseJobs(int64_t jobs);
  int sign_ins() const;
  std::vector<std::string> queries() const;  // every SOQL text, in order

 private:
  HttpResponse SignIn(const HttpRequest& request);
  HttpResponse Data(const HttpRequest& request, const std::string& path, const std::string& query);
  HttpResponse Limits() const;
  HttpResponse Describe() const;
  HttpResponse Deleted(const std::string& query) const;
  HttpResponse Query(const std::string& soql, bool with_deleted);
  static HttpResponse CreatedCounts(size_t accounts);
  std::vector<Account> Select(const std::string& soql, bool with_deleted) const;
  HttpResponse Jobs(const HttpRequest& request, const std::string& path, const std::string& query);
  HttpResponse CreateJob(const std::string& body);
  HttpResponse JobState(const std::string& id);
  HttpResponse JobPages(const std::string& id, const std::string& query) const;
  HttpResponse JobResults(const std::string& id, const std::string& query) const;
  HttpResponse PageOf(std::vector<Account> rows, const std::string& fields, size_t from);
  std::string Render(const Account& account, const std::string& fields) const;

  const size_t page_size_;
  mutable std::mutex mutex_;
  std::map<std::string, Account> accounts_;
  std::multimap<std::string, std::string> deletions_;  // when, and the id
  std::string deletions_from_ = "2026-01-01T00:00:00.000Z";
  std::string deletions_until_ = "9";
  std::string refuse_deletions_;
  std::vector<std::string> fields_ = {
      "Id",        "Name",           "CreatedDate",   "LastModifiedDate",
      "IsDeleted", "SystemModstamp", "MasterRecordId"};
  struct Locator {
    std::vector<Account> rows;
    std::string fields;
  };
  std::map<std::string, Locator> locators_;
  struct Job {
    std::vector<Account> rows;
    std::string fields;
    std::string state;
    int looks = 0;  // until then it is in progress
  };
  std::map<std::string, Job> jobs_;
  std::vector<std::string> job_queries_;
  std::vector<std::string> calls_;
  int looks_ = 1;
  std::string end_state_ = "JobComplete";
  int ending_jobs_ = 0;  // so many end in that state, the others complete
  bool refuse_jobs_ = false;
  std::string locator_prefix_ = "L";
  bool list_pages_ = false;
  bool hide_headers_ = false;
  size_t longest_query_ = 0;
  int too_long_status_ = 414;
  size_t cut_rows_ = 0;
  std::vector<std::string> queries_;
  int sign_ins_ = 0;
  bool signed_in_ = false;
  size_t most_rows_ = 0;
  int late_pages_ = 0;
  int64_t calls_used_ = 0;
  int64_t calls_allowed_ = 0;  // 0: nothing is told
  int64_t jobs_allowed_ = 0;
  int64_t jobs_used_ = 0;
};

}  // namespace trueup::connectors::salesforce
