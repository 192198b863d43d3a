#pragma once

#include <deque>
#include <future>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "connectors/salesforce/bulk_api.h"

namespace trueup::connectors::salesforce {

// A page of a result, and where it begins.
struct FedPage {
  std::string locator;
  JobResults results;
};

// Gives the pages of one job's result in order while it downloads those behind, kPagesAhead at
// most, each into a file of its own: how large a page is makes no difference to memory.
//
// A result of several pages is read by the list of them that the server gives (resultPages), so
// that they come at once. Where it gives none, or the first page wanted is not on it, each page
// names the next one, and one is downloaded ahead. Used by one thread.
class ResultFeed {
 public:
  static constexpr size_t kPagesAhead = 4;

  // From `locator` on; "": from the beginning. `page_rows` bounds pages that are not from the list;
  // `rows` is what the result has as a whole.
  ResultFeed(BulkApi& api, std::string job, std::string locator, int page_rows, uint64_t rows);
  ~ResultFeed();
  ResultFeed(const ResultFeed&) = delete;
  ResultFeed& operator=(const ResultFeed&) = delete;

  // The next page; its `next` is empty at the end. After an error the feed is of no use any more.
  // REQUIRES: the page before was not the last one.
  Result<FedPage> Next(std::stop_token stop);

  // Whether the next page is that one.
  bool IsAt(std::string_view job, std::string_view locator) const;

 private:
  struct Download {
    std::string locator;
    std::future<Result<JobResults>> results;
  };

  Status Plan();
  Status ReadList();
  Status Fill();
  void Begin(const std::string& locator);

  BulkApi& api_;
  const std::string job_;
  const int page_rows_;
  const uint64_t rows_;
  std::string next_;  // of the next page that Next gives
  bool planned_ = false;
  bool by_list_ = false;
  std::deque<std::string> listed_;  // pages behind those that are being downloaded
  std::string list_next_;           // where the list goes on; empty: nowhere
  std::stop_source stop_;           // ends what is under way
  std::deque<Download> downloads_;  // in order
};

}  // namespace trueup::connectors::salesforce
