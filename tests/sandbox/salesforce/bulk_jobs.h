#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sandbox/salesforce/soql.h"
#include "tests/sandbox/server/http.h"

namespace trueup::sandbox {

// How the jobs behave; a test changes it while they run.
struct BulkOptions {
  int polls = 2;            // a job is looked at so often before it is done
  int fail = 0;             // so many of the next jobs end as Failed,
  int abort = 0;            // so many as Aborted
  int nul = 0;              // 1: a NUL behind the text of some cells
  int headers = 1;          // 0: only the first page of a result has the header
  int expire = -1;          // all locators end when so many more pages have been read
  int forget = -1;          // so do all jobs
  size_t page_cap = 50000;  // pages are never longer, whatever the client asks for
};

// Query jobs of Bulk API 2.0. A result is what the rows were when the job was made, in no order of
// use, and its pages can be read again while the job is there. Safe for several threads.
class BulkJobs {
 public:
  BulkJobs(const World& world, const Permissions& permissions)
      : world_(world), permissions_(permissions) {}

  // What follows "jobs/query" in the path. REQUIRES the world's lock (shared).
  HttpReply Handle(const HttpRequest& request, std::string_view version, std::string_view rest);

  // Sets an option by its name; false where there is none such.
  bool Set(std::string_view name, int value);
  size_t made() const;  // so far

 private:
  enum class State { kUploadComplete, kInProgress, kJobComplete, kAborted, kFailed };
  struct Job {
    std::string id;
    std::string version;
    std::string operation;
    std::string object;
    State state = State::kUploadComplete;
    State end = State::kJobComplete;  // how it will end
    int polls = 0;
    std::string header;
    std::string csv;              // without the header
    std::vector<size_t> offsets;  // of each record in it, and its end
  };

  void EndWhatIsDue();
  HttpReply Create(const HttpRequest& request, std::string_view version);
  HttpReply List() const;
  HttpReply Poll(Job* job) const;
  HttpReply Patch(const HttpRequest& request, Job* job) const;
  HttpReply Remove(const Job& job);
  HttpReply Results(const HttpRequest& request, const Job& job) const;
  HttpReply Pages(const HttpRequest& request, const Job& job) const;
  std::string Locator(const Job& job, size_t from) const;
  std::optional<size_t> ReadLocator(const Job& job, const std::string& locator) const;
  void Fill(const Soql& soql, Job* job) const;
  static std::string Describe(const Job& job, bool whole);

  const World& world_;
  const Permissions& permissions_;
  mutable std::mutex mutex_;
  BulkOptions options_;
  std::deque<Job> jobs_;  // the oldest first
  size_t made_ = 0;
  int epoch_ = 0;  // of the locators
};

}  // namespace trueup::sandbox
