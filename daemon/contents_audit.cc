#include "daemon/contents_audit.h"

#include <algorithm>
#include <map>
#include <utility>

#include "daemon/audit_parts.h"
#include "daemon/live_rows.h"

namespace trueup::daemon {
namespace {

using Held = std::vector<HeldContent>::const_iterator;

Status CompareBatch(connectors::Connector& connector, const std::string& object, Held begin,
                    Held end, Instant settled, std::stop_token stop, ContentsFound& found) {
  std::vector<std::string> ids;
  std::transform(begin, end, std::back_inserter(ids),
                 [](const HeldContent& row) { return row.id; });
  TRUEUP_ASSIGN(auto events, connector.Fetch(object, ids, std::move(stop)));
  std::map<std::string_view, ChangeEvent*> by_id;
  for (ChangeEvent& event : events) by_id[event.ref.id()] = &event;
  for (Held row = begin; row != end; ++row) {
    const auto shown = by_id.find(row->id);
    // Whether it is gone, the comparison of ids finds out.
    if (shown == by_id.end() || shown->second->deleted || shown->second->modified > settled) {
      ++found.tally.set_aside;
      continue;
    }
    ++found.tally.compared;
    if (shown->second->ContentHash() == row->content) continue;
    ++found.tally.differing;
    found.cures.push_back(std::move(*shown->second));
  }
  found.after = std::prev(end)->id;
  return {};
}

}  // namespace

Result<std::vector<HeldContent>> ReadContents(const pipeline::Store& store,
                                              const std::string& system, const std::string& object,
                                              const std::string& after, size_t most) {
  std::vector<HeldContent> held;
  TRUEUP_RETURN_IF_ERROR(ScanLive(store, system, object, after, [&](const LiveRow& row) {
    held.push_back({std::string(row.event.ref.id()), row.content});
    return held.size() < most;
  }));
  return held;
}

Result<std::optional<Hash128>> FindContent(const pipeline::Store& store, const std::string& ref) {
  TRUEUP_ASSIGN(const auto row, FindLive(store, ref));
  return row ? std::optional(row->content) : std::nullopt;
}

Status CompareContents(connectors::Connector& connector, const std::string& object,
                       const std::vector<HeldContent>& held, Instant as_of, std::stop_token stop,
                       ContentsFound& found) {
  const auto most = static_cast<std::ptrdiff_t>(connector.IdsPerFetch());
  for (Held begin = held.begin(); begin != held.end();) {
    found.waits = WhyToWait(connector.Usage());
    if (!found.waits.empty()) break;
    const Held end = begin + std::min(most, std::distance(begin, held.end()));
    TRUEUP_RETURN_IF_ERROR(
        CompareBatch(connector, object, begin, end, as_of - kSettling, stop, found));
    begin = end;
  }
  return {};
}

}  // namespace trueup::daemon
