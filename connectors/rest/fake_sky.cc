#include "connectors/rest/fake_sky.h"

#include <algorithm>
#include <utility>

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
    for (const auto& [id, stamp] : rows_) lines.push_back({FormatInstant(stamp), id, RowOf(id)});
    return List(std::move(lines), query, query["updated_since"]);
  }
  if (url.path == "/api/v1/deletions") {
    for (const auto& [id, stamp] : deleted_) {
      const std::string at = FormatInstant(stamp);
      lines.push_back(
          {at, id, R"({"object":"sites","id":")" + id + R"(","deleted_at":")" + at + "\"}"});
      lines.push_back(
          {at, id + "x", R"({"object":"tasks","id":")" + id + R"(","deleted_at":")" + at + "\"}"});
    }
    return List(std::move(lines), query, query["since"]);
  }
  const std::string id = PercentDecode(url.path.substr(url.path.rfind('/') + 1));
  if (rows_.count(id) == 0) return JsonResponse(404, R"({"error":"not found"})");
  return JsonResponse(200, RowOf(id));
}

HttpResponse FakeSky::List(std::vector<Line> lines, std::map<std::string, std::string>& query,
                           const std::string& since) const {
  std::sort(lines.begin(), lines.end());
  const size_t total = lines.size();
  const std::string cursor = query["cursor"];
  const std::string epoch = std::to_string(epoch_) + "|";
  if (!cursor.empty() && !cursor.starts_with(epoch)) {
    return JsonResponse(400, R"({"error":"unknown cursor"})");
  }
  const std::string place = cursor.empty() ? "" : cursor.substr(epoch.size());
  std::erase_if(lines, [&](const Line& line) {
    return line.stamp < since || (!place.empty() && line.stamp + "|" + line.id <= place);
  });
  JsonWriter json;
  json.BeginObject().Key("data").BeginArray();
  const size_t count = std::min(page_cap_, lines.size());
  for (size_t i = 0; i < count; ++i) json.Raw(lines[i].json);
  json.EndArray().Key("next_cursor");
  if (count < lines.size()) {
    json.String(epoch + lines[count - 1].stamp + "|" + lines[count - 1].id);
  } else {
    json.Null();
  }
  json.Member("total", static_cast<int64_t>(total)).EndObject();
  return JsonResponse(200, json.Take());
}

}  // namespace trueup::connectors::rest
