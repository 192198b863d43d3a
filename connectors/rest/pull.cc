#include "connectors/rest/pull.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "connectors/rest/records.h"

namespace trueup::connectors::rest {
namespace {

using Phase = Cursor::Phase;

class Pull {
 public:
  Pull(Client& client, const PulledObject& object, Cursor cursor, std::stop_token stop)
      : client_(client), object_(object), cursor_(std::move(cursor)), stop_(std::move(stop)) {}

  Result<Page> NextPage();

 private:
  bool by_feed() const { return deletions_ && deletions_->by == DeletionsBy::kFeed; }
  bool by_ids() const { return deletions_ && deletions_->by == DeletionsBy::kIds; }
  // Whether the rows of each pull are all there are, and so tell the ids as well.
  bool rows_tell_ids() const {
    return by_ids() && !object_.settings.ids && object_.settings.updated_since.empty();
  }

  void Begin(Phase phase, std::optional<Instant> newest);
  Listing CurrentList() const;
  Result<ListPage> GetPage(const Listing& listing);
  Status ReadRows(const ListPage& list, Page& page);
  Status ReadDeletions(const ListPage& list, Page& page);
  void KeepETag(const Listing& listing, const ListPage& list, bool first);
  Status EndList(bool unchanged, Page& page);
  Status CompareIds(Page& page);
  Status AddGone(const std::vector<std::string>& ids, Page& page);
  void End(Page& page);

  Client& client_;
  const PulledObject& object_;
  Cursor cursor_;
  const std::stop_token stop_;
  const DeletionsSettings* const deletions_ =
      client_.settings().deletions ? &*client_.settings().deletions : nullptr;
};

// Begins a list at its first page, from `newest` minus the lookback.
void Pull::Begin(Phase phase, std::optional<Instant> newest) {
  cursor_.phase = phase;
  cursor_.page.clear();
  cursor_.restarted = false;
  cursor_.since.reset();
  if (newest) cursor_.since = *newest - object_.settings.lookback;
  const bool lists_ids = phase == Phase::kIds || (phase == Phase::kRows && rows_tell_ids());
  cursor_.listed.reset();
  if (lists_ids) cursor_.listed = IdSketch(deletions_->differences);
}

Listing Pull::CurrentList() const {
  if (cursor_.phase == Phase::kIds) return client_.IdsOf(object_.name, object_.settings);
  if (cursor_.phase == Phase::kDeletions) return client_.DeletionsOf(object_.name, cursor_.since);
  return client_.RecordsOf(object_.name, object_.settings, cursor_.since);
}

// The version of this very list that was read last, if it may be asked for.
std::string ETagFor(const Listing& listing, const Cursor& cursor, const ObjectSettings& settings) {
  const bool usable =
      settings.etag && cursor.phase == Phase::kRows && cursor.page.empty() && !cursor.restarted;
  if (!usable || cursor.etag.empty()) return {};
  const auto url = PageUrl(listing, "");
  return url.ok() && HashBytes(*url).ToHex() == cursor.etag_of ? cursor.etag : "";
}

Result<ListPage> Pull::GetPage(const Listing& listing) {
  // A list that has to tell the ids for the first time has to be sent.
  const bool needed = cursor_.listed && !cursor_.known;
  return client_.GetPage(listing, cursor_.page, stop_,
                         needed ? "" : ETagFor(listing, cursor_, object_.settings));
}

Result<Page> Pull::NextPage() {
  // The settings may have changed since the cursor was stored.
  const bool lost = (cursor_.phase == Phase::kDeletions && !by_feed()) ||
                    (cursor_.phase == Phase::kIds && (!by_ids() || !cursor_.listed));
  if (cursor_.phase == Phase::kRows && !rows_tell_ids()) cursor_.listed.reset();
  if (cursor_.phase == Phase::kIdle || lost) Begin(Phase::kRows, cursor_.mark);
  const Listing listing = CurrentList();
  auto list = GetPage(listing);
  if (!list.ok() && list.error().kind() == ErrorKind::kInvalid && !cursor_.page.empty()) {
    // The server gave that page's name and does not take it any more: cursors of some APIs live for
    // minutes.
    Page page;
    if (cursor_.restarted) {
      page.gap = "the list cannot be continued: " + list.error().message();
      return page;
    }
    cursor_.restarted = true;
    cursor_.page.clear();
    if (cursor_.listed) cursor_.listed = IdSketch(deletions_->differences);
    list = GetPage(listing);
  }
  if (!list.ok()) return std::move(list).error();
  Page page;
  if (!list->unchanged) {
    if (cursor_.phase == Phase::kRows) {
      TRUEUP_RETURN_IF_ERROR(ReadRows(*list, page));
    } else if (cursor_.phase == Phase::kDeletions) {
      TRUEUP_RETURN_IF_ERROR(ReadDeletions(*list, page));
    } else {
      TRUEUP_ASSIGN(const auto ids, client_.ReadIds(object_.settings, *list));
      for (const std::string& id : ids) cursor_.listed->Add(id);
    }
    KeepETag(listing, *list, cursor_.page.empty());
  }
  if (list->next) {
    cursor_.page = *list->next;
  } else {
    TRUEUP_RETURN_IF_ERROR(EndList(list->unchanged, page));
  }
  page.received = page.events.size();
  page.next_cursor = cursor_.ToJson();
  return page;
}

// Turns the rows into events, and keeps the newest stamp.
Status Pull::ReadRows(const ListPage& list, Page& page) {
  page.events.reserve(list.rows().size());
  for (const JsonValue row : list.rows()) {
    TRUEUP_ASSIGN(ChangeEvent event,
                  ReadRecord(client_.system(), object_.name, object_.settings, row));
    if (!object_.settings.modified.empty()) {
      cursor_.mark = std::max(cursor_.mark.value_or(event.modified), event.modified);
    }
    if (cursor_.listed) cursor_.listed->Add(event.ref.id());
    page.events.push_back(std::move(event));
  }
  return {};
}

Status Pull::ReadDeletions(const ListPage& list, Page& page) {
  for (const JsonValue row : list.rows()) {
    TRUEUP_ASSIGN(auto event, ReadDeletion(client_.system(), object_.name, *deletions_, row));
    if (!event) continue;
    cursor_.deleted_mark =
        std::max(cursor_.deleted_mark.value_or(event->modified), event->modified);
    page.events.push_back(*std::move(event));
  }
  return {};
}

// An ETag is that of one page: it speaks for the list only where that is all of it.
void Pull::KeepETag(const Listing& listing, const ListPage& list, bool first) {
  if (cursor_.phase != Phase::kRows || !object_.settings.etag) return;
  cursor_.etag.clear();
  cursor_.etag_of.clear();
  const auto etag = list.reply.headers.Find("ETag");
  const auto url = PageUrl(listing, "");
  if (!first || list.next || !etag || !url.ok()) return;
  cursor_.etag = *etag;
  cursor_.etag_of = HashBytes(*url).ToHex();
}

// What comes behind the list that is at its end.
Status Pull::EndList(bool unchanged, Page& page) {
  if (cursor_.phase == Phase::kRows && by_feed()) {
    Begin(Phase::kDeletions, cursor_.deleted_mark);
    return {};
  }
  if (cursor_.phase == Phase::kRows && by_ids() && !rows_tell_ids()) {
    Begin(Phase::kIds, std::nullopt);
    return {};
  }
  // The ids of a list that did not change are those that are known.
  if (!cursor_.listed || unchanged) {
    End(page);
    return {};
  }
  return CompareIds(page);
}

// Compares the ids that are listed now with those of the last pull.
Status Pull::CompareIds(Page& page) {
  const auto differences =
      cursor_.known ? cursor_.listed->Since(*cursor_.known) : IdSketch::Differences();
  if (!differences) {
    // Begins a new snapshot, with the ids of now as those that are known.
    page.gap = "more ids came and went than can be told apart (deletions.differences: " +
               std::to_string(deletions_->differences) +
               "): which records were deleted, only the audit can tell";
    page.events.clear();
    Cursor anew;
    anew.known = std::move(cursor_.listed);
    cursor_ = std::move(anew);
    return {};
  }
  TRUEUP_RETURN_IF_ERROR(AddGone(differences->gone, page));
  cursor_.known = std::move(cursor_.listed);
  End(page);
  return {};
}

// A list in pages may miss a row that moved while it was read: each id is asked for before it is
// called deleted. No time of deletion is known; the newest stamp that was seen is one that is not
// older than the record's.
Status Pull::AddGone(const std::vector<std::string>& ids, Page& page) {
  if (ids.empty()) return {};
  TRUEUP_ASSIGN(auto live, client_.Fetch(object_.name, object_.settings, ids, stop_));
  for (const std::string& id : ids) {
    const bool lives = std::any_of(live.begin(), live.end(),
                                   [&](const ChangeEvent& event) { return event.ref.id() == id; });
    if (lives) {
      cursor_.listed->Add(id);
      continue;
    }
    ChangeEvent event;
    event.ref = Ref(client_.system(), object_.name, id);
    event.modified = cursor_.mark.value_or(Instant());
    event.deleted = true;
    page.events.push_back(std::move(event));
  }
  for (ChangeEvent& event : live) page.events.push_back(std::move(event));
  return {};
}

void Pull::End(Page& page) {
  cursor_.phase = Phase::kIdle;
  cursor_.page.clear();
  cursor_.since.reset();
  cursor_.restarted = false;
  cursor_.listed.reset();
  page.done = true;
}

}  // namespace

Result<Page> PullPage(Client& client, const PulledObject& object, Cursor cursor,
                      std::stop_token stop) {
  return Pull(client, object, std::move(cursor), std::move(stop)).NextPage();
}

}  // namespace trueup::connectors::rest
