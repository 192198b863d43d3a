#include "connectors/salesforce/deletion_pull.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/logging.h"
#include "connectors/http/encoding.h"
#include "connectors/salesforce/errors.h"
#include "connectors/salesforce/rest_query.h"
#include "connectors/salesforce/soql.h"

namespace trueup::connectors::salesforce {
namespace {

// Of the query that looks ids up. At 27 bytes each in an address they stay below the 8 KiB at which
// what lies between us and Salesforce may stop, though Salesforce itself takes 16.
constexpr size_t kIdsPerQuery = 250;

// As the documentation writes it; the server ignores the seconds.
std::string ToTheMinute(Instant at) {
  std::string text = FormatInstant(Instant(std::chrono::floor<std::chrono::minutes>(at)));
  text.pop_back();
  return text + "+00:00";
}

Page Gap(const Deletions& known, const std::string& why) {
  Page page;
  page.gap = "deletions are known up to " + FormatInstant(known.covered) +
             ", and those behind it cannot be asked for any more: " + why;
  return page;  // the empty next_cursor begins a snapshot
}

}  // namespace

Result<JsonReply> DeletionPull::Ask(const ObjectFields& fields, const Deletions& known,
                                    std::stop_token stop) {
  const std::string path = api_.Path("sobjects/" + fields.info.name + "/deleted");
  return api_.Get(AddParameters(path, {{"start", ToTheMinute(known.covered)},
                                       {"end", ToTheMinute(*known.due)}}),
                  stop);
}

// Where deletions were told before, the next pull asks for the same ones again. Where they never
// were, there is no use in that, and nothing to be lost.
Page DeletionPull::NotTold(const ObjectFields& fields, Cursor cursor,
                           const std::string& why) const {
  LogWarning(system_, fields.info.name +
                          ": what is deleted for good is not told, so that only the audit finds "
                          "it: " +
                          why);
  Deletions& known = *cursor.deletions;
  if (!known.told) known.covered = *known.due;
  known.due.reset();
  Page page;
  page.next_cursor = cursor.ToText();
  page.done = true;
  return page;
}

Result<std::vector<ChangeEvent>> DeletionPull::GoneForGood(const ObjectFields& fields,
                                                           JsonValue deleted,
                                                           std::stop_token stop) {
  std::map<std::string, Instant> gone;  // by id
  for (const JsonValue& record : deleted) {
    const auto at = ParseInstant(record["deletedDate"].text());
    const std::string id = LongId(record["id"].text());
    if (!at.ok() || id.empty()) {
      return Error(ErrorKind::kTransient, "a deletion without an id or a date: " + record.ToJson());
    }
    gone[id] = at->at;
  }
  std::vector<std::string> ids;
  for (const auto& [id, at] : gone) ids.push_back(id);
  for (size_t first = 0; first < ids.size(); first += kIdsPerQuery) {
    const size_t end = std::min(ids.size(), first + kIdsPerQuery);
    const std::vector<std::string> some(ids.begin() + static_cast<std::ptrdiff_t>(first),
                                        ids.begin() + static_cast<std::ptrdiff_t>(end));
    // What is shown as deleted has come with a new stamp, where rows have one that moves.
    const bool told_here = fields.only_added && fields.has_is_deleted;
    const std::string soql = FetchQuery(fields.info.name, told_here ? "Id,IsDeleted" : "Id", some);
    TRUEUP_ASSIGN(const auto shown, QueryWhole(api_, system_, fields, soql, stop));
    for (const ChangeEvent& event : shown) {
      if (!told_here || !event.deleted) gone.erase(std::string(event.ref.id()));
    }
  }
  std::vector<ChangeEvent> events;
  for (const auto& [id, at] : gone) {
    ChangeEvent& event = events.emplace_back();
    event.ref = Ref(system_, fields.info.name, id);
    event.modified = at;
    event.deleted = true;
  }
  return events;
}

Result<Page> DeletionPull::Step(const ObjectFields& fields, Cursor cursor, std::stop_token stop) {
  Deletions& known = *cursor.deletions;
  const auto reply = Ask(fields, known, stop);
  if (!reply.ok() || reply->status != 200) {
    const Error why = reply.ok() ? Unanswered(*reply) : reply.error();
    const bool out_of_reach = reply.ok() && IsOutOfReach(reply->body.root());
    if (out_of_reach && known.told) return Gap(known, why.message());
    // Not every object tells, nor every user may ask.
    const bool refused =
        why.kind() == ErrorKind::kInvalid || why.kind() == ErrorKind::kDenied || out_of_reach;
    if (refused) return NotTold(fields, std::move(cursor), why.message());
    return why;
  }
  const JsonValue body = reply->body.root();
  const auto covered = ParseInstant(body["latestDateCovered"].text());
  if (!covered.ok() || !body["deletedRecords"].is_array()) {
    return Error(ErrorKind::kTransient, "the reply tells no deletions");
  }
  const auto earliest = ParseInstant(body["earliestDateAvailable"].text());
  if (known.told && earliest.ok() && earliest->at > known.covered) {
    return Gap(known, "they are kept from " + FormatInstant(earliest->at) + " on");
  }
  Page page;
  TRUEUP_ASSIGN(page.events, GoneForGood(fields, body["deletedRecords"], stop));
  page.received = page.events.size();
  known = {covered->at, true, std::nullopt};
  page.next_cursor = cursor.ToText();
  page.done = true;
  return page;
}

}  // namespace trueup::connectors::salesforce
