#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/text_input.h"
#include "connectors/salesforce/api.h"

namespace trueup::connectors::salesforce {

// What the server says of a job.
struct JobState {
  enum class Kind { kRunning, kComplete, kFailed, kAborted };
  Kind kind = Kind::kRunning;
  uint64_t records = 0;  // of its result, as far as it is known
  std::string error;     // why it failed
};

// A page of a job's result.
struct JobResults {
  ByteSource csv;
  std::optional<uint64_t> records;  // in this page, where the server told
  std::string next;                 // the locator of the next page; empty: this is the last
};

// A part of the list of a result's pages, as the server cuts them.
struct JobPages {
  std::vector<std::string> locators;
  std::string next;  // where the list goes on; empty: nowhere
};

// Query jobs of Bulk API 2.0, a call each. Errors are those of Api: kInvalid where the server
// refuses the job (or knows it no longer), which trying again does not change. Safe from any
// thread.
class BulkApi {
 public:
  explicit BulkApi(Api& api) : api_(api) {}

  // A new job for a query over live and deleted records; its id.
  Result<std::string> Create(const std::string& soql, std::stop_token stop);
  Result<JobState> State(const std::string& id, std::stop_token stop);
  // At most `rows` records from `locator` on ("": the first); 0: as many as the server puts into a
  // page. It may give fewer. The text is in a file, not in memory.
  Result<JobResults> Results(const std::string& id, const std::string& locator, int rows,
                             std::stop_token stop);
  // The pages of a result that can be asked for at once; `next` is that of the part before.
  Result<JobPages> Pages(const std::string& id, const std::string& next, std::stop_token stop);
  // Ends a job that nobody waits for any more.
  Status Abort(const std::string& id, std::stop_token stop);
  // Removes a job that has ended, and its result.
  Status Delete(const std::string& id, std::stop_token stop);

 private:
  Result<JsonDocument> Json(const std::string& method, const std::string& path,
                            const std::string& body, std::stop_token stop);
  std::string Path(const std::string& id) const { return api_.Path("jobs/query/" + id); }

  Api& api_;
};

}  // namespace trueup::connectors::salesforce
