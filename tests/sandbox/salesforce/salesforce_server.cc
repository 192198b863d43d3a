#include "tests/sandbox/salesforce/salesforce_server.h"

#include <algorithm>
#include <charconv>
#include <shared_mutex>

#include "tests/sandbox/salesforce/records.h"
#include "tests/sandbox/salesforce/replies.h"

namespace trueup::sandbox {
namespace {

constexpr size_t kMostCursors = 10;
constexpr size_t kDailyJobs = 10000;
constexpr Seconds kSessionLength = 2 * 3600;
constexpr Seconds kLongestAssertion = 5 * 60;
constexpr Seconds kDeletedLogLength = 15 * kDay;
// A commit that is under way ends this much later: getDeleted answers so far behind the present.
constexpr Seconds kDeletedLag = 5 * kMinute;

// Token errors are an object, all others an array.
HttpReply TokenError(std::string_view error, std::string_view description) {
  HttpReply reply;
  reply.status = 400;
  reply.body = "{\"error\":";
  AppendJsonString(error, &reply.body);
  reply.body += ",\"error_description\":";
  AppendJsonString(description, &reply.body);
  reply.body += "}";
  return reply;
}

HttpReply NothingLeftToday() {
  return ErrorReply(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.");
}

std::optional<size_t> ReadNumber(std::string_view text) {
  size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "batchSize=500" of the Sforce-Query-Options header.
size_t PageSize(const HttpRequest& request, size_t cap) {
  const std::string options = request.Header("sforce-query-options");
  const size_t at = options.find("batchSize=");
  const size_t end = options.find_first_of(", ;", at);
  size_t size = 2000;
  if (at != std::string::npos) {
    size = ReadNumber(std::string_view(options).substr(
                          at + 10, end == std::string::npos ? end : end - at - 10))
               .value_or(size);
  }
  return std::min(std::clamp<size_t>(size, 200, 2000), cap);
}

// "v58.0" to "v66.0".
bool IsSupported(std::string_view version) {
  if (version.size() != 5 || version.front() != 'v' || version.substr(3) != ".0") return false;
  const auto number = ReadNumber(version.substr(1, 2));
  return number && *number >= 58 && *number <= 66;
}

std::string_view TypeName(const Field& field) {
  if (field.source == FieldSource::kId) return "id";
  switch (field.type) {
    case FieldType::kNumber: return "double";
    case FieldType::kBool: return "boolean";
    case FieldType::kDate: return "date";
    case FieldType::kInstant: return "datetime";
    case FieldType::kText: return "string";
    case FieldType::kAny: return "anyType";
    case FieldType::kAddress: return "address";
  }
  return "string";
}

// Whether getUpdated and getDeleted know the object.
bool IsReplicateable(TableId table) {
  return table != TableId::kSfApproval && table != TableId::kSfApprovalStep &&
         table != TableId::kSfOrganization;
}

}  // namespace

SalesforceServer::SalesforceServer(const World& world, const Credentials& credentials,
                                   WallClock clock, SalesforceOptions options)
    : world_(world),
      credentials_(credentials),
      clock_(std::move(clock)),
      options_(options),
      sessions_(world.seed(), "00DgK0000004uXw!"),
      jobs_(world, permissions_) {
  jobs_.Set("page_cap", static_cast<int>(options.bulk_page_cap));
}

void SalesforceServer::ForgetLocators() {
  const std::lock_guard lock(cursors_mutex_);
  cursors_.clear();
}

std::optional<HttpReply> SalesforceServer::Fail(Fault fault) {
  switch (fault) {
    case Fault::kQueryTimeout:
      return ErrorReply(400, "QUERY_TIMEOUT", "Your query request was running for too long.");
    case Fault::kConcurrency:
      return ErrorReply(403, "REQUEST_LIMIT_EXCEEDED",
                        "ConcurrentRequests (Concurrent API Requests) Limit exceeded.");
    case Fault::kDailyLimit: return NothingLeftToday();
    case Fault::kLostLocator: {
      const std::lock_guard guard(cursors_mutex_);
      cursors_.clear();
      jobs_.Set("expire", 0);
      return std::nullopt;
    }
    case Fault::kJobFailed: jobs_.Set("fail", 1); return std::nullopt;
    case Fault::kJobAborted: jobs_.Set("abort", 1); return std::nullopt;
    case Fault::kJobGone: jobs_.Set("forget", 0); return std::nullopt;
    default: return std::nullopt;
  }
}

HttpReply SalesforceServer::Handle(const HttpRequest& request) {
  const std::string_view path = request.path;
  if (path == "/services/oauth2/token") {
    return request.method == "POST"
               ? Token(request)
               : ErrorReply(405, "METHOD_NOT_ALLOWED", "HTTP Method not allowed");
  }
  constexpr std::string_view kData = "/services/data";
  if (!path.starts_with(kData))
    return ErrorReply(404, "NOT_FOUND", "The requested resource does not exist");
  std::string_view rest = path.substr(kData.size());
  if (rest.empty() || rest == "/") {
    HttpReply reply;
    reply.body = "[";
    for (int v = 58; v <= 66; ++v) {
      const std::string number = std::to_string(v) + ".0";
      reply.body += (v > 58 ? "," : "") +
                    ("{\"label\":\"Release " + number + "\",\"url\":\"/services/data/v" + number +
                     "\",\"version\":\"" + number + "\"}");
    }
    reply.body += "]";
    return reply;
  }
  rest.remove_prefix(1);
  const std::string_view version = rest.substr(0, rest.find('/'));
  rest.remove_prefix(std::min(rest.size(), version.size() + 1));
  if (!sessions_.IsOpen(ReadBearer(request.Header("authorization")), clock_())) {
    return ErrorReply(401, "INVALID_SESSION_ID", "Session expired or invalid");
  }
  if (!IsSupported(version))
    return ErrorReply(404, "NOT_FOUND", "The requested resource does not exist");
  const size_t used = ++requests_;
  if (used > options_.daily_requests) {
    return NothingLeftToday();
  }
  while (!rest.empty() && rest.back() == '/') rest.remove_suffix(1);
  HttpReply reply = Data(request, version, rest);
  std::string info =
      "api-usage=" + std::to_string(used) + "/" + std::to_string(options_.daily_requests);
  if (options_.app_requests > 0) {
    info += "; per-app-api-usage=" + std::to_string(used) + "/" +
            std::to_string(options_.app_requests) + "(appName=trueup)";
  }
  reply.headers.emplace_back("Sforce-Limit-Info", std::move(info));
  return reply;
}

HttpReply SalesforceServer::Token(const HttpRequest& request) {
  auto form = request.Form();
  const std::string& grant = form["grant_type"];
  if (grant == "client_credentials" || grant == "refresh_token") {
    if (const auto basic = ReadBasicAuth(request.Header("authorization"))) {
      std::tie(form["client_id"], form["client_secret"]) = *basic;
    }
    if (!SameSecret(form["client_id"], credentials_.salesforce_client_id)) {
      return TokenError("invalid_client_id", "client identifier invalid");
    }
    if (!SameSecret(form["client_secret"], credentials_.salesforce_client_secret)) {
      return TokenError("invalid_client", "invalid client credentials");
    }
    if (grant == "refresh_token" &&
        !SameSecret(form["refresh_token"], credentials_.salesforce_refresh_token)) {
      return TokenError("invalid_grant", "expired access/refresh token");
    }
  } else if (grant == "urn:ietf:params:oauth:grant-type:jwt-bearer") {
    const std::string reason = RefuseAssertion(form["assertion"]);
    if (!reason.empty()) return TokenError("invalid_grant", reason);
  } else {
    return TokenError("unsupported_grant_type", "grant type not supported");
  }
  HttpReply reply;
  const Seconds now = clock_();
  reply.body =
      "{\"access_token\":\"" + sessions_.Open(now + kSessionLength) + "\",\"signature\":\"" +
      Base64(HmacSha256(credentials_.salesforce_client_secret, std::to_string(now))) +
      "\",\"scope\":\"api\",\"instance_url\":\"" + request.origin + "\",\"id\":\"" +
      request.origin +
      "/id/00DgK0000004uXwUAI/005gK0000000G8gIAE\",\"token_type\":\"Bearer\",\"issued_at\":\"" +
      std::to_string(now * 1000) + "\"}";
  return reply;
}

// Why the assertion is no good; empty if it is.
std::string SalesforceServer::RefuseAssertion(const std::string& assertion) const {
  const auto jwt = ReadJwt(assertion);
  if (!jwt) return "invalid assertion";
  const bool signed_well =
      jwt->algorithm == "RS256" &&
      credentials_.salesforce_jwt_key.Verify("RS256", jwt->signed_part, jwt->signature);
  if (!signed_well || jwt->issuer != credentials_.salesforce_client_id) return "invalid assertion";
  if (jwt->audience != "https://login.salesforce.com" &&
      jwt->audience != "https://test.salesforce.com") {
    return "Audience validation failed";
  }
  const Seconds left = jwt->expires - clock_();
  if (left <= 0 || left > kLongestAssertion) return "expired authorization code";
  return jwt->subject == credentials_.salesforce_username ? ""
                                                          : "user hasn't approved this consumer";
}

HttpReply SalesforceServer::Data(const HttpRequest& request, std::string_view version,
                                 std::string_view rest) {
  const std::shared_lock lock(world_.mutex());
  constexpr std::string_view kJobs = "jobs/query";
  if (rest == kJobs || rest.starts_with("jobs/query/")) {
    return jobs_.Handle(request, version, rest.substr(kJobs.size()));
  }
  if (request.method != "GET")
    return ErrorReply(405, "METHOD_NOT_ALLOWED", "HTTP Method not allowed");
  if (rest == "query" || rest == "queryAll")
    return StartQuery(request, version, rest == "queryAll");
  if (rest.starts_with("query/")) return ContinueQuery(version, rest.substr(6));
  if (rest.starts_with("queryAll/")) return ContinueQuery(version, rest.substr(9));
  if (rest == "limits") return Limits();
  if (rest == "sobjects") return SobjectList(version);
  if (!rest.starts_with("sobjects/"))
    return ErrorReply(404, "NOT_FOUND", "The requested resource does not exist");
  rest.remove_prefix(9);
  const std::string_view name = rest.substr(0, rest.find('/'));
  const std::string_view what =
      rest.size() > name.size() ? rest.substr(name.size() + 1) : std::string_view();
  const auto table = FindTable(System::kSalesforce, name);
  if (!table || !permissions_.Sees(*table))
    return ErrorReply(404, "NOT_FOUND", "The requested resource does not exist");
  if (what == "describe") return Describe(*table);
  if ((what == "deleted" || what == "updated") && IsReplicateable(*table))
    return Changed(request, *table, what == "deleted");
  return SingleRow(version, *table, std::string(what));
}

HttpReply SalesforceServer::StartQuery(const HttpRequest& request, std::string_view version,
                                       bool all) {
  auto parsed = ParseSoql(world_, request.Param("q"), all);
  if (const auto* error = std::get_if<SoqlError>(&parsed))
    return ErrorReply(400, error->code, error->message);
  Cursor cursor;
  cursor.soql = std::move(std::get<Soql>(parsed));
  if (const auto refused = Refuse(permissions_, cursor.soql)) {
    return ErrorReply(400, refused->code, refused->message);
  }
  cursor.matches = RunQuery(cursor.soql.query);
  if (cursor.soql.count_only) {
    HttpReply reply;
    reply.body = "{\"totalSize\":" + std::to_string(cursor.matches.size()) +
                 ",\"done\":true,\"records\":[]}";
    return reply;
  }
  if (!cursor.soql.aggregates.empty()) return AggregateReply(cursor.soql, cursor.matches);
  const size_t size = PageSize(request, options_.page_cap);
  const std::lock_guard guard(cursors_mutex_);
  cursor.id =
      "0r8gK" + DerivedSecret(world_.seed(), "cursor " + std::to_string(++cursor_count_), 13);
  HttpReply reply = Page(version, cursor, 0, size);
  if (cursor.matches.size() > size) {
    cursors_.push_back(std::move(cursor));
    if (cursors_.size() > kMostCursors) cursors_.pop_front();
  }
  return reply;
}

// The locator is the cursor's id, the place and the page size: "0r8...-2000.2000".
HttpReply SalesforceServer::ContinueQuery(std::string_view version, std::string_view locator) {
  const std::lock_guard guard(cursors_mutex_);
  const size_t dash = locator.find('-');
  const size_t dot = locator.find('.');
  if (dash != std::string_view::npos && dot != std::string_view::npos && dash < dot) {
    const auto from = ReadNumber(locator.substr(dash + 1, dot - dash - 1));
    const auto size = ReadNumber(locator.substr(dot + 1));
    for (const Cursor& cursor : cursors_) {
      if (cursor.id != locator.substr(0, dash) || !from || !size || *from > cursor.matches.size())
        continue;
      return Page(version, cursor, *from, std::clamp<size_t>(*size, 1, 2000));
    }
  }
  return ErrorReply(400, "INVALID_QUERY_LOCATOR", "invalid query locator");
}

HttpReply SalesforceServer::Page(std::string_view version, const Cursor& cursor, size_t from,
                                 size_t size) {
  const size_t to = std::min(cursor.matches.size(), from + size);
  const bool done = to == cursor.matches.size();
  HttpReply reply;
  std::string& out = reply.body;
  out.reserve((to - from) * (cursor.soql.fields.size() * 32 + 128));
  out = "{\"totalSize\":" + std::to_string(cursor.matches.size()) +
        ",\"done\":" + (done ? "true" : "false");
  if (!done) {
    out += ",\"nextRecordsUrl\":\"/services/data/" + std::string(version) + "/query/" + cursor.id +
           "-" + std::to_string(to) + "." + std::to_string(size) + "\"";
  }
  out += ",\"records\":[";
  for (size_t i = from; i < to; ++i) {
    if (i > from) out += ',';
    AppendRow(version, cursor.soql, cursor.matches[i], &out);
  }
  out += "]}";
  return reply;
}

HttpReply SalesforceServer::SobjectList(std::string_view version) {
  HttpReply reply;
  reply.body = "{\"encoding\":\"UTF-8\",\"maxBatchSize\":200,\"sobjects\":[";
  bool first = true;
  for (size_t t = 0; t < kTables; ++t) {
    const TableSpec& spec = SpecOf(static_cast<TableId>(t));
    if (spec.system != System::kSalesforce || !permissions_.Sees(spec.id)) continue;
    reply.body +=
        std::string(first ? "" : ",") + "{\"name\":\"" + std::string(spec.name) +
        "\",\"queryable\":true,\"replicateable\":" + (IsReplicateable(spec.id) ? "true" : "false") +
        ",\"retrieveable\":true,\"urls\":{\"sobject\":\"/services/data/" + std::string(version) +
        "/sobjects/" + std::string(spec.name) + "\"}}";
    first = false;
  }
  reply.body += "]}";
  return reply;
}

HttpReply SalesforceServer::Describe(TableId table) {
  const TableSpec& spec = SpecOf(table);
  HttpReply reply;
  reply.body =
      "{\"name\":\"" + std::string(spec.name) +
      "\",\"queryable\":true,\"replicateable\":" + (IsReplicateable(table) ? "true" : "false") +
      ",\"fields\":[";
  bool first = true;
  for (const Field& field : spec.fields) {
    if (!permissions_.Sees(&field)) continue;
    const bool slot = field.source == FieldSource::kSlot;
    reply.body +=
        std::string(first ? "" : ",") + "{\"name\":\"" + std::string(field.name) +
        "\",\"type\":\"" + std::string(TypeName(field)) +
        "\",\"nillable\":" + (slot ? "true" : "false") +
        ",\"calculated\":false,\"custom\":" + (field.name.ends_with("__c") ? "true" : "false") +
        ",\"length\":255}";
    first = false;
  }
  reply.body += "]}";
  return reply;
}

// getUpdated and getDeleted: seconds are cut off the bounds, and the answer says how far it
// reaches.
HttpReply SalesforceServer::Changed(const HttpRequest& request, TableId id, bool deleted) {
  const auto start = ParseTime(request.Param("start"));
  const auto end = ParseTime(request.Param("end"));
  if (!start || !end || *end - *start <= kMinute)
    return ErrorReply(400, "INVALID_REPLICATION_DATE",
                      "startDate must precede endDate by more than one minute");
  const Seconds from = *start - *start % kMinute;
  const Seconds now = deleted ? world_.now() - kDeletedLag : world_.now();
  const Seconds until = std::min(*end - *end % kMinute, now);
  if (deleted && from < world_.now() - kDeletedLogLength) {
    return ErrorReply(400, "INVALID_REPLICATION_DATE", "startDate cannot be more than 15 days ago");
  }
  const Table& table = world_.table(id);
  HttpReply reply;
  std::string& out = reply.body;
  out = deleted ? "{\"deletedRecords\":[" : "{\"ids\":[";
  bool first = true;
  for (const Row& row : table.rows()) {
    const Seconds at = deleted ? row.deleted_at : row.stamp;
    if (row.deleted != deleted || at < from || at >= until) continue;
    if (!first) out += ',';
    first = false;
    out += deleted ? "{\"id\":\"" + row.id + "\",\"deletedDate\":\"" + InstantText(at) + "\"}"
                   : "\"" + row.id + "\"";
  }
  out += "],";
  if (deleted)
    out += "\"earliestDateAvailable\":\"" + InstantText(world_.now() - kDeletedLogLength) + "\",";
  out += "\"latestDateCovered\":\"" + InstantText(until) + "\"}";
  return reply;
}

HttpReply SalesforceServer::SingleRow(std::string_view version, TableId id,
                                      const std::string& row_id) {
  const Table& table = world_.table(id);
  const auto row = table.Find(row_id.size() == 15 ? WithCaseSuffix(row_id) : row_id);
  if (!row || table.row(*row).deleted)
    return ErrorReply(404, "NOT_FOUND", "The requested resource does not exist");
  Soql soql;
  soql.query.tables = {&table};
  for (const Field& field : table.spec().fields) {
    if (permissions_.Sees(&field)) soql.fields.push_back(&field);
  }
  Match match;
  match.fill(kNoRow);
  match[0] = *row;
  HttpReply reply;
  AppendRow(version, soql, match, &reply.body);
  return reply;
}

HttpReply SalesforceServer::Limits() {
  const auto entry = [](std::string_view name, size_t most, size_t used) {
    return "\"" + std::string(name) + "\":{\"Max\":" + std::to_string(most) +
           ",\"Remaining\":" + std::to_string(most - std::min(used, most)) + "}";
  };
  HttpReply reply;
  reply.body = "{" + entry("DailyApiRequests", options_.daily_requests, requests_) + "," +
               entry("DailyBulkV2QueryJobs", kDailyJobs, jobs_.made()) + "}";
  return reply;
}

}  // namespace trueup::sandbox
