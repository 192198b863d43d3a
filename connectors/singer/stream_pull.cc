#include "connectors/singer/stream_pull.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/logging.h"

namespace trueup::connectors::singer {
namespace {

constexpr size_t kPageBytes = 4 << 20;

}  // namespace

StreamPull::StreamPull(MessageReader reader, SingerCursor from, bool full_table, PullLimits limits,
                       std::string system, std::string object)
    : reader_(std::move(reader)),
      cursor_(std::move(from)),
      full_table_(full_table),
      limits_(limits),
      system_(std::move(system)),
      object_(std::move(object)) {
  // A run without versions is a version of its own, and what an earlier one began counts for
  // nothing.
  if (cursor_.coming && cursor_.coming->version.empty()) cursor_.coming.reset();
}

Result<Page> StreamPull::Next(std::stop_token stop) {
  if (failure_) return *failure_;
  Page page;
  size_t bytes = 0;
  const std::string state = cursor_.state;
  while (!ended_ && page.events.size() < limits_.page_records && bytes < kPageBytes) {
    auto more = Fill(page, bytes, stop);
    if (more.ok()) {
      if (!*more) End();
      continue;
    }
    const bool nothing_new = page.events.empty() && cursor_.state == state;
    if (nothing_new || more.error().kind() == ErrorKind::kCancelled) return std::move(more).error();
    failure_ = std::move(more).error();
    break;
  }
  if (ended_) TakeGone(page);
  page.done = ended_ && gone_.empty();
  if (page.done && next_active_) {
    cursor_.active = *std::exchange(next_active_, std::nullopt);
    cursor_.coming.reset();
  }
  page.received = page.events.size();
  ++cursor_.page;
  given_ = cursor_.ToJson();
  page.next_cursor = given_;
  return page;
}

// Takes one message; false at the end.
Result<bool> StreamPull::Fill(Page& page, size_t& bytes, std::stop_token stop) {
  TRUEUP_ASSIGN(std::optional<Message> message, reader_.Next(std::move(stop)));
  if (!message) return false;
  Follow(*message);
  if (message->kind == Message::Kind::kRecord) {
    bytes += message->event.row.bytes().size();
    page.events.push_back(std::move(message->event));
  }
  return true;
}

// Keeps account of states, versions and the ids that each gave.
void StreamPull::Follow(const Message& message) {
  if (message.kind == Message::Kind::kActivate) {
    activated_ = message.version;
    return;
  }
  if (message.kind == Message::Kind::kState) {
    // A run that always reads everything needs none, and a tap that finds one might not.
    if (!full_table_) cursor_.state = message.state;
    return;
  }
  const std::string id(message.event.ref.id());
  const std::string& version = message.version;
  if (message.event.deleted) {
    cursor_.active.known.Remove(id);
    if (cursor_.coming) cursor_.coming->known.Remove(id);
  } else if (!version.empty() && version == cursor_.active.version) {
    cursor_.active.known.Add(id, limits_.tracked_ids);
  } else if (!version.empty() || full_table_) {
    auto& coming = cursor_.coming;
    if (!coming || coming->version != version) coming = TableVersion{version, {}};
    coming->known.Add(id, limits_.tracked_ids);
  }
}

// The tap has ended well: what the version before gave and the one that is active now did not is
// gone.
void StreamPull::End() {
  ended_ = true;
  const std::string version =
      activated_.empty() && cursor_.coming && full_table_ ? cursor_.coming->version : activated_;
  if (version.empty() && !full_table_) return;                        // a stream without versions
  if (!version.empty() && version == cursor_.active.version) return;  // rows were added to it
  if (!cursor_.coming || cursor_.coming->version != version) {
    // Not a row of it: an empty table, or a tap that lost its way. The audit can tell, we cannot.
    if (!cursor_.active.known.ids().empty()) {
      LogWarning("singer", system_ + "/" + object_ +
                               ": the tap gave no row of a table that had some; nothing is taken "
                               "for deleted, trueup audit compares");
    }
    return;
  }
  const KnownIds& before = cursor_.active.known;
  const KnownIds& now = cursor_.coming->known;
  if (!now.whole()) {
    LogInfo("singer", system_ + "/" + object_ +
                          ": more ids than tracked_ids; deletions are left to trueup audit");
  } else if (before.whole()) {
    std::set_difference(before.ids().begin(), before.ids().end(), now.ids().begin(),
                        now.ids().end(), std::back_inserter(gone_));
  }
  next_active_ = cursor_.coming;
}

void StreamPull::TakeGone(Page& page) {
  while (!gone_.empty() && page.events.size() < limits_.page_records) {
    // Without a stamp it counts for the version that is held.
    ChangeEvent& event = page.events.emplace_back();
    event.ref = Ref(system_, object_, gone_.back());
    event.deleted = true;
    gone_.pop_back();
  }
}

}  // namespace trueup::connectors::singer
