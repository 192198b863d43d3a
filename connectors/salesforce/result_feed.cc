#include "connectors/salesforce/result_feed.h"

#include <algorithm>
#include <utility>

namespace trueup::connectors::salesforce {

ResultFeed::ResultFeed(BulkApi& api, std::string job, std::string locator, int page_rows,
                       uint64_t rows)
    : api_(api),
      job_(std::move(job)),
      page_rows_(page_rows),
      rows_(rows),
      next_(std::move(locator)) {}

// The futures wait for their threads.
ResultFeed::~ResultFeed() { stop_.request_stop(); }

bool ResultFeed::IsAt(std::string_view job, std::string_view locator) const {
  return job == job_ && locator == next_;
}

Status ResultFeed::ReadList() {
  TRUEUP_ASSIGN(JobPages pages, api_.Pages(job_, list_next_, stop_.get_token()));
  std::move(pages.locators.begin(), pages.locators.end(), std::back_inserter(listed_));
  list_next_ = std::move(pages.next);
  return {};
}

// Finds the first wanted page on the list. One page needs none.
Status ResultFeed::Plan() {
  if (rows_ <= static_cast<uint64_t>(page_rows_)) return {};
  for (;;) {
    const Status read = ReadList();
    if (!read.ok() && read.error().kind() != ErrorKind::kInvalid) return read;
    const auto wanted =
        next_.empty() ? listed_.begin() : std::find(listed_.begin(), listed_.end(), next_);
    by_list_ = wanted != listed_.end();
    listed_.erase(listed_.begin(), wanted);
    if (by_list_ || !read.ok() || list_next_.empty()) return {};
  }
}

void ResultFeed::Begin(const std::string& locator) {
  // Where there is no thread to be had, the download happens when its page is asked for.
  downloads_.push_back({locator, std::async(std::launch::async | std::launch::deferred,
                                            [this, locator, rows = by_list_ ? 0 : page_rows_] {
                                              return api_.Results(job_, locator, rows,
                                                                  stop_.get_token());
                                            })});
}

Status ResultFeed::Fill() {
  if (!by_list_) {
    if (downloads_.empty()) Begin(next_);
    return {};
  }
  while (downloads_.size() < kPagesAhead && !listed_.empty()) {
    Begin(listed_.front());
    listed_.pop_front();
    if (listed_.empty() && !list_next_.empty()) TRUEUP_RETURN_IF_ERROR(ReadList());
  }
  return {};
}

Result<FedPage> ResultFeed::Next(std::stop_token stop) {
  const std::stop_callback end(stop, [this] { stop_.request_stop(); });
  if (!std::exchange(planned_, true)) TRUEUP_RETURN_IF_ERROR(Plan());
  TRUEUP_RETURN_IF_ERROR(Fill());
  // A page is known by the place that the reader asked for: the first one by none.
  FedPage page{next_, {}};
  TRUEUP_ASSIGN(page.results, downloads_.front().results.get());
  downloads_.pop_front();
  if (by_list_) {
    TRUEUP_RETURN_IF_ERROR(Fill());
    page.results.next = downloads_.empty() ? "" : downloads_.front().locator;
  } else if (!page.results.next.empty()) {
    Begin(page.results.next);
  }
  next_ = page.results.next;
  return page;
}

}  // namespace trueup::connectors::salesforce
