#include "connectors/rest/rest_connector.h"

#include <algorithm>
#include <utility>

#include "connectors/http/encoding.h"
#include "connectors/http/json_api.h"
#include "connectors/rest/auth.h"
#include "connectors/rest/cursor.h"
#include "connectors/rest/errors.h"
#include "connectors/rest/listing.h"
#include "connectors/rest/records.h"

namespace trueup::connectors::rest {
namespace {

using Phase = Cursor::Phase;

// One page of a list.
struct ListPage {
  JsonReply reply;
  std::string data;  // pointer to the rows
  std::optional<std::string> next;

  JsonValue rows() const { return reply.body.root().At(data); }
};

class RestConnector : public Connector {
 public:
  explicit RestConnector(Parts parts)
      : parts_(std::move(parts)),
        api_({parts_.http,
              MakeAuthorizer(parts_.settings, parts_.http, parts_.clock, parts_.random),
              parts_.clock, parts_.random, parts_.settings.http.ToPolicy(), JudgeReply}) {}

  Result<std::vector<ObjectInfo>> Describe(std::stop_token stop) override;
  Result<Page> Pull(const std::string& object, const std::string& cursor,
                    std::stop_token stop) override;
  Result<IdPage> ListIds(const std::string& object, const std::string& next,
                         std::stop_token stop) override;
  Result<uint64_t> Count(const std::string& object, std::stop_token stop) override;
  Result<std::vector<ChangeEvent>> Fetch(const std::string& object,
                                         const std::vector<std::string>& ids,
                                         std::stop_token stop) override;
  ApiUsage Usage() const override { return {api_.calls(), std::nullopt, std::nullopt}; }

 private:
  Result<const ObjectSettings*> Find(const std::string& name) const;
  Listing RecordsOf(const std::string& object, const ObjectSettings& settings,
                    std::optional<Instant> since) const;
  Listing IdsOf(const std::string& object, const ObjectSettings& settings) const;
  Listing DeletionsOf(const std::string& object, std::optional<Instant> since) const;

  Result<JsonReply> Get(const std::string& url, std::stop_token stop);
  Result<ListPage> GetPage(const Listing& listing, const std::string& page, std::stop_token stop);

  Result<Page> PullObject(const std::string& object, const ObjectSettings& settings, Cursor cursor,
                          std::stop_token stop);
  Result<Page> Read(const std::string& object, const ObjectSettings& settings, const ListPage& list,
                    Cursor& cursor) const;
  void NextPhase(Cursor& cursor, const ObjectSettings& settings, Page& page) const;
  Result<IdPage> ListIdsOf(const std::string& object, const ObjectSettings& settings,
                           const std::string& next, std::stop_token stop);
  Result<uint64_t> CountOf(const std::string& object, const ObjectSettings& settings,
                           std::stop_token stop);
  Result<ObjectInfo> DescribeObject(const std::string& object, const ObjectSettings& settings,
                                    std::stop_token stop);
  Result<std::vector<ChangeEvent>> FetchByList(const std::string& object,
                                               const ObjectSettings& settings,
                                               const std::vector<std::string>& ids,
                                               std::stop_token stop);
  Result<std::vector<ChangeEvent>> FetchEach(const std::string& object,
                                             const ObjectSettings& settings,
                                             const std::vector<std::string>& ids,
                                             std::stop_token stop);

  // Says which system, which object and what was being done.
  template <class T>
  Result<T> In(const std::string& object, std::string_view doing, Result<T> result) const {
    if (result.ok()) return result;
    return std::move(result).error().In(parts_.system + ": " + object + ": " + std::string(doing));
  }

  const Parts parts_;
  JsonApi api_;
};

Result<const ObjectSettings*> RestConnector::Find(const std::string& name) const {
  const auto found = parts_.settings.objects.find(name);
  if (found != parts_.settings.objects.end()) return &found->second;
  return Error(ErrorKind::kInvalid, parts_.system + " has no object \"" + name + "\"");
}

Listing RestConnector::RecordsOf(const std::string& object, const ObjectSettings& settings,
                                 std::optional<Instant> since) const {
  Listing listing{UrlOf(parts_.settings.base_url, settings.path, object),
                  {settings.parameters.begin(), settings.parameters.end()},
                  settings.paging,
                  settings.data};
  if (!settings.page_size_parameter.empty()) {
    listing.parameters.emplace_back(settings.page_size_parameter,
                                    std::to_string(settings.page_size));
  }
  if (since && !settings.updated_since.empty()) {
    listing.parameters.emplace_back(settings.updated_since, FormatInstant(*since));
  }
  return listing;
}

Listing RestConnector::IdsOf(const std::string& object, const ObjectSettings& settings) const {
  Listing listing = RecordsOf(object, settings, std::nullopt);
  if (settings.ids) listing.url = UrlOf(parts_.settings.base_url, settings.ids->path, object);
  return listing;
}

Listing RestConnector::DeletionsOf(const std::string& object, std::optional<Instant> since) const {
  const DeletionsSettings& deletions = *parts_.settings.deletions;
  Listing listing{UrlOf(parts_.settings.base_url, deletions.path, object),
                  {},
                  deletions.paging,
                  deletions.data};
  if (since && !deletions.since.empty()) {
    listing.parameters.emplace_back(deletions.since, FormatInstant(*since));
  }
  return listing;
}

Result<JsonReply> RestConnector::Get(const std::string& url, std::stop_token stop) {
  HttpRequest request;
  request.url = url;
  request.headers.Add("Accept", "application/json");
  return api_.Call(request, stop);
}

Result<ListPage> RestConnector::GetPage(const Listing& listing, const std::string& page,
                                        std::stop_token stop) {
  TRUEUP_ASSIGN(const std::string url, PageUrl(listing, page));
  auto reply = Get(url, stop);
  if (!reply.ok()) {
    if (reply.error().kind() != ErrorKind::kRejected) return std::move(reply).error();
    return Error(ErrorKind::kInvalid, reply.error().message());
  }
  ListPage list{std::move(reply).value(), listing.data, {}};
  if (!list.rows().is_array()) {
    return Error(ErrorKind::kInvalid, "the reply holds no list at \"" + listing.data + "\"");
  }
  TRUEUP_ASSIGN(list.next, NextPage(listing, page, list.reply.headers, list.reply.body.root()));
  return list;
}

Result<Page> RestConnector::Pull(const std::string& object, const std::string& cursor,
                                 std::stop_token stop) {
  TRUEUP_ASSIGN(const ObjectSettings* const settings, Find(object));
  if (cursor.empty()) return In(object, "pull", PullObject(object, *settings, Cursor(), stop));
  const auto parsed = Cursor::FromJson(cursor);
  if (parsed) return In(object, "pull", PullObject(object, *settings, *parsed, stop));
  Page page;
  page.gap = "the stored cursor cannot be read";
  return page;
}

Result<Page> RestConnector::PullObject(const std::string& object, const ObjectSettings& settings,
                                       Cursor cursor, std::stop_token stop) {
  if (cursor.phase == Phase::kIdle) {
    cursor.phase = Phase::kRows;
    cursor.page.clear();
    cursor.since.reset();
    if (cursor.mark) cursor.since = *cursor.mark - settings.lookback;
  }
  const Listing listing = cursor.phase == Phase::kRows ? RecordsOf(object, settings, cursor.since)
                                                       : DeletionsOf(object, cursor.since);
  auto list = GetPage(listing, cursor.page, stop);
  if (!list.ok() && list.error().kind() == ErrorKind::kInvalid && !cursor.page.empty()) {
    // The server gave that page's name and does not take it any more: cursors of some APIs live for
    // minutes.
    if (cursor.restarted) {
      Page page;
      page.gap = "the list cannot be continued: " + list.error().message();
      return page;
    }
    cursor.restarted = true;
    cursor.page.clear();
    list = GetPage(listing, cursor.page, stop);
  }
  if (!list.ok()) return std::move(list).error();
  TRUEUP_ASSIGN(Page page, Read(object, settings, *list, cursor));
  if (list->next) {
    cursor.page = *list->next;
  } else {
    NextPhase(cursor, settings, page);
  }
  page.next_cursor = cursor.ToJson();
  return page;
}

// Turns the rows into events, and keeps the newest stamp.
Result<Page> RestConnector::Read(const std::string& object, const ObjectSettings& settings,
                                 const ListPage& list, Cursor& cursor) const {
  Page page;
  page.events.reserve(list.rows().size());
  for (const JsonValue row : list.rows()) {
    if (cursor.phase == Phase::kRows) {
      TRUEUP_ASSIGN(ChangeEvent event, ReadRecord(parts_.system, object, settings, row));
      if (!settings.modified.empty()) {
        cursor.mark = std::max(cursor.mark.value_or(event.modified), event.modified);
      }
      page.events.push_back(std::move(event));
      continue;
    }
    TRUEUP_ASSIGN(auto event, ReadDeletion(parts_.system, object, *parts_.settings.deletions, row));
    if (!event) continue;
    cursor.deleted_mark = std::max(cursor.deleted_mark.value_or(event->modified), event->modified);
    page.events.push_back(*std::move(event));
  }
  page.received = page.events.size();
  return page;
}

// The list is at its end: what comes next.
void RestConnector::NextPhase(Cursor& cursor, const ObjectSettings& settings, Page& page) const {
  cursor.page.clear();
  cursor.since.reset();
  cursor.restarted = false;
  if (cursor.phase == Phase::kRows && parts_.settings.deletions) {
    cursor.phase = Phase::kDeletions;
    if (cursor.deleted_mark) cursor.since = *cursor.deleted_mark - settings.lookback;
    return;
  }
  cursor.phase = Phase::kIdle;
  page.done = true;
}

Result<std::vector<ObjectInfo>> RestConnector::Describe(std::stop_token stop) {
  std::vector<ObjectInfo> described;
  for (const auto& [name, settings] : parts_.settings.objects) {
    TRUEUP_ASSIGN(ObjectInfo info, In(name, "describe", DescribeObject(name, settings, stop)));
    described.push_back(std::move(info));
  }
  return described;
}

// The API describes nothing: the first row tells the fields.
Result<ObjectInfo> RestConnector::DescribeObject(const std::string& object,
                                                 const ObjectSettings& settings,
                                                 std::stop_token stop) {
  ObjectSettings one = settings;
  one.page_size = 1;
  TRUEUP_ASSIGN(const ListPage list, GetPage(RecordsOf(object, one, std::nullopt), "", stop));
  ObjectInfo info{object, {}};
  if (list.rows().size() == 0) return info;
  TRUEUP_ASSIGN(const ChangeEvent first,
                ReadRecord(parts_.system, object, settings, *list.rows().begin()));
  for (const Field& field : first.row) info.fields.emplace_back().name = field.name;
  return info;
}

Result<IdPage> RestConnector::ListIds(const std::string& object, const std::string& next,
                                      std::stop_token stop) {
  TRUEUP_ASSIGN(const ObjectSettings* const settings, Find(object));
  return In(object, "list ids", ListIdsOf(object, *settings, next, stop));
}

Result<IdPage> RestConnector::ListIdsOf(const std::string& object, const ObjectSettings& settings,
                                        const std::string& next, std::stop_token stop) {
  TRUEUP_ASSIGN(const ListPage list, GetPage(IdsOf(object, settings), next, stop));
  const std::string& pointer = settings.ids ? settings.ids->id : settings.id;
  IdPage page;
  for (const JsonValue row : list.rows()) {
    const std::string_view id = row.At(pointer).text();
    if (id.empty()) return Error(ErrorKind::kInvalid, "a row has no id at \"" + pointer + "\"");
    page.ids.emplace_back(id);
  }
  page.next = list.next.value_or("");
  return page;
}

Result<uint64_t> RestConnector::Count(const std::string& object, std::stop_token stop) {
  TRUEUP_ASSIGN(const ObjectSettings* const settings, Find(object));
  return In(object, "count", CountOf(object, *settings, stop));
}

// Where the server does not tell, the ids are counted.
Result<uint64_t> RestConnector::CountOf(const std::string& object, const ObjectSettings& settings,
                                        std::stop_token stop) {
  if (settings.count) {
    TRUEUP_ASSIGN(const JsonReply reply,
                  Get(UrlOf(parts_.settings.base_url, settings.count->path, object), stop));
    const auto count = reply.body.root().At(settings.count->pointer).integer();
    if (count && *count >= 0) return static_cast<uint64_t>(*count);
    return Error(ErrorKind::kInvalid,
                 "the reply holds no number at \"" + settings.count->pointer + "\"");
  }
  uint64_t count = 0;
  std::string next;
  do {
    TRUEUP_ASSIGN(const IdPage page, ListIdsOf(object, settings, next, stop));
    count += page.ids.size();
    next = page.next;
  } while (!next.empty());
  return count;
}

Result<std::vector<ChangeEvent>> RestConnector::Fetch(const std::string& object,
                                                      const std::vector<std::string>& ids,
                                                      std::stop_token stop) {
  TRUEUP_ASSIGN(const ObjectSettings* const settings, Find(object));
  return In(object, "fetch",
            settings->fetch.empty() ? FetchByList(object, *settings, ids, stop)
                                    : FetchEach(object, *settings, ids, stop));
}

Result<std::vector<ChangeEvent>> RestConnector::FetchEach(const std::string& object,
                                                          const ObjectSettings& settings,
                                                          const std::vector<std::string>& ids,
                                                          std::stop_token stop) {
  constexpr std::string_view kPlaceholder = "{id}";
  const std::string url = UrlOf(parts_.settings.base_url, settings.fetch, object);
  const size_t at = url.find(kPlaceholder);
  std::vector<ChangeEvent> events;
  for (const std::string& id : ids) {
    const auto reply =
        Get(url.substr(0, at) + PercentEncode(id) + url.substr(at + kPlaceholder.size()), stop);
    if (!reply.ok() && reply.error().kind() == ErrorKind::kRejected) continue;
    if (!reply.ok()) return reply.error();
    TRUEUP_ASSIGN(ChangeEvent event, ReadRecord(parts_.system, object, settings,
                                                reply->body.root().At(settings.fetch_data)));
    events.push_back(std::move(event));
  }
  return events;
}

// The API gives no single records: the list is walked for them.
Result<std::vector<ChangeEvent>> RestConnector::FetchByList(const std::string& object,
                                                            const ObjectSettings& settings,
                                                            const std::vector<std::string>& ids,
                                                            std::stop_token stop) {
  const Listing listing = RecordsOf(object, settings, std::nullopt);
  std::vector<ChangeEvent> events;
  std::optional<std::string> page = "";
  while (page && events.size() < ids.size()) {
    TRUEUP_ASSIGN(const ListPage list, GetPage(listing, *page, stop));
    for (const JsonValue row : list.rows()) {
      TRUEUP_ASSIGN(ChangeEvent event, ReadRecord(parts_.system, object, settings, row));
      const bool wanted = std::find(ids.begin(), ids.end(), event.ref.id()) != ids.end();
      if (wanted) events.push_back(std::move(event));
    }
    page = list.next;
  }
  return events;
}

}  // namespace

std::unique_ptr<Connector> MakeConnector(Parts parts) {
  return std::make_unique<RestConnector>(std::move(parts));
}

}  // namespace trueup::connectors::rest

namespace trueup::connectors {

ConnectorKind RestKind() {
  using rest::RestSettings;
  ConnectorKind kind;
  kind.name = "rest";
  kind.make = [](const ConnectorContext& context,
                 Problems& problems) -> std::unique_ptr<Connector> {
    const size_t before = problems.list().size();
    config::ParseContext parse{problems, *context.secrets, context.base_folder};
    RestSettings settings = rest::ReadSettings(context.settings, parse);
    if (problems.list().size() != before) return nullptr;
    std::shared_ptr<HttpClient> http = MakeCurlClient(settings.http.ToOptions());
    return rest::MakeConnector(
        {context.system, std::move(settings), std::move(http), context.clock, SystemRandom()});
  };
  kind.schema = [] { return RestSettings::Settings().Schema(); };
  kind.reference = [] { return RestSettings::Settings().Reference(); };
  return kind;
}

}  // namespace trueup::connectors
