#include "connectors/salesforce/salesforce_connector.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "base/logging.h"
#include "connectors/http/http_kind.h"
#include "connectors/salesforce/api.h"
#include "connectors/salesforce/bulk_pull.h"
#include "connectors/salesforce/cursor.h"
#include "connectors/salesforce/deletion_pull.h"
#include "connectors/salesforce/errors.h"
#include "connectors/salesforce/fields.h"
#include "connectors/salesforce/rest_query.h"
#include "connectors/salesforce/soql.h"

namespace trueup::connectors::salesforce {
namespace {

using Fields = std::shared_ptr<const ObjectFields>;

// Of one resource. Credentials that are refused altogether are so with the next call, too.
bool IsRefusal(const Error& error) {
  return error.kind() == ErrorKind::kInvalid || error.kind() == ErrorKind::kDenied;
}

class SalesforceConnector : public Connector {
 public:
  explicit SalesforceConnector(Parts parts);

  Result<std::vector<ObjectInfo>> Describe(std::stop_token stop) override;
  Result<Page> Pull(const std::string& object, const std::string& cursor,
                    std::stop_token stop) override;
  Result<IdPage> ListIds(const std::string& object, const std::string& next,
                         std::stop_token stop) override;
  Result<uint64_t> Count(const std::string& object, std::stop_token stop) override;
  Result<CreatedCounts> CountCreated(const std::string& object, const std::vector<Instant>& bounds,
                                     std::stop_token stop) override;
  Result<std::vector<ChangeEvent>> Fetch(const std::string& object,
                                         const std::vector<std::string>& ids,
                                         std::stop_token stop) override;
  ApiUsage Usage() const override;

 private:
  // "salesforce: Account: reading changes: ..."
  Error In(const std::string& object, std::string_view doing, Error error) const;

  // Null of an optional object that the user may not read.
  Result<Fields> ReadFields(const std::string& object, std::stop_token stop);
  Result<Fields> LeaveOut(const std::string& object, Error why);
  Result<Fields> KnownFields(const std::string& object, std::stop_token stop);
  // Then an error.
  Result<Fields> FieldsOf(const std::string& object, std::stop_token stop);
  Result<Fields> DescribeFields(const std::string& object, const ObjectSettings& settings,
                                std::stop_token stop);
  void Adopt(const ObjectFields& fields, Cursor& cursor, std::stop_token stop);

  Status BeginQuery(const ObjectFields& fields, Cursor& cursor, std::stop_token stop);
  Result<bool> IsForBulk(const ObjectFields& fields, const Cursor& cursor, std::stop_token stop);
  Result<Page> PullPage(const std::string& object, const std::string& cursor, std::stop_token stop);
  Result<JsonReply> NextPage(const ObjectFields& fields, Cursor& cursor, std::stop_token stop);
  Result<Page> ReadPage(const ObjectFields& fields, Cursor cursor, JsonValue body) const;

  const Parts parts_;
  Api api_;
  BulkPull bulk_;
  DeletionPull deletions_;
  std::mutex mutex_;
  struct Described {
    Fields fields;
    std::chrono::microseconds at;  // by the clock's Elapsed
  };
  std::map<std::string, Described> described_;
};

SalesforceConnector::SalesforceConnector(Parts parts)
    : parts_(std::move(parts)),
      api_(parts_),
      bulk_(api_, parts_.system, parts_.settings.bulk, parts_.clock),
      deletions_(api_, parts_.system) {}

Error SalesforceConnector::In(const std::string& object, std::string_view doing,
                              Error error) const {
  return std::move(error).In(parts_.system + ": " + object + ": " + std::string(doing));
}

Result<Fields> SalesforceConnector::DescribeFields(const std::string& object,
                                                   const ObjectSettings& settings,
                                                   std::stop_token stop) {
  TRUEUP_ASSIGN(const JsonReply reply,
                api_.Get(api_.Path("sobjects/" + object + "/describe"), stop));
  if (reply.status != 200) return Unanswered(reply);
  return ChooseFields(object, settings, reply.body.root());
}

Result<Fields> SalesforceConnector::ReadFields(const std::string& object, std::stop_token stop) {
  const auto settings = parts_.settings.objects.find(object);
  if (settings == parts_.settings.objects.end()) {
    return Error(ErrorKind::kInvalid, "the config names no such object");
  }
  auto read = DescribeFields(object, settings->second, stop);
  if (!read.ok()) return LeaveOut(object, std::move(read).error());
  Fields fields = *std::move(read);
  const std::lock_guard lock(mutex_);
  Described& described = described_[object];
  const std::string missing = described.fields ? described.fields->missing : std::string();
  if (!fields->missing.empty() && fields->missing != missing) {
    LogWarning(parts_.system, object + " has no field " + fields->missing +
                                  ", or the user may not read it; it is left out");
  }
  described = {fields, parts_.clock->Elapsed()};
  return fields;
}

// An optional object that the user may not read has no fields, until it is described again; with
// any other, and for any other reason, it is the error.
Result<Fields> SalesforceConnector::LeaveOut(const std::string& object, Error why) {
  if (!parts_.settings.objects.at(object).optional || !IsRefusal(why)) return why;
  const std::lock_guard lock(mutex_);
  const auto [described, is_new] = described_.try_emplace(object);
  if (is_new || described->second.fields) {
    LogWarning(parts_.system, object + " may not be read and is left out: " + why.message());
  }
  described->second = {nullptr, parts_.clock->Elapsed()};
  return Fields();
}

// As last described, or described anew where that is long ago.
Result<Fields> SalesforceConnector::KnownFields(const std::string& object, std::stop_token stop) {
  {
    const std::lock_guard lock(mutex_);
    const auto known = described_.find(object);
    if (known != described_.end() &&
        parts_.clock->Elapsed() - known->second.at < parts_.settings.describe_every) {
      return known->second.fields;
    }
  }
  return ReadFields(object, stop);
}

Result<Fields> SalesforceConnector::FieldsOf(const std::string& object, std::stop_token stop) {
  TRUEUP_ASSIGN(Fields fields, KnownFields(object, stop));
  if (fields) return fields;
  return Error(ErrorKind::kInvalid, "the user may not read this object");
}

// Brings a cursor to the fields that are read now.
void SalesforceConnector::Adopt(const ObjectFields& fields, Cursor& cursor, std::stop_token stop) {
  const std::string& object = fields.info.name;
  FieldChanges changes = CompareFields(object, cursor.fields, cursor.partial, fields.field_types,
                                       parts_.mapped_fields);
  for (const std::string& notice : changes.notices) {
    LogWarning(parts_.system, object + ": " + notice);
  }
  if (changes.read_again) {
    bulk_.Abandon(cursor, stop);
    cursor.ReadAgain();
  }
  cursor.partial = std::move(changes.partial);
  cursor.fields = fields.field_types;
}

Result<std::vector<ObjectInfo>> SalesforceConnector::Describe(std::stop_token stop) {
  const Status limits = api_.ReadLimits(stop);
  if (!limits.ok()) return Error(limits.error()).In(parts_.system + ": reading its limits");
  std::vector<ObjectInfo> objects;
  for (const auto& [object, _] : parts_.settings.objects) {
    auto fields = ReadFields(object, stop);
    if (!fields.ok()) return In(object, "describing it", std::move(fields).error());
    if (*fields) objects.push_back((*fields)->info);
  }
  return objects;
}

// ---- changes

// Whether so many rows are to come that a Bulk job is the way, as a count over the same condition
// tells. A count that takes the server too long is one of many rows.
Result<bool> SalesforceConnector::IsForBulk(const ObjectFields& fields, const Cursor& cursor,
                                            std::stop_token stop) {
  if (!bulk_.Fits(fields, cursor)) return false;
  const std::string soql = StretchCountQuery(fields.info.name, fields.stamp, cursor.query->rest);
  TRUEUP_ASSIGN(const JsonReply reply, api_.Query("queryAll", soql, stop));
  const JsonValue body = reply.body.root();
  if (reply.status != 200) return ErrorCodeOf(body) == "QUERY_TIMEOUT";
  return body["totalSize"].integer().value_or(0) >= parts_.settings.bulk.from_rows;
}

// A snapshot is counted first. An increment is small nearly always, and the first reply to its
// query tells its count for nothing.
Status SalesforceConnector::BeginQuery(const ObjectFields& fields, Cursor& cursor,
                                       std::stop_token stop) {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(parts_.clock->Now());
  cursor.BeginQuery(now - parts_.settings.upper_bound_delay, parts_.settings.lookback);
  if (fields.tells_deletions) cursor.AskForDeletions(parts_.settings.deletions_every);
  if (cursor.mark) return {};
  TRUEUP_ASSIGN(cursor.query->bulk, IsForBulk(fields, cursor, stop));
  return {};
}

// The next page of the cursor's query by REST: over its locator while that lives, else by a new
// query from the last row that was delivered. A query that takes the server too long is halved. One
// that is too long for an address, or has many rows, turns to Bulk: then the cursor says so, and
// the reply is of no use. The error replies that come back otherwise name what is hidden.
Result<JsonReply> SalesforceConnector::NextPage(const ObjectFields& fields, Cursor& cursor,
                                                std::stop_token stop) {
  Cursor::Query& query = *cursor.query;
  if (!query.locator.empty()) {
    TRUEUP_ASSIGN(JsonReply reply, api_.Get(query.locator, stop));
    if (reply.status == 200) return reply;
    const std::string_view code = ErrorCodeOf(reply.body.root());
    if (code != "INVALID_QUERY_LOCATOR" && code != "QUERY_TIMEOUT" && !NamesWhatIsHidden(code)) {
      return Unanswered(reply);
    }
    const bool too_long = code == "QUERY_TIMEOUT" && cursor.HalveStretch();
    LogInfo(parts_.system, fields.info.name + ": the query's next page " +
                               (too_long ? "takes too long; asking for half of the rest"
                                         : "is gone; asking again from the last row"));
    query.locator.clear();
  }
  const bool may_turn = bulk_.Fits(fields, cursor);
  for (;;) {
    const std::string soql =
        StretchQuery(fields.info.name, fields.select_list, fields.stamp, query.rest);
    TRUEUP_ASSIGN(JsonReply reply, api_.Query("queryAll", soql, stop));
    const JsonValue body = reply.body.root();
    const bool many = body["totalSize"].integer().value_or(0) >= parts_.settings.bulk.from_rows;
    query.bulk = may_turn && (reply.status == 200 ? many : IsTooLong(reply));
    if (reply.status == 200 || query.bulk) return reply;
    const std::string_view code = ErrorCodeOf(body);
    if (NamesWhatIsHidden(code)) return reply;
    if (code != "QUERY_TIMEOUT" || !cursor.HalveStretch()) return Unanswered(reply);
  }
}

Result<Page> SalesforceConnector::ReadPage(const ObjectFields& fields, Cursor cursor,
                                           JsonValue body) const {
  Page page;
  TRUEUP_ASSIGN(page.events, ReadRecords(parts_.system, fields, body));
  page.received = page.events.size();
  Cursor::Query& query = *cursor.query;
  for (const ChangeEvent& event : page.events) {
    // A row that was saved again after the query began may show its new stamp: it must not move the
    // position past rows that are still to come.
    if (event.modified > query.rest.until) continue;
    query.rest.from = event.modified;
    query.rest.after_id = event.ref.id();
    cursor.mark = std::max(cursor.mark.value_or(event.modified), event.modified);
  }
  query.locator = body["nextRecordsUrl"].text();
  if (!body["done"].boolean() && query.locator.empty() && page.events.empty()) {
    return Error(ErrorKind::kTransient, "the reply is neither the last page nor names the next");
  }
  if (body["done"].boolean()) {
    page.done = cursor.EndStretch();
  }
  page.next_cursor = cursor.ToText();
  return page;
}

Page GapPage(std::string reason) {
  Page page;
  page.gap = std::move(reason);
  return page;  // the empty next_cursor begins a snapshot
}

// Of an object that may not be read now: where it can be read again, the pull goes on.
Page NothingToRead(const std::string& cursor) {
  Page page;
  page.next_cursor = cursor;
  page.done = true;
  return page;
}

Result<Page> SalesforceConnector::PullPage(const std::string& object, const std::string& text,
                                           std::stop_token stop) {
  TRUEUP_ASSIGN(Fields fields, KnownFields(object, stop));
  if (!fields) return NothingToRead(text);
  bulk_.Tidy(object, text, stop);
  Cursor cursor;
  if (text.empty()) {
    cursor.fields = fields->field_types;
  } else {
    auto stored = Cursor::FromText(text);
    if (!stored.ok()) return GapPage(stored.error().message());
    cursor = std::move(stored).value();
    Adopt(*fields, cursor, stop);
  }
  if (cursor.deletions && cursor.deletions->due) {
    return deletions_.Step(*fields, std::move(cursor), stop);
  }
  if (!cursor.query) TRUEUP_RETURN_IF_ERROR(BeginQuery(*fields, cursor, stop));
  if (cursor.query->bulk) return bulk_.Step(fields, std::move(cursor), stop);
  TRUEUP_ASSIGN(const JsonReply reply, NextPage(*fields, cursor, stop));
  if (cursor.query->bulk) return bulk_.Step(fields, std::move(cursor), stop);
  if (reply.status != 200) {
    // A field may have gone since the describe, or the object. The next call asks without it.
    TRUEUP_ASSIGN(Fields fresh, ReadFields(object, stop));
    if (fresh && fresh->field_types == fields->field_types) {
      TRUEUP_ASSIGN(fresh, LeaveOut(object, Unanswered(reply)));
    }
    if (!fresh) return NothingToRead(text);
    Page page;
    page.next_cursor = cursor.ToText();
    return page;
  }
  return ReadPage(*fields, std::move(cursor), reply.body.root());
}

Result<Page> SalesforceConnector::Pull(const std::string& object, const std::string& cursor,
                                       std::stop_token stop) {
  auto page = PullPage(object, cursor, stop);
  if (!page.ok()) return In(object, "reading changes", std::move(page).error());
  return page;
}

// ---- the audit

Result<IdPage> SalesforceConnector::ListIds(const std::string& object, const std::string& next,
                                            std::stop_token stop) {
  constexpr std::string_view kDoing = "listing ids";
  auto fields = FieldsOf(object, stop);
  if (!fields.ok()) return In(object, kDoing, std::move(fields).error());
  const int limit = parts_.settings.page_size;
  const auto reply =
      api_.Query("queryAll", IdsQuery(object, (*fields)->has_is_deleted, next, limit), stop);
  if (!reply.ok()) return In(object, kDoing, reply.error());
  if (reply->status != 200) return In(object, kDoing, Unanswered(*reply));
  const JsonValue body = reply->body.root();
  IdPage page;
  for (const JsonValue& record : body["records"]) {
    page.ids.push_back(LongId(record["Id"].text()));
  }
  // Shorter than asked for and done: there is no more. A server may also cut a page short and say
  // so.
  const bool last = body["done"].boolean() && page.ids.size() < static_cast<size_t>(limit);
  if (!last && !page.ids.empty()) page.next = page.ids.back();
  return page;
}

Result<uint64_t> SalesforceConnector::Count(const std::string& object, std::stop_token stop) {
  constexpr std::string_view kDoing = "counting";
  auto fields = FieldsOf(object, stop);
  if (!fields.ok()) return In(object, kDoing, std::move(fields).error());
  const auto reply = api_.Query("queryAll", CountQuery(object, (*fields)->has_is_deleted), stop);
  if (!reply.ok()) return In(object, kDoing, reply.error());
  if (reply->status != 200) return In(object, kDoing, Unanswered(*reply));
  const auto count = reply->body.root()["totalSize"].integer();
  if (!count || *count < 0) {
    return In(object, kDoing, Error(ErrorKind::kTransient, "the reply holds no count"));
  }
  return static_cast<uint64_t>(*count);
}

// The counts by month of an aggregate query, added up by window.
Result<std::vector<uint64_t>> ReadCreatedCounts(JsonValue body,
                                                const std::vector<Instant>& bounds) {
  const Error unreadable(ErrorKind::kTransient, "the reply holds no counts by month");
  if (!body["done"].boolean()) return unreadable;
  std::vector<uint64_t> counts(bounds.size());
  for (const JsonValue& group : body["records"]) {
    const auto year = group["y"].integer();
    const auto month = group["m"].integer();
    const auto count = group["n"].integer();
    if (!year || !month || !count || *count < 0) return unreadable;
    const std::chrono::year_month_day begin(std::chrono::year(static_cast<int>(*year)),
                                            std::chrono::month(static_cast<unsigned>(*month)),
                                            std::chrono::day(1));
    if (!begin.ok()) return unreadable;
    const auto end =
        std::upper_bound(bounds.begin(), bounds.end(), Instant(std::chrono::sys_days(begin)));
    if (end == bounds.end()) return unreadable;
    counts[static_cast<size_t>(end - bounds.begin())] += static_cast<uint64_t>(*count);
  }
  return counts;
}

Result<Connector::CreatedCounts> SalesforceConnector::CountCreated(
    const std::string& object, const std::vector<Instant>& bounds, std::stop_token stop) {
  constexpr std::string_view kDoing = "counting by month of creation";
  auto fields = FieldsOf(object, stop);
  if (!fields.ok()) return In(object, kDoing, std::move(fields).error());
  if (!(*fields)->field_types.contains("CreatedDate")) return CreatedCounts();
  const auto reply = api_.Query(
      "queryAll", CreatedCountQuery(object, (*fields)->has_is_deleted, bounds.back()), stop);
  if (!reply.ok()) return In(object, kDoing, reply.error());
  if (reply->status != 200) return In(object, kDoing, Unanswered(*reply));
  auto counts = ReadCreatedCounts(reply->body.root(), bounds);
  if (!counts.ok()) return In(object, kDoing, std::move(counts).error());
  return CreatedCounts(*std::move(counts));
}

Result<std::vector<ChangeEvent>> SalesforceConnector::Fetch(const std::string& object,
                                                            const std::vector<std::string>& ids,
                                                            std::stop_token stop) {
  constexpr std::string_view kDoing = "fetching records";
  constexpr size_t kIdsPerQuery = 100;  // with a long field list still below kLongestUrl
  auto fields = FieldsOf(object, stop);
  if (!fields.ok()) return In(object, kDoing, std::move(fields).error());
  std::vector<ChangeEvent> events;
  for (size_t first = 0; first < ids.size(); first += kIdsPerQuery) {
    const size_t end = std::min(ids.size(), first + kIdsPerQuery);
    const std::vector<std::string> some(ids.begin() + static_cast<std::ptrdiff_t>(first),
                                        ids.begin() + static_cast<std::ptrdiff_t>(end));
    auto found = QueryWhole(api_, parts_.system, **fields,
                            FetchQuery(object, (*fields)->select_list, some), stop);
    if (!found.ok()) return In(object, kDoing, std::move(found).error());
    std::move(found->begin(), found->end(), std::back_inserter(events));
  }
  return events;
}

ApiUsage SalesforceConnector::Usage() const { return api_.Usage(); }

}  // namespace

std::unique_ptr<Connector> MakeConnector(Parts parts) {
  return std::make_unique<SalesforceConnector>(std::move(parts));
}

}  // namespace trueup::connectors::salesforce

namespace trueup::connectors {
namespace {

std::unique_ptr<Connector> Make(const ConnectorContext& context,
                                salesforce::SalesforceSettings settings,
                                std::shared_ptr<HttpClient> http) {
  return salesforce::MakeConnector({context.system, std::move(settings), std::move(http),
                                    context.clock, SystemRandom(), context.mapped_fields});
}

}  // namespace

ConnectorKind SalesforceKind() {
  return HttpKind<salesforce::SalesforceSettings, &Make>("salesforce");
}

}  // namespace trueup::connectors
