#include "connectors/rest/client.h"

#include <set>
#include <utility>

#include "connectors/http/encoding.h"
#include "connectors/http/paced_http.h"
#include "connectors/rest/auth.h"
#include "connectors/rest/errors.h"
#include "connectors/rest/records.h"

namespace trueup::connectors::rest {
namespace {

// Sees to the rate limit, where there is one: for everything that goes to the system.
Parts WithPace(Parts parts) {
  const auto& limit = parts.settings.rate_limit;
  if (limit) {
    parts.http = std::make_shared<PacedHttp>(std::move(parts.http), parts.clock, limit->interval());
  }
  return parts;
}

HttpRequest JsonRequest(const std::string& url) {
  HttpRequest request;
  request.url = url;
  request.headers.Add("Accept", "application/json");
  return request;
}

}  // namespace

Client::Client(Parts parts)
    : parts_(WithPace(std::move(parts))),
      api_({parts_.http, MakeAuthorizer(parts_.settings, parts_.http, parts_.clock, parts_.random),
            parts_.clock, parts_.random, parts_.settings.http.ToPolicy(), JudgeReply}) {}

Listing Client::RecordsOf(const std::string& object, const ObjectSettings& settings,
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

Listing Client::IdsOf(const std::string& object, const ObjectSettings& settings) const {
  Listing listing = RecordsOf(object, settings, std::nullopt);
  if (settings.ids) listing.url = UrlOf(parts_.settings.base_url, settings.ids->path, object);
  return listing;
}

Listing Client::DeletionsOf(const std::string& object, std::optional<Instant> since) const {
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

Result<JsonReply> Client::Get(const std::string& url, std::stop_token stop) {
  return api_.Call(JsonRequest(url), stop);
}

Result<ListPage> Client::GetPage(const Listing& listing, const std::string& page,
                                 std::stop_token stop, const std::string& etag) {
  TRUEUP_ASSIGN(const std::string url, PageUrl(listing, page));
  HttpRequest request = JsonRequest(url);
  if (!etag.empty()) request.headers.Add("If-None-Match", etag);
  auto reply = api_.Call(request, stop);
  if (!reply.ok()) {
    if (reply.error().kind() != ErrorKind::kRejected) return std::move(reply).error();
    return Error(ErrorKind::kInvalid, reply.error().message());
  }
  ListPage list{std::move(reply).value(), listing.data, {}, false};
  list.unchanged = list.reply.status == 304 && !etag.empty();
  if (list.unchanged) return list;
  if (!list.rows().is_array()) {
    return Error(ErrorKind::kInvalid, "the reply holds no list at \"" + listing.data + "\"");
  }
  TRUEUP_ASSIGN(list.next, NextPage(listing, page, list.reply.headers, list.reply.body.root()));
  return list;
}

Result<std::vector<std::string>> Client::ReadIds(const ObjectSettings& settings,
                                                 const ListPage& list) const {
  const std::string& pointer = settings.ids ? settings.ids->id : settings.id;
  std::vector<std::string> ids;
  for (const JsonValue row : list.rows()) {
    const std::string_view id = row.At(pointer).text();
    if (id.empty()) return Error(ErrorKind::kInvalid, "a row has no id at \"" + pointer + "\"");
    ids.emplace_back(id);
  }
  return ids;
}

Result<std::vector<ChangeEvent>> Client::Fetch(const std::string& object,
                                               const ObjectSettings& settings,
                                               const std::vector<std::string>& ids,
                                               std::stop_token stop) {
  constexpr size_t kFew = 200;  // of more, the list is cheaper than a call each
  const bool each = !settings.fetch.empty() && ids.size() <= kFew;
  return each ? FetchEach(object, settings, ids, stop) : FetchByList(object, settings, ids, stop);
}

Result<std::vector<ChangeEvent>> Client::FetchEach(const std::string& object,
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

// The list is walked for them.
Result<std::vector<ChangeEvent>> Client::FetchByList(const std::string& object,
                                                     const ObjectSettings& settings,
                                                     const std::vector<std::string>& ids,
                                                     std::stop_token stop) {
  const Listing listing = RecordsOf(object, settings, std::nullopt);
  std::vector<ChangeEvent> events;
  std::set<std::string> wanted(ids.begin(), ids.end());
  std::optional<std::string> page = "";
  while (page && !wanted.empty()) {
    TRUEUP_ASSIGN(const ListPage list, GetPage(listing, *page, stop));
    for (const JsonValue row : list.rows()) {
      TRUEUP_ASSIGN(ChangeEvent event, ReadRecord(parts_.system, object, settings, row));
      // Once each: a row may move to the next page while the list is read.
      if (wanted.erase(std::string(event.ref.id())) > 0) events.push_back(std::move(event));
    }
    page = list.next;
  }
  return events;
}

}  // namespace trueup::connectors::rest
