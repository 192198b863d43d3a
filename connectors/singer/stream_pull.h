#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "connectors/connector.h"
#include "connectors/singer/cursor.h"
#include "connectors/singer/messages.h"

namespace trueup::connectors::singer {

// How pages are cut and versions followed; see SingerSettings.
struct PullLimits {
  size_t page_records = 0;
  size_t tracked_ids = 0;
};

// One run of a tap as pages of one object. Between two pages the tap waits in its pipe.
class StreamPull {
 public:
  // `from` is where the run was started; `full_table`: the run gives every live row.
  StreamPull(MessageReader reader, SingerCursor from, bool full_table, PullLimits limits,
             std::string system, std::string object);

  // The next page. The cursor of a page holds the last state that came before the page's end, so
  // never one that stands for rows behind it; `done` comes only once the tap has ended well. Where
  // it ends otherwise, what it gave before is delivered first: the error comes with the next call.
  Result<Page> Next(std::stop_token stop);

  // Whether the caller goes on from the page given last.
  bool GoesOnFrom(const std::string& cursor) const { return !given_.empty() && given_ == cursor; }

 private:
  Result<bool> Fill(Page& page, size_t& bytes, std::stop_token stop);
  void Follow(const Message& message);
  void End();
  void TakeGone(Page& page);

  MessageReader reader_;
  SingerCursor cursor_;
  const bool full_table_;
  const PullLimits limits_;
  const std::string system_;
  const std::string object_;
  std::string given_;      // the cursor of the page given last
  std::string activated_;  // the version of the last ACTIVATE_VERSION
  bool ended_ = false;
  // Behind the end: the deletions still to be given, and what is active once they are.
  std::vector<std::string> gone_;
  std::optional<TableVersion> next_active_;
  std::optional<Error> failure_;
};

}  // namespace trueup::connectors::singer
