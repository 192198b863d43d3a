#include "daemon/object_audit.h"

#include <algorithm>
#include <set>
#include <utility>

#include "daemon/live_rows.h"

namespace trueup::daemon {
namespace {

using Fetched = std::map<std::string, ChangeEvent>;

Result<std::set<std::string>> ListAll(connectors::Connector& connector, const std::string& object,
                                      std::stop_token stop) {
  std::set<std::string> ids;
  std::string next;
  do {
    TRUEUP_ASSIGN(connectors::IdPage page, connector.ListIds(object, next, stop));
    ids.insert(page.ids.begin(), page.ids.end());
    next = std::move(page.next);
  } while (!next.empty());
  return ids;
}

Result<Fetched> FetchAll(connectors::Connector& connector, const std::string& object,
                         const std::vector<std::string>& ids, std::stop_token stop) {
  Fetched fetched;
  const size_t most = connector.IdsPerFetch();
  for (size_t from = 0; from < ids.size(); from += most) {
    const size_t until = std::min(ids.size(), from + most);
    const std::vector<std::string> some(ids.begin() + static_cast<ptrdiff_t>(from),
                                        ids.begin() + static_cast<ptrdiff_t>(until));
    TRUEUP_ASSIGN(auto events, connector.Fetch(object, some, stop));
    for (ChangeEvent& event : events) {
      fetched.insert_or_assign(std::string(event.ref.id()), std::move(event));
    }
  }
  return fetched;
}

// A source that gives no stamps uses 1970: such a row is never behind the moment.
bool IsBehind(const ChangeEvent& event, Instant as_of) {
  return event.modified > as_of || (event.created && *event.created > as_of);
}

// Of ids that were listed and are not held, those that the source has as of the moment.
void SortOutMissing(const std::vector<std::string>& ids, Fetched& fetched, Instant as_of,
                    Difference& difference) {
  for (const std::string& id : ids) {
    const auto found = fetched.find(id);
    if (found == fetched.end()) difference.not_shown.push_back(id);
    // Gone since it was listed, or new: not as of the moment.
    if (found == fetched.end() || found->second.deleted || IsBehind(found->second, as_of)) {
      ++difference.set_aside;
      continue;
    }
    ++difference.listed;
    difference.missing.push_back(id);
    difference.cures.insert_or_assign(id, std::move(found->second));
  }
}

// A record of which the source shows nothing at all: when it went, nobody knows. The pipeline takes
// such a deletion without a stamp whatever it holds, and keeps the stamp of what it held; so should
// the row ever come back as it was, it is taken again.
ChangeEvent UndatedDeletion(const std::string& system, const std::string& object,
                            const std::string& id) {
  ChangeEvent event;
  event.ref = Ref(system, object, id);
  event.deleted = true;
  return event;
}

// Of ids that are held and were not listed, those that the source had lost as of the moment.
void SortOutExtra(const std::vector<std::string>& ids, Fetched& fetched, const HeldRecords& held,
                  const std::string& system, const std::string& object, Instant as_of,
                  Difference& difference) {
  for (const std::string& id : ids) {
    const auto found = fetched.find(id);
    if (found == fetched.end()) {
      // Came behind the moment, and went again.
      if (held.at(id) > as_of) {
        ++difference.set_aside;
        continue;
      }
      difference.extra.push_back(id);
      difference.cures.insert_or_assign(id, UndatedDeletion(system, object, id));
    } else if (!found->second.deleted) {
      ++difference.listed;  // it is there: it moved while the pages were listed
    } else if (IsBehind(found->second, as_of)) {
      ++difference.set_aside;
    } else {
      difference.extra.push_back(id);
      // Dated before what is held, it would be out of date for the pipeline.
      const bool counts = found->second.modified >= held.at(id);
      difference.cures.insert_or_assign(
          id, counts ? std::move(found->second) : UndatedDeletion(system, object, id));
    }
  }
}

}  // namespace

Result<HeldRecords> ReadHeld(const pipeline::Store& store, const std::string& system,
                             const std::string& object) {
  HeldRecords held;
  TRUEUP_RETURN_IF_ERROR(ScanLive(store, system, object, "", [&](const LiveRow& row) {
    held.emplace_hint(held.end(), row.event.ref.id(), row.event.modified);
    return true;
  }));
  return held;
}

Result<bool> IsHeld(const pipeline::Store& store, const std::string& ref) {
  TRUEUP_ASSIGN(const auto row, FindLive(store, ref));
  return row.has_value();
}

Result<Difference> CompareIds(connectors::Connector& connector, const std::string& system,
                              const std::string& object, const HeldRecords& held, Instant as_of,
                              std::stop_token stop) {
  TRUEUP_ASSIGN(const auto source, ListAll(connector, object, stop));
  std::vector<std::string> missing;
  std::vector<std::string> extra;
  for (const std::string& id : source) {
    if (!held.contains(id)) missing.push_back(id);
  }
  for (const auto& [id, stamp] : held) {
    if (!source.contains(id)) extra.push_back(id);
  }
  Difference difference;
  difference.listed = source.size() - missing.size();
  TRUEUP_ASSIGN(Fetched rows, FetchAll(connector, object, missing, stop));
  SortOutMissing(missing, rows, as_of, difference);
  TRUEUP_ASSIGN(Fetched gone, FetchAll(connector, object, extra, stop));
  SortOutExtra(extra, gone, held, system, object, as_of, difference);
  return difference;
}

Status DropWhatWasLate(const pipeline::Store& store, const std::string& system,
                       const std::string& object, Difference& difference) {
  const auto drop = [&](std::vector<std::string>& ids, bool late) -> Status {
    std::vector<std::string> left;
    for (std::string& id : ids) {
      TRUEUP_ASSIGN(const bool held, IsHeld(store, Ref(system, object, id).text()));
      if (held == late) {
        difference.cures.erase(id);
      } else {
        left.push_back(std::move(id));
      }
    }
    ids = std::move(left);
    return {};
  };
  TRUEUP_RETURN_IF_ERROR(drop(difference.missing, true));
  return drop(difference.extra, false);
}

}  // namespace trueup::daemon
