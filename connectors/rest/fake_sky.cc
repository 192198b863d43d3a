#include "connectors/rest/fake_sky.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "base/json.h"
#include "connectors/http/encoding.h"
#include "connectors/http/scripted_http.h"

namespace trueup::connectors::rest {
namespace {

std::map<std::string, std::string> ReadQuery(std::string_view text) {
  std::map<std::string, std::string> query;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    const size_t equals = pair.find('=');
    query[std::string(pair.substr(0, equals))] = PercentDecode(pair.substr(equals + 1));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
  }
  return query;
}

size_t NumberOr(const std::string& text, size_t otherwise) {
  return text.empty() ? otherwise : std::stoul(text);
}

}  // namespace

void FakeSky::Put(const std::string& id, Instant stamp) {
  const std::lock_guard lock(mutex_);
  rows_[id] = stamp;
}

void FakeSky::Delete(const std::string& id, Instant stamp) {
  const std::lock_guard lock(mutex_);
  rows_.erase(id);
  deleted_[id] = stamp;
}

void FakeSky::Forget() {
  const std::lock_guard lock(mutex_);
  ++epoch_;
}

PagingSettings FakeSky::paging() const {
  switch (paging_) {
    case PagingKind::kNone: break;
    case PagingKind::kCursor: return {paging_, "cursor", "/next_cursor", 1};
    case PagingKind::kPage: return {paging_, "page", "", 1};
    case PagingKind::kOffset: return {paging_, "offset", "", 1};
    case PagingKind::kLinkHeader: return {paging_, "", "", 1};
    case PagingKind::kNextUrl: return {paging_, "", "/next_url", 1};
  }
  return {};
}

void FakeSky::GiveETags() {
  const std::lock_guard lock(mutex_);
  etags_ = true;
}

void FakeSky::HideOnce(const std::string& id) {
  const std::lock_guard lock(mutex_);
  hidden_ = id;
}

int FakeSky::sign_ins() const {
  const std::lock_guard lock(mutex_);
  return sign_ins_;
}

std::vector<std::string> FakeSky::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

Result<HttpResponse> FakeSky::Send(const HttpRequest& request, std::stop_token stop) {
  if (stop.stop_requested()) return Error(ErrorKind::kCancelled, "stopped");
  const std::lock_guard lock(mutex_);
  return Answer(request);
}

std::string FakeSky::RowOf(const std::string& id) const {
  JsonWriter json;
  json.BeginObject().Member("id", id).Member("created_at", "2025-01-01T00:00:00Z");
  json.Member("updated_at", FormatInstant(rows_.at(id)));
  json.Key("address").BeginObject().Member("city", "Bern").EndObject().EndObject();
  return json.Take();
}

HttpResponse FakeSky::Answer(const HttpRequest& request) {
  const UrlParts url = *ParseUrl(request.url);
  requests_.push_back(request.method + " " + url.path + (url.query.empty() ? "" : "?") + url.query);
  if (url.path == "/token") {
    return JsonResponse(200, "{\"access_token\":\"t" + std::to_string(++sign_ins_) + "\"}");
  }
  const auto authorization = request.headers.Find("Authorization");
  const bool known =
      authorization == "Bearer fixed" || authorization == "Bearer t" + std::to_string(sign_ins_);
  if (!known) return JsonResponse(401, R"({"error":"unauthorized"})");
  auto query = ReadQuery(url.query);
  std::vector<Line> lines;
  if (url.path == "/api/v1/sites" || url.path == "/api/v1/sites/ids") {
    const std::string hidden = url.path.ends_with("/ids") ? std::exchange(hidden_, "") : "";
    for (const auto& [id, stamp] : rows_) {
      if (hidden.empty() || id != hidden) lines.push_back({FormatInstant(stamp), id, RowOf(id)});
    }
    HttpResponse response = List(std::move(lines), url, query["updated_since"]);
    if (!etags_ || response.status != 200) return response;
    const std::string etag = "\"" + HashBytes(response.body).ToHex() + "\"";
    if (request.headers.Find("If-None-Match") == etag) response = HttpResponse{304, {}, ""};
    response.headers.Add("ETag", etag);
    return response;
  }
  if (url.path == "/api/v1/deletions") {
    for (const auto& [id, stamp] : deleted_) {
      const std::string at = FormatInstant(stamp);
      lines.push_back(
          {at, id, R"({"object":"sites","id":")" + id + R"(","deleted_at":")" + at + "\"}"});
      lines.push_back(
          {at, id + "x", R"({"object":"tasks","id":")" + id + R"(","deleted_at":")" + at + "\"}"});
    }
    return List(std::move(lines), url, query["since"]);
  }
  const std::string id = PercentDecode(url.path.substr(url.path.rfind('/') + 1));
  if (rows_.count(id) == 0) return JsonResponse(404, R"({"error":"not found"})");
  return JsonResponse(200, RowOf(id));
}

std::optional<size_t> FakeSky::StartOf(const std::vector<Line>& lines,
                                       const std::string& cursor) const {
  if (cursor.empty()) return 0;
  const std::string epoch = std::to_string(epoch_) + "|";
  if (!cursor.starts_with(epoch)) return std::nullopt;
  const std::string place = cursor.substr(epoch.size());
  const auto behind = std::find_if(lines.begin(), lines.end(), [&](const Line& line) {
    return line.stamp + "|" + line.id > place;
  });
  return static_cast<size_t>(behind - lines.begin());
}

HttpResponse FakeSky::List(std::vector<Line> lines, const UrlParts& url,
                           const std::string& since) const {
  auto query = ReadQuery(url.query);
  std::sort(lines.begin(), lines.end());
  const size_t total = lines.size();
  std::erase_if(lines, [&](const Line& line) { return line.stamp < since; });
  size_t start = 0;
  if (paging_ == PagingKind::kPage) {
    start = (NumberOr(query["page"], 1) - 1) * page_cap_;
  } else if (paging_ == PagingKind::kOffset) {
    start = NumberOr(query["offset"], 0);
  } else {
    const auto found = StartOf(lines, query["cursor"]);
    if (!found) return JsonResponse(400, R"({"error":"unknown cursor"})");
    start = *found;
  }
  JsonWriter json;
  json.BeginObject().Key("data").BeginArray();
  const size_t end = std::min(start + page_cap_, lines.size());
  for (size_t i = start; i < end; ++i) json.Raw(lines[i].json);
  json.EndArray();
  const bool numbered = paging_ == PagingKind::kPage || paging_ == PagingKind::kOffset;
  std::string next_url;
  if (end < lines.size() && !numbered) {
    const std::string cursor =
        std::to_string(epoch_) + "|" + lines[end - 1].stamp + "|" + lines[end - 1].id;
    query["cursor"] = cursor;
    next_url = AddParameters(url.path, {query.begin(), query.end()});
    if (paging_ == PagingKind::kCursor) json.Member("next_cursor", cursor);
    if (paging_ == PagingKind::kNextUrl) json.Member("next_url", next_url);
  }
  json.Member("total", static_cast<int64_t>(total)).EndObject();
  HttpResponse response = JsonResponse(200, json.Take());
  if (paging_ == PagingKind::kLinkHeader && !next_url.empty()) {
    response.headers.Add("Link", "<" + OriginOf(url) + next_url + ">; rel=\"next\"");
  }
  return response;
}

}  // namespace trueup::connectors::rest
