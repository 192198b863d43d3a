#include "connectors/salesforce/fake_salesforce.h"

#include <algorithm>
#include <regex>

#include "base/json.h"
#include "connectors/http/encoding.h"
#include "connectors/http/scripted_http.h"

namespace trueup::connectors::salesforce {
namespace {

constexpr std::string_view kData = "/services/data/v62.0/";

HttpResponse ErrorReply(int status, std::string_view code, std::string_view message) {
  JsonWriter json;
  json.BeginArray().BeginObject().Member("message", message).Member("errorCode", code);
  json.EndObject().EndArray();
  return JsonResponse(status, json.Take());
}

// The first group of `pattern` in `text`, or "".
std::string Match(const std::string& text, const char* pattern) {
  std::smatch found;
  return std::regex_search(text, found, std::regex(pattern)) ? found[1].str() : std::string();
}

std::string RestInstant(std::string stamp) {
  stamp.pop_back();
  return stamp + "+0000";
}

std::string SoqlOf(const std::string& query) {
  return query.starts_with("q=") ? PercentDecode(query.substr(2)) : std::string();
}

}  // namespace

void FakeSalesforce::Put(Account account) {
  const std::lock_guard lock(mutex_);
  accounts_[account.id] = std::move(account);
}
void FakeSalesforce::ForgetLocators() {
  const std::lock_guard lock(mutex_);
  locators_.clear();
}
void FakeSalesforce::ExpireTokens() {
  const std::lock_guard lock(mutex_);
  signed_in_ = false;
}
void FakeSalesforce::TimeOutQueriesOver(size_t rows) {
  const std::lock_guard lock(mutex_);
  most_rows_ = rows;
}
void FakeSalesforce::AddField(const std::string& name) {
  const std::lock_guard lock(mutex_);
  fields_.push_back(name);
}
int FakeSalesforce::sign_ins() const {
  const std::lock_guard lock(mutex_);
  return sign_ins_;
}
std::vector<std::string> FakeSalesforce::queries() const {
  const std::lock_guard lock(mutex_);
  return queries_;
}

Result<HttpResponse> FakeSalesforce::Send(const HttpRequest& request, std::stop_token stop) {
  if (stop.stop_requested()) return Error(ErrorKind::kCancelled, "stopped");
  const auto url = ParseUrl(request.url);
  if (!url.ok()) return url.error();
  const std::lock_guard lock(mutex_);
  if (url->path == "/services/oauth2/token") return SignIn(request);
  const std::string token = "Bearer token" + std::to_string(sign_ins_);
  if (!signed_in_ || request.headers.Find("Authorization") != token) {
    return ErrorReply(401, "INVALID_SESSION_ID", "Session expired or invalid");
  }
  const std::string path = url->path.substr(std::min(kData.size(), url->path.size()));
  if (path == "sobjects/Account/describe") return Describe();
  if (path == "query" || path == "queryAll") return Query(SoqlOf(url->query), path == "queryAll");
  const std::string name = Match(path, "^query/(0r8[0-9]+)-[0-9]+$");
  const auto locator = locators_.find(name);
  if (locator == locators_.end()) {
    return ErrorReply(400, "INVALID_QUERY_LOCATOR", "invalid query locator");
  }
  return PageOf(locator->second.rows, locator->second.fields,
                std::stoul(Match(path, "-([0-9]+)$")));
}

HttpResponse FakeSalesforce::SignIn(const HttpRequest& request) {
  if (request.body != "grant_type=client_credentials&client_id=key&client_secret=s3cret%26") {
    return JsonResponse(400, R"({"error":"invalid_client"})");
  }
  signed_in_ = true;
  ++sign_ins_;
  return JsonResponse(200, R"({"access_token":"token)" + std::to_string(sign_ins_) +
                               R"(","instance_url":"https://acme.example","issued_at":"1"})");
}

HttpResponse FakeSalesforce::Describe() const {
  JsonWriter json;
  json.BeginObject().Member("name", "Account").Key("queryable").Bool(true);
  json.Key("fields").BeginArray();
  for (const std::string& field : fields_) {
    const bool instant = field.ends_with("Date") || field == "SystemModstamp";
    json.BeginObject().Member("name", field).Member("label", field);
    json.Member("type", instant ? "datetime" : "string").EndObject();
  }
  json.BeginObject().Member("name", "BillingAddress").Member("type", "address").EndObject();
  json.EndArray().EndObject();
  return JsonResponse(200, json.Take());
}

HttpResponse FakeSalesforce::Query(const std::string& soql, bool with_deleted) {
  queries_.push_back(soql);
  const std::string from = Match(soql, "SystemModstamp >= ([^ ]+)");
  const std::string until = Match(soql, "SystemModstamp <= ([^ ]+)");
  const std::string after = Match(soql, "Id > '([^']*)'");
  const std::string in = Match(soql, "Id IN \\(([^)]*)\\)");
  const std::string limit = Match(soql, "LIMIT ([0-9]+)");
  const bool by_stamp = soql.find("ORDER BY SystemModstamp, Id") != soql.npos;
  const bool live_only = soql.find("IsDeleted = false") != soql.npos;
  std::vector<Account> rows;
  for (const auto& [id, account] : accounts_) {
    if (account.deleted && (live_only || !with_deleted)) continue;
    if (!from.empty() && account.stamp < from) continue;
    if (!until.empty() && account.stamp > until) continue;
    if (!after.empty() && id <= after && (!by_stamp || account.stamp <= from)) continue;
    if (!in.empty() && in.find("'" + id + "'") == in.npos) continue;
    rows.push_back(account);
  }
  if (most_rows_ > 0 && rows.size() > most_rows_) {
    return ErrorReply(400, "QUERY_TIMEOUT", "Your query request was running for too long.");
  }
  if (by_stamp) {
    std::stable_sort(rows.begin(), rows.end(),
                     [](const Account& a, const Account& b) { return a.stamp < b.stamp; });
  }
  if (!limit.empty()) rows.resize(std::min(rows.size(), size_t{std::stoul(limit)}));
  const std::string fields = Match(soql, "^SELECT ([^ ]+) FROM Account");
  if (fields == "COUNT()") {
    return JsonResponse(
        200, R"({"totalSize":)" + std::to_string(rows.size()) + R"(,"done":true,"records":[]})");
  }
  return PageOf(std::move(rows), fields, 0);
}

HttpResponse FakeSalesforce::PageOf(std::vector<Account> rows, const std::string& fields,
                                    size_t from) {
  const size_t end = std::min(rows.size(), from + page_size_);
  JsonWriter json;
  json.BeginObject().Member("totalSize", static_cast<int64_t>(rows.size()));
  json.Key("records").BeginArray();
  for (size_t i = from; i < end; ++i) json.Raw(Render(rows[i], fields));
  json.EndArray().Key("done").Bool(end == rows.size());
  if (end < rows.size()) {
    const std::string name = "0r8" + std::to_string(queries_.size());
    json.Member("nextRecordsUrl", std::string(kData) + "query/" + name + "-" + std::to_string(end));
    locators_[name] = {std::move(rows), fields};
  }
  json.EndObject();
  return JsonResponse(200, json.Take());
}

std::string FakeSalesforce::Render(const Account& account, const std::string& fields) const {
  JsonWriter json;
  json.BeginObject().Key("attributes").Raw(R"({"type":"Account","url":"/x"})");
  std::string_view rest = fields;
  while (!rest.empty()) {
    const std::string field(rest.substr(0, rest.find(',')));
    rest.remove_prefix(std::min(field.size() + 1, rest.size()));
    json.Key(field);
    if (field == "Id") {
      json.String(account.id);
    } else if (field == "Name") {
      json.String(account.name);
    } else if (field == "IsDeleted") {
      json.Bool(account.deleted);
    } else if (field == "CreatedDate") {
      json.String("2025-01-01T00:00:00.000+0000");
    } else if (field == "SystemModstamp" || field == "LastModifiedDate") {
      json.String(RestInstant(account.stamp));
    } else if (field == "MasterRecordId" && !account.master.empty()) {
      json.String(account.master);
    } else {
      json.Null();
    }
  }
  json.EndObject();
  return json.Take();
}

}  // namespace trueup::connectors::salesforce
