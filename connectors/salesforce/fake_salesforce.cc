#include "connectors/salesforce/fake_salesforce.h"

#include <algorithm>
#include <regex>
#include <sstream>

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

// A record that is given as JSON as a line of CSV; the header where there is none.
std::string CsvOf(const std::string& json, std::string_view fields) {
  const auto record = JsonDocument::Parse(json.empty() ? "{}" : json);
  std::string line;
  while (!fields.empty()) {
    const std::string field(fields.substr(0, fields.find(',')));
    fields.remove_prefix(std::min(field.size() + 1, fields.size()));
    const JsonValue value = record->root()[field];
    std::string cell(json.empty() ? field : value.text());
    if (value.is_bool()) cell = value.boolean() ? "true" : "false";
    if (cell.ends_with("+0000")) cell.replace(cell.size() - 5, 5, "Z");
    for (size_t at = cell.find('"'); at != cell.npos; at = cell.find('"', at + 2)) {
      cell.insert(at, 1, '"');
    }
    line += (line.empty() ? "" : ",") + (cell.empty() ? "" : '"' + cell + '"');
  }
  return line + "\n";
}

std::string SoqlOf(const std::string& query) {
  return query.starts_with("q=") ? PercentDecode(query.substr(2)) : std::string();
}

}  // namespace

void FakeSalesforce::Put(Account account) {
  const std::lock_guard lock(mutex_);
  if (account.deleted) deletions_.emplace(account.stamp, account.id);
  accounts_[account.id] = std::move(account);
}
void FakeSalesforce::Purge(const std::string& id, const std::string& stamp) {
  const std::lock_guard lock(mutex_);
  deletions_.emplace(stamp, id);
  accounts_.erase(id);
}
void FakeSalesforce::ForgetDeletionsBefore(const std::string& stamp) {
  const std::lock_guard lock(mutex_);
  deletions_from_ = stamp;
}
void FakeSalesforce::HoldDeletionsFrom(const std::string& stamp) {
  const std::lock_guard lock(mutex_);
  deletions_until_ = stamp;
}
void FakeSalesforce::RefuseDeletions(const std::string& code) {
  const std::lock_guard lock(mutex_);
  refuse_deletions_ = code;
}
void FakeSalesforce::ForgetLocators() {
  const std::lock_guard lock(mutex_);
  locators_.clear();
  jobs_.clear();
}
void FakeSalesforce::EndJobs(int looks, const std::string& state, int jobs) {
  const std::lock_guard lock(mutex_);
  looks_ = looks;
  end_state_ = state;
  ending_jobs_ = jobs;
}
void FakeSalesforce::RefuseJobs() {
  const std::lock_guard lock(mutex_);
  refuse_jobs_ = true;
}
void FakeSalesforce::ExpireJobLocators() {
  const std::lock_guard lock(mutex_);
  locator_prefix_ += "x";
}
void FakeSalesforce::ListPages() {
  const std::lock_guard lock(mutex_);
  list_pages_ = true;
}
void FakeSalesforce::HideHeaders() {
  const std::lock_guard lock(mutex_);
  hide_headers_ = true;
}
void FakeSalesforce::RefuseLongQueries(size_t characters, int status) {
  const std::lock_guard lock(mutex_);
  longest_query_ = characters;
  too_long_status_ = status;
}
void FakeSalesforce::CutResults(size_t rows) {
  const std::lock_guard lock(mutex_);
  cut_rows_ = rows;
}
std::vector<std::string> FakeSalesforce::jobs() const {
  const std::lock_guard lock(mutex_);
  return job_queries_;
}
std::vector<std::string> FakeSalesforce::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}
void FakeSalesforce::ExpireTokens() {
  const std::lock_guard lock(mutex_);
  signed_in_ = false;
}
void FakeSalesforce::TimeOutQueriesOver(size_t rows) {
  const std::lock_guard lock(mutex_);
  most_rows_ = rows;
}
void FakeSalesforce::TimeOutPages(int pages) {
  const std::lock_guard lock(mutex_);
  late_pages_ = pages;
}
void FakeSalesforce::AddField(const std::string& name) {
  const std::lock_guard lock(mutex_);
  fields_.push_back(name);
}
void FakeSalesforce::RemoveField(const std::string& name) {
  const std::lock_guard lock(mutex_);
  std::erase(fields_, name);
}
void FakeSalesforce::Allow(int64_t calls, int64_t jobs) {
  const std::lock_guard lock(mutex_);
  calls_allowed_ = calls;
  jobs_allowed_ = jobs;
}
void FakeSalesforce::Use(int64_t calls) {
  const std::lock_guard lock(mutex_);
  calls_used_ = calls;
}
void FakeSalesforce::UseJobs(int64_t jobs) {
  const std::lock_guard lock(mutex_);
  jobs_used_ = jobs;
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
  calls_.push_back(request.method + " " + path);
  HttpResponse response = Data(request, path, url->query);
  ++calls_used_;
  if (calls_allowed_ > 0) {
    response.headers.Add("Sforce-Limit-Info", "api-usage=" + std::to_string(calls_used_) + "/" +
                                                  std::to_string(calls_allowed_));
  }
  return response;
}

HttpResponse FakeSalesforce::Data(const HttpRequest& request, const std::string& path,
                                  const std::string& query) {
  if (longest_query_ > 0 && query.starts_with("q=") && query.size() > longest_query_) {
    return HtmlResponse(too_long_status_);
  }
  if (path.starts_with("jobs/query")) return Jobs(request, path, query);
  if (path == "limits") return Limits();
  if (path == "sobjects/Account/describe") return Describe();
  if (path == "sobjects/Account/deleted") return Deleted(PercentDecode(query));
  if (path == "query" || path == "queryAll") return Query(SoqlOf(query), path == "queryAll");
  const std::string name = Match(path, "^query/(0r8[0-9]+)-[0-9]+$");
  const auto locator = locators_.find(name);
  if (locator == locators_.end()) {
    return ErrorReply(400, "INVALID_QUERY_LOCATOR", "invalid query locator");
  }
  if (late_pages_ > 0) {
    --late_pages_;
    return ErrorReply(400, "QUERY_TIMEOUT", "Your query request was running for too long.");
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

HttpResponse FakeSalesforce::Limits() const {
  if (calls_allowed_ == 0) return ErrorReply(403, "FORBIDDEN", "insufficient access");
  JsonWriter json;
  json.BeginObject().Key("DailyApiRequests").BeginObject().Member("Max", calls_allowed_);
  json.Member("Remaining", calls_allowed_ - calls_used_).EndObject();
  json.Key("DailyBulkV2QueryJobs").BeginObject().Member("Max", jobs_allowed_);
  json.Member("Remaining", jobs_allowed_ - jobs_used_).EndObject().EndObject();
  return JsonResponse(200, json.Take());
}

HttpResponse FakeSalesforce::Describe() const {
  JsonWriter json;
  json.BeginObject().Member("name", "Account").Key("queryable").Bool(true);
  json.Key("replicateable").Bool(true);
  json.Key("fields").BeginArray();
  for (const std::string& field : fields_) {
    const bool instant = field.ends_with("Date") || field == "SystemModstamp";
    json.BeginObject().Member("name", field).Member("label", field);
    const char* type = instant ? "datetime" : field == "IsDeleted" ? "boolean" : "string";
    json.Member("type", type).EndObject();
  }
  json.BeginObject().Member("name", "BillingAddress").Member("type", "address").EndObject();
  json.EndArray().EndObject();
  return JsonResponse(200, json.Take());
}

std::vector<FakeSalesforce::Account> FakeSalesforce::Select(const std::string& soql,
                                                            bool with_deleted) const {
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
  if (by_stamp) {
    std::stable_sort(rows.begin(), rows.end(),
                     [](const Account& a, const Account& b) { return a.stamp < b.stamp; });
  }
  if (!limit.empty()) rows.resize(std::min(rows.size(), size_t{std::stoul(limit)}));
  return rows;
}

// Seconds are cut off the bounds, which must be more than a minute apart.
HttpResponse FakeSalesforce::Deleted(const std::string& query) const {
  if (!refuse_deletions_.empty()) return ErrorReply(403, refuse_deletions_, "no access");
  const std::string from = Match(query, "start=([0-9T:-]{16}):00[+]00:00&") + ":00.000Z";
  const std::string end = Match(query, "end=([0-9T:-]{16}):00[+]00:00$") + ":00.000Z";
  if (from >= end || from < deletions_from_) {
    return ErrorReply(400, "INVALID_REPLICATION_DATE", "startDate is out of range");
  }
  const std::string until = std::min(end, deletions_until_);
  JsonWriter json;
  json.BeginObject().Key("deletedRecords").BeginArray();
  for (auto it = deletions_.lower_bound(from); it != deletions_.lower_bound(until); ++it) {
    json.BeginObject().Member("id", it->second).Member("deletedDate", RestInstant(it->first));
    json.EndObject();
  }
  json.EndArray().Member("earliestDateAvailable", RestInstant(deletions_from_));
  json.Member("latestDateCovered", RestInstant(until)).EndObject();
  return JsonResponse(200, json.Take());
}

// All accounts were created in the same month.
HttpResponse FakeSalesforce::CreatedCounts(size_t accounts) {
  std::string records;
  if (accounts > 0) {
    records = R"({"attributes":{"type":"AggregateResult"},"y":2025,"m":1,"n":)" +
              std::to_string(accounts) + "}";
  }
  return JsonResponse(200, R"({"totalSize":1,"done":true,"records":[)" + records + "]}");
}

HttpResponse FakeSalesforce::Query(const std::string& soql, bool with_deleted) {
  queries_.push_back(soql);
  std::vector<Account> rows = Select(soql, with_deleted);
  if (most_rows_ > 0 && rows.size() > most_rows_) {
    return ErrorReply(400, "QUERY_TIMEOUT", "Your query request was running for too long.");
  }
  if (soql.starts_with("SELECT CALENDAR_YEAR(CreatedDate) y,")) return CreatedCounts(rows.size());
  const std::string fields = Match(soql, "^SELECT ([^ ]+) FROM Account");
  if (fields == "COUNT()") {
    return JsonResponse(
        200, R"({"totalSize":)" + std::to_string(rows.size()) + R"(,"done":true,"records":[]})");
  }
  std::istringstream names(fields);
  for (std::string name; std::getline(names, name, ',');) {
    const bool path = name.find('.') != name.npos;
    if (!path && std::find(fields_.begin(), fields_.end(), name) == fields_.end()) {
      return ErrorReply(400, "INVALID_FIELD", "No such column '" + name + "' on entity 'Account'.");
    }
  }
  return PageOf(std::move(rows), fields, 0);
}

HttpResponse FakeSalesforce::Jobs(const HttpRequest& request, const std::string& path,
                                  const std::string& query) {
  if (request.method == "POST") return CreateJob(request.body);
  const std::string id = Match(path, "^jobs/query/([^/]+)");
  const auto job = jobs_.find(id);
  if (job == jobs_.end()) return ErrorReply(404, "NOT_FOUND", "The resource does not exist");
  if (path.ends_with("/results")) return JobResults(id, query);
  if (path.ends_with("/resultPages")) return JobPages(id, query);
  if (request.method == "GET") return JobState(id);
  HttpResponse response = JsonResponse(200, R"({"id":")" + id + R"(","state":"Aborted"})");
  if (request.method == "DELETE") {
    jobs_.erase(job);
    response.status = 204;
    response.body.clear();
  }
  return response;
}

HttpResponse FakeSalesforce::CreateJob(const std::string& body) {
  if (refuse_jobs_) {
    return ErrorReply(400, "INVALIDENTITY", "Entity 'Account' is not supported by the Bulk API.");
  }
  const auto order = JsonDocument::Parse(body);
  const std::string soql(order->root()["query"].text());
  const std::string id = "7500000000" + std::to_string(job_queries_.size());
  job_queries_.push_back(id + ": " + soql);
  Job& job = jobs_[id];
  job.rows = Select(soql, order->root()["operation"].text() == "queryAll");
  // In no order that a client could rely on.
  std::reverse(job.rows.begin(), job.rows.end());
  job.fields = Match(soql, "^SELECT ([^ ]+) FROM Account");
  job.state = ending_jobs_ > 0 ? end_state_ : "JobComplete";
  job.looks = looks_;
  ending_jobs_ = std::max(ending_jobs_ - 1, 0);
  return JsonResponse(200, R"({"id":")" + id + R"(","state":"UploadComplete"})");
}

HttpResponse FakeSalesforce::JobState(const std::string& id) {
  Job& job = jobs_[id];
  const bool running = job.looks-- > 0;
  JsonWriter json;
  json.BeginObject().Member("id", id).Member("state", running ? "InProgress" : job.state);
  json.Member("numberRecordsProcessed", static_cast<int64_t>(job.rows.size()));
  if (!running && job.state == "Failed") json.Member("errorMessage", "InternalServerError: x");
  json.EndObject();
  return JsonResponse(200, json.Take());
}

// Three at a time, where the real one gives five.
HttpResponse FakeSalesforce::JobPages(const std::string& id, const std::string& query) const {
  if (!list_pages_) return ErrorReply(404, "NOT_FOUND", "The resource does not exist");
  const std::string path = std::string(kData) + "jobs/query/" + id;
  size_t from = 0;
  if (const std::string at = Match(query, "from=([0-9]+)"); !at.empty()) from = std::stoul(at);
  JsonWriter json;
  json.BeginObject().Key("resultPages").BeginArray();
  const size_t all = jobs_.at(id).rows.size();
  for (int i = 0; i < 3 && from < all; ++i, from += page_size_) {
    json.BeginObject().Member("resultUrl",
                              path + "/results?locator=" + locator_prefix_ + std::to_string(from));
    json.EndObject();
  }
  json.EndArray().Key("done").Bool(from >= all);
  if (from < all) {
    json.Member("nextRecordsUrl", path + "/resultPages?from=" + std::to_string(from));
  }
  json.EndObject();
  return JsonResponse(200, json.Take());
}

HttpResponse FakeSalesforce::JobResults(const std::string& id, const std::string& query) const {
  const Job& job = jobs_.at(id);
  size_t from = 0;
  const std::string locator = Match(query, "locator=([^&]*)");
  if (!locator.empty()) {
    const std::string place = Match(locator, ("^" + locator_prefix_ + "([0-9]+)$").c_str());
    if (place.empty()) return ErrorReply(400, "INVALIDLOCATOR", "the locator is invalid");
    from = std::stoul(place);
  }
  const size_t all = job.rows.size() - std::min(cut_rows_, job.rows.size());
  size_t most = page_size_;
  if (const std::string asked = Match(query, "maxRecords=([0-9]+)"); !asked.empty()) {
    most = std::min(most, size_t{std::stoul(asked)});
  }
  const size_t end = std::min(all, from + most);
  HttpResponse response;
  response.status = 200;
  response.headers.Add("Content-Type", "text/csv");
  response.headers.Add("Sforce-NumberOfRecords", std::to_string(end - from));
  response.headers.Add("Sforce-Locator",
                       end == all ? "null" : locator_prefix_ + std::to_string(end));
  if (from == 0 || !hide_headers_) response.body = CsvOf("", job.fields);
  for (size_t i = from; i < end; ++i) {
    response.body += CsvOf(Render(job.rows[i], job.fields), job.fields);
  }
  return response;
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
