#include "connectors/netsuite/puller.h"

#include <algorithm>
#include <set>
#include <utility>

namespace trueup::connectors::netsuite {
namespace {

using Phase = Cursor::Phase;

// Beyond so many ids, a cursor of a table without stamps does not carry them: the audit then finds
// what vanished.
constexpr size_t kMaxKnown = 20'000;

bool InDeletions(Phase phase) {
  return phase == Phase::kDeletions || phase == Phase::kRepeatedDeletions;
}
bool InRepeated(Phase phase) {
  return phase == Phase::kRepeatedHour || phase == Phase::kRepeatedDeletions;
}

// What happened to the columns, each named.
std::string ColumnChanges(const std::vector<std::string>& missing_before,
                          const std::vector<std::string>& missing_now) {
  std::string text;
  const auto name_those = [&](const std::vector<std::string>& these,
                              const std::vector<std::string>& but, const char* what) {
    for (const std::string& column : these) {
      if (std::binary_search(but.begin(), but.end(), column)) continue;
      text += (text.empty() ? "column " : "; column ") + column + what;
    }
  };
  name_those(missing_now, missing_before, " is there no more, or the role may not see it");
  name_those(missing_before, missing_now, " has come, and the rows that were pulled lack it");
  return text;
}

}  // namespace

Result<Page> Puller::Pull(Cursor cursor) {
  const bool fresh = cursor.zone.empty();
  if (cursor.phase == Phase::kIdle) TRUEUP_RETURN_IF_ERROR(Begin(cursor));
  TRUEUP_ASSIGN(const SuitePage rows, Run(cursor));
  Page page;
  if (!InDeletions(cursor.phase)) {  // a query that names the columns has just been answered
    std::vector<std::string> missing = parts_.object.Missing();
    // No stamp moves with a column, so the rows before would keep its values, or lack them.
    if (!fresh && missing != cursor.missing) {
      page.gap = ColumnChanges(cursor.missing, missing);
      return page;
    }
    cursor.missing = std::move(missing);
  }
  TRUEUP_RETURN_IF_ERROR(Take(rows, cursor, page));
  if (rows.more) {
    Advance(rows, cursor);
  } else {
    NextPhase(cursor, page);
  }
  cursor.zone = parts_.zone.name();
  page.next_cursor = cursor.ToJson();
  return page;
}

// Where a pull begins: the lookback before the newest stamp that was delivered, or the beginning.
Status Puller::Begin(Cursor& cursor) {
  cursor.place = {};
  if (!parts_.object.has_stamps()) {
    cursor.phase = Phase::kWhole;
    cursor.seen.clear();
    return {};
  }
  // Deletions are wanted from the state of the snapshot on. The source's own newest stamp tells
  // when that is: our clock may differ.
  if (cursor.mark.empty() && parts_.object.has_deletions()) {
    TRUEUP_ASSIGN(const SuitePage newest,
                  parts_.object.Run([&](const auto&) { return parts_.object.queries().Newest(); },
                                    1, parts_.stop));
    cursor.deleted_mark = OnlyValue(*newest.rows().begin()).text();
  }
  cursor.phase = Phase::kChanges;
  cursor.place = Behind(cursor.mark);
  cursor.upper = FormatSuiteTime(parts_.zone.ToLocal(parts_.now));
  return {};
}

SuitePlace Puller::Behind(const std::string& mark) const {
  const auto newest = ParseLocalInstant(mark);
  if (mark.empty() || !newest.ok()) return {};
  LocalTime from = *newest - parts_.lookback;
  // Which of the two hours a text from the repeated one means is not known: begin before both.
  if (const auto repeated = parts_.zone.RepeatedAt(from)) {
    from = repeated->begin - std::chrono::seconds(1);
  }
  return {FormatSuiteTime(from), ""};
}

Result<SuitePage> Puller::Run(const Cursor& cursor) {
  if (!InDeletions(cursor.phase)) return RunChanges(cursor);
  const std::string& type = *parts_.object.settings().deleted_type;
  return parts_.object.Run(
      [&](const auto&) {
        if (cursor.phase == Phase::kDeletions) return Deletions(type, cursor.place);
        return DeletionsById(type, cursor.place.id, cursor.hour_begin, cursor.hour_end);
      },
      parts_.page_size, parts_.stop);
}

Result<SuitePage> Puller::RunChanges(const Cursor& cursor) {
  const SuiteQueries& queries = parts_.object.queries();
  return parts_.object.Run(
      [&](const std::set<std::string>& dropped) {
        if (cursor.phase == Phase::kChanges) {
          return queries.Changes(dropped, cursor.place, cursor.upper);
        }
        return queries.ById(dropped, cursor.place.id, cursor.hour_begin, cursor.hour_end);
      },
      parts_.page_size, parts_.stop);
}

// Adds the rows as events, and keeps the newest stamp.
Status Puller::Take(const SuitePage& rows, Cursor& cursor, Page& page) {
  const bool deletions = InDeletions(cursor.phase);
  const std::string stamp = deletions ? "stamp" : *parts_.object.settings().modified;
  std::string& mark = deletions ? cursor.deleted_mark : cursor.mark;
  for (const JsonValue row : rows.rows()) {
    ++page.received;
    TRUEUP_ASSIGN(ChangeEvent event, deletions ? ReadDeletion(form_, row) : ReadRecord(form_, row));
    mark = std::max(mark, std::string(row[stamp].text()));
    // A join that finds several rows repeats the record; the order puts them side by side.
    if (!page.events.empty() && page.events.back().ref == event.ref) continue;
    if (cursor.phase == Phase::kWhole) cursor.seen.emplace_back(event.ref.id());
    page.events.push_back(std::move(event));
  }
  return {};
}

// The page was full: go on behind its last row.
void Puller::Advance(const SuitePage& rows, Cursor& cursor) {
  const bool deletions = InDeletions(cursor.phase);
  JsonValue last;
  for (const JsonValue row : rows.rows()) last = row;
  const ObjectSettings& settings = parts_.object.settings();
  cursor.place.id = last[deletions ? "id" : settings.id].text();
  if (cursor.phase == Phase::kWhole || InRepeated(cursor.phase)) return;
  cursor.place.stamp = last[deletions ? "stamp" : *settings.modified].text();
  const auto local = ParseLocalInstant(cursor.place.stamp);
  const auto repeated = local.ok() ? parts_.zone.RepeatedAt(*local) : std::nullopt;
  if (!repeated) return;
  // In the hour that comes twice, stamps give no order: that hour is read whole, in order of id.
  cursor.phase = deletions ? Phase::kRepeatedDeletions : Phase::kRepeatedHour;
  cursor.place = {};
  cursor.hour_begin = FormatSuiteTime(repeated->begin - std::chrono::seconds(1));
  cursor.hour_end = FormatSuiteTime(repeated->end);
}

// The rows of the phase are all there: what comes next.
void Puller::NextPhase(Cursor& cursor, Page& page) {
  if (InRepeated(cursor.phase)) {
    cursor.phase = InDeletions(cursor.phase) ? Phase::kDeletions : Phase::kChanges;
    cursor.place = {cursor.hour_end, ""};
    cursor.hour_begin.clear();
    cursor.hour_end.clear();
    return;
  }
  if (cursor.phase == Phase::kChanges && parts_.object.has_deletions()) {
    cursor.phase = Phase::kDeletions;
    cursor.place = Behind(cursor.deleted_mark);
    return;
  }
  if (cursor.phase == Phase::kWhole) AddVanished(cursor, page);
  cursor.phase = Phase::kIdle;
  cursor.place = {};
  cursor.upper.clear();
  page.done = true;
}

// A table without stamps has been read whole: what was there before and is not now, is deleted.
void Puller::AddVanished(Cursor& cursor, Page& page) {
  std::sort(cursor.seen.begin(), cursor.seen.end());
  for (const std::string& id : cursor.known) {
    if (std::binary_search(cursor.seen.begin(), cursor.seen.end(), id)) continue;
    ChangeEvent event;
    event.ref = Ref(parts_.system, parts_.object.name(), id);
    event.deleted = true;
    page.events.push_back(std::move(event));
    ++page.received;
  }
  cursor.known = std::move(cursor.seen);
  if (cursor.known.size() > kMaxKnown) cursor.known.clear();
  cursor.seen.clear();
}

}  // namespace trueup::connectors::netsuite
