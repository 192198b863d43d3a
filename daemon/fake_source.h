#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "connectors/connector.h"

namespace trueup::daemon {

// A source with the one object "Account" that holds what a test puts into it, for the tests of the
// audit.
class FakeSource : public connectors::Connector {
 public:
  ChangeEvent& Put(const std::string& id, Instant modified) {
    ChangeEvent& event = rows[id];
    event.ref = Ref("crm", "Account", id);
    event.modified = modified;
    event.row.AddText("Name", "name of " + id);
    return event;
  }

  Result<std::vector<connectors::ObjectInfo>> Describe(std::stop_token) override {
    if (error) return *error;
    return std::vector<connectors::ObjectInfo>{{"Account", {}}};
  }

  // What is new is what lies in `feed`.
  Result<connectors::Page> Pull(const std::string&, const std::string&, std::stop_token) override {
    if (error) return *error;
    connectors::Page page;
    page.events = std::move(feed);
    feed.clear();
    page.next_cursor = "{}";
    page.done = true;
    return page;
  }

  // A page has two ids.
  Result<connectors::IdPage> ListIds(const std::string&, const std::string& next,
                                     std::stop_token) override {
    if (error) return *error;
    if (next.empty()) ++lists;
    const std::vector<std::string> ids = Listed();
    const size_t from = next.empty() ? 0 : std::stoul(next);
    const size_t until = std::min(ids.size(), from + 2);
    connectors::IdPage page;
    page.ids.assign(ids.begin() + static_cast<ptrdiff_t>(from),
                    ids.begin() + static_cast<ptrdiff_t>(until));
    if (until < ids.size()) page.next = std::to_string(until);
    return page;
  }

  Result<uint64_t> Count(const std::string&, std::stop_token) override {
    if (error) return *error;
    return Listed().size();
  }

  Result<CreatedCounts> CountCreated(const std::string&, const std::vector<Instant>& bounds,
                                     std::stop_token) override {
    if (error) return *error;
    ++counts;
    if (!counts_created) return CreatedCounts();
    std::vector<uint64_t> created(bounds.size());
    for (const auto& [id, event] : rows) {
      if (event.deleted || !event.created) continue;
      const auto end = std::upper_bound(bounds.begin(), bounds.end(), *event.created);
      if (end != bounds.end()) ++created[static_cast<size_t>(end - bounds.begin())];
    }
    return CreatedCounts(created);
  }

  Result<std::vector<ChangeEvent>> Fetch(const std::string&, const std::vector<std::string>& ids,
                                         std::stop_token) override {
    if (error) return *error;
    ++fetches;
    most_ids = std::max(most_ids, ids.size());
    std::vector<ChangeEvent> found;
    for (const std::string& id : ids) {
      if (const auto row = rows.find(id); row != rows.end()) found.push_back(row->second);
    }
    return found;
  }

  size_t IdsPerFetch() const override { return ids_per_fetch; }
  connectors::ApiUsage Usage() const override { return usage; }

  std::map<std::string, ChangeEvent> rows;  // by id
  std::vector<ChangeEvent> feed;
  std::set<std::string> unlisted;        // left out by a page that moved
  std::set<std::string> listed_in_vain;  // gone by the time that they are fetched
  std::optional<Error> error;            // of every call
  bool counts_created = false;           // whether it can
  size_t ids_per_fetch = 200;
  connectors::ApiUsage usage;
  int counts = 0;
  int lists = 0;
  int fetches = 0;
  size_t most_ids = 0;  // of one fetch

 private:
  std::vector<std::string> Listed() const {
    std::set<std::string> ids = listed_in_vain;
    for (const auto& [id, event] : rows) {
      if (!event.deleted && !unlisted.contains(id)) ids.insert(id);
    }
    return {ids.begin(), ids.end()};
  }
};

}  // namespace trueup::daemon
