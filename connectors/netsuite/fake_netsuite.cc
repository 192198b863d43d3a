#include "connectors/netsuite/fake_netsuite.h"

#include <algorithm>
#include <cstdlib>
#include <tuple>
#include <utility>

#include "connectors/http/scripted_http.h"

namespace trueup::connectors::netsuite {

const char kTestKey[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg1ycQYv3nwC57wzWV\n"
    "eOktFa3xNhTy0FNhSQHHAxWm3EuhRANCAASCuWl6M5K3LZBqDXjXdwgZ7aKgHra9\n"
    "LcdfO3U2ZkvJIsZdJEn3BsfE56AFQ7LFHxoP6cU9ApGOI89QVdqIewVn\n"
    "-----END PRIVATE KEY-----\n";

namespace {

constexpr std::string_view kTime = "TO_TIMESTAMP(?, 'YYYY-MM-DD HH24:MI:SS')";

bool Contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// Splits at `separator` outside of parentheses.
std::vector<std::string> Split(const std::string& text, std::string_view separator) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    if (depth == 0 && text.compare(at, separator.size(), separator) == 0) {
      parts.emplace_back();
      at += separator.size() - 1;
      continue;
    }
    if (text[at] == '(') ++depth;
    if (text[at] == ')') --depth;
    parts.back().push_back(text[at]);
  }
  return parts;
}

bool Relates(int order, const std::string& relation) {
  if (relation == ">") return order > 0;
  if (relation == ">=") return order >= 0;
  if (relation == "<") return order < 0;
  return relation == "<=" ? order <= 0 : order == 0;
}

constexpr std::string_view kFirstRows = "SELECT * FROM (";

// Without the "SELECT * FROM (...) WHERE ROWNUM <= n" around it, where it has that.
std::string Inner(const std::string& query) {
  if (!query.starts_with(kFirstRows)) return query;
  return query.substr(kFirstRows.size(), query.rfind(") WHERE ROWNUM") - kFirstRows.size());
}

// Evaluates "a > ? AND (b > ? OR c > ?)" over one line, taking the parameters in their order.
class Condition {
 public:
  Condition(int64_t id, const std::string& stamp, const std::vector<std::string>& params)
      : id_(id), stamp_(stamp), params_(params) {}

  bool Holds(const std::string& text) {
    bool all = true;
    for (const std::string& part : Split(text, " AND ")) {
      bool any = false;
      if (part.front() == '(') {
        for (const std::string& choice : Split(part.substr(1, part.size() - 2), " OR ")) {
          any |= Compare(choice);
        }
      } else {
        any = Compare(part);
      }
      all &= any;
    }
    return all;
  }

 private:
  // "t.id > ?", "t.id IN (?, ?)" or "t.stamp >= TO_TIMESTAMP(?, ...)".
  bool Compare(const std::string& text) {
    const std::string relation = Split(text, " ")[1];
    const size_t count = static_cast<size_t>(std::count(text.begin(), text.end(), '?'));
    bool holds = false;
    for (size_t i = 0; i < count; ++i) {
      const std::string& value = params_.at(next_++);
      if (Contains(text, kTime)) {
        holds |= Relates(stamp_.compare(value), relation);
      } else if (Contains(text, "type")) {
        holds |= true;
      } else {
        const int64_t id = std::strtoll(value.c_str(), nullptr, 10);
        holds |= Relates(id_ < id ? -1 : id_ > id ? 1 : 0, relation);
      }
    }
    return holds;
  }

  const int64_t id_;
  const std::string& stamp_;
  const std::vector<std::string>& params_;
  size_t next_ = 0;
};

std::string Between(const std::string& text, std::string_view begin, std::string_view end) {
  const size_t at = text.find(begin);
  if (at == std::string::npos) return {};
  const size_t from = at + begin.size();
  return text.substr(from, text.find(end, from) - from);
}

std::string OneRow(const std::string& name, const std::string& value) {
  JsonWriter json;
  json.BeginObject().Key("items").BeginArray().BeginObject().Key("links").BeginArray().EndArray();
  if (!value.empty()) json.Member(name, value);
  json.EndObject().EndArray().Key("hasMore").Bool(false).EndObject();
  return json.Take();
}

HttpResponse Refuse(int status, const std::string& code, const std::string& detail) {
  JsonWriter json;
  json.BeginObject().Member("title", "Bad Request").Member("status", status);
  json.Key("o:errorDetails").BeginArray().BeginObject();
  json.Member("detail", detail).Member("o:errorCode", code).EndObject().EndArray().EndObject();
  return JsonResponse(status, json.Take());
}

}  // namespace

void FakeNetsuite::Put(int64_t id, Record record) {
  const std::lock_guard lock(mutex_);
  records_[id] = std::move(record);
}

void FakeNetsuite::Delete(int64_t id, const std::string& stamp) {
  const std::lock_guard lock(mutex_);
  records_.erase(id);
  deleted_[id] = stamp;
}

void FakeNetsuite::Lack(const std::string& column) {
  const std::lock_guard lock(mutex_);
  if (column.empty()) {
    lacking_.clear();
  } else {
    lacking_.push_back(column);
  }
}

void FakeNetsuite::Wall(size_t rows, WallForm form) {
  const std::lock_guard lock(mutex_);
  wall_ = rows;
  wall_form_ = form;
}

int FakeNetsuite::sign_ins() const {
  const std::lock_guard lock(mutex_);
  return sign_ins_;
}

std::vector<std::string> FakeNetsuite::queries() const {
  const std::lock_guard lock(mutex_);
  return queries_;
}

Result<HttpResponse> FakeNetsuite::Send(const HttpRequest& request, std::stop_token stop) {
  if (stop.stop_requested()) return Error(ErrorKind::kCancelled, "stopped");
  const std::lock_guard lock(mutex_);
  return Answer(request);
}

HttpResponse FakeNetsuite::Answer(const HttpRequest& request) {
  if (Contains(request.url, "/oauth2/v1/token")) {
    const std::string token = "token" + std::to_string(++sign_ins_);
    return JsonResponse(200, "{\"access_token\":\"" + token + "\",\"expires_in\":\"3600\"}");
  }
  const auto authorization = request.headers.Find("Authorization");
  if (authorization != "Bearer token" + std::to_string(sign_ins_)) {
    return Refuse(401, "INVALID_LOGIN", "Invalid login attempt.");
  }
  if (request.headers.Find("Prefer") != "transient") {
    return Refuse(400, "INVALID_HEADER", "Missing Prefer header.");
  }
  const auto body = JsonDocument::Parse(request.body);
  const std::string query(body->root()["q"].text());
  std::vector<std::string> params;
  for (const JsonValue param : body->root()["params"]) params.emplace_back(param.text());
  std::string line = query;
  for (const std::string& param : params) line += " | " + param;
  queries_.push_back(line);
  for (const std::string& column : lacking_) {
    if (!Contains(query, "." + column)) continue;
    return Refuse(400, "INVALID_PARAMETER",
                  "Search error occurred: Field '" + column +
                      "' for record 'customer' was not found. Reason: NOT_EXISTING");
  }
  const size_t limit = std::stoul(Between(request.url, "limit=", "&"));
  return Select(query, params, limit);
}

HttpResponse FakeNetsuite::Select(const std::string& text, const std::vector<std::string>& params,
                                  size_t limit) const {
  const std::string query = Inner(text);
  if (Contains(query, "SESSIONTIMEZONE")) return JsonResponse(200, OneRow("expr1", zone_));
  if (Contains(query, "COUNT(CASE")) return CreatedBefore(params);
  if (Contains(query, "COUNT(*)")) {
    return JsonResponse(200, OneRow("n", std::to_string(records_.size())));
  }
  std::vector<Line> lines = LinesOf(query);
  if (Contains(query, "MAX(")) {
    std::string newest;
    for (const Line& line : lines) newest = std::max(newest, line.stamp);
    return JsonResponse(200, OneRow("stamp", newest));
  }
  const std::string where = Between(query, " WHERE ", " ORDER BY ");
  std::erase_if(lines, [&](const Line& line) {
    return !where.empty() && !Condition(line.id, line.stamp, params).Holds(where);
  });
  const bool by_stamp =
      !Contains(query, "ORDER BY t.id") && !Contains(query, "ORDER BY t.recordid");
  std::sort(lines.begin(), lines.end(), [&](const Line& a, const Line& b) {
    return by_stamp ? std::tie(a.stamp, a.id) < std::tie(b.stamp, b.id) : a.id < b.id;
  });
  if (query != text) lines.resize(std::min(limit, lines.size()));
  const bool wall = lines.size() > wall_;
  if (wall && wall_form_ == WallForm::kRefuses) {
    return Refuse(400, "USER_ERROR", "The query has more than 100,000 rows.");
  }
  const size_t reachable = std::min(lines.size(), wall_);
  JsonWriter json;
  json.BeginObject().Member("totalResults", static_cast<int64_t>(lines.size()));
  json.Key("hasMore").Bool(reachable > limit).Key("items").BeginArray();
  for (size_t i = 0; i < std::min(limit, reachable); ++i) {
    const Line& line = lines[i];
    json.BeginObject().Key("links").BeginArray().EndArray().Member("id", std::to_string(line.id));
    json.Member(line.record != nullptr ? "lastmodifieddate" : "stamp", line.stamp);
    if (line.record != nullptr) {
      for (const auto& [name, value] : line.record->cells) json.Member(name, value);
    }
    json.EndObject();
  }
  json.EndArray().EndObject();
  return JsonResponse(200, json.Take());
}

HttpResponse FakeNetsuite::CreatedBefore(const std::vector<std::string>& times) const {
  JsonWriter json;
  json.BeginObject().Key("hasMore").Bool(false).Key("items").BeginArray().BeginObject();
  for (size_t i = 0; i < times.size(); ++i) {
    const auto count = std::count_if(records_.begin(), records_.end(), [&](const auto& entry) {
      const auto& cells = entry.second.cells;
      const auto created = cells.find("datecreated");
      return created != cells.end() && created->second < times[i];
    });
    json.Member("n" + std::to_string(i), std::to_string(count));
  }
  json.EndObject().EndArray().EndObject();
  return JsonResponse(200, json.Take());
}

std::vector<FakeNetsuite::Line> FakeNetsuite::LinesOf(const std::string& query) const {
  std::vector<Line> lines;
  if (Contains(query, "FROM deletedrecord")) {
    for (const auto& [id, stamp] : deleted_) lines.push_back({id, stamp, nullptr});
    return lines;
  }
  for (const auto& [id, record] : records_) lines.push_back({id, record.stamp, &record});
  return lines;
}

}  // namespace trueup::connectors::netsuite
