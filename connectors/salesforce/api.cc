#include "connectors/salesforce/api.h"

#include "connectors/http/encoding.h"
#include "connectors/salesforce/auth.h"
#include "connectors/salesforce/errors.h"

namespace trueup::connectors::salesforce {
namespace {

// Salesforce refuses addresses longer than about 16,000 characters.
constexpr size_t kLongestUrl = 15'000;
// A download that goes on is none that hangs: that is for the client's stall limit to find.
constexpr std::chrono::hours kLongestDownload(2);
constexpr int kUriTooLong = 414;
constexpr int kHeadersTooLarge = 431;

}  // namespace

Api::Api(const Parts& parts)
    : instance_url_(parts.settings.instance_url),
      api_version_(parts.settings.api_version),
      page_size_(parts.settings.page_size),
      budget_(parts.settings.api_budget, parts.clock),
      tokens_(MakeTokenSource(parts.settings, parts.http, parts.clock, parts.random)),
      api_({parts.http, std::make_shared<BearerAuthorizer>(tokens_), parts.clock, parts.random,
            parts.settings.http.ToPolicy(),
            [this](int status, const HttpHeaders& headers, JsonValue body) {
              budget_.Note(headers);
              return JudgeReply(status, headers, body);
            }}) {}

std::string Api::Path(std::string_view rest) const {
  return "/services/data/v" + api_version_ + "/" + std::string(rest);
}

Result<HttpRequest> Api::Request(const std::string& path, std::stop_token stop) {
  TRUEUP_RETURN_IF_ERROR(budget_.Check());
  std::string base = instance_url_;
  if (base.empty()) {
    TRUEUP_ASSIGN(const Token token, tokens_->Get(stop));
    base = token.instance_url;
  }
  HttpRequest request;
  TRUEUP_ASSIGN(request.url, ResolveUrl(base, path));
  return request;
}

Result<JsonReply> Api::Get(const std::string& path, std::stop_token stop) {
  TRUEUP_ASSIGN(HttpRequest request, Request(path, stop));
  if (request.url.size() > kLongestUrl) {
    TRUEUP_ASSIGN(JsonDocument nothing, JsonDocument::Parse("null"));
    return JsonReply{kUriTooLong, {}, std::move(nothing)};
  }
  request.headers.Add("Accept", "application/json");
  request.headers.Add("Sforce-Query-Options", "batchSize=" + std::to_string(page_size_));
  return api_.Call(request, stop);
}

Result<JsonReply> Api::Query(std::string_view resource, const std::string& soql,
                             std::stop_token stop) {
  return Get(AddParameters(Path(resource), {{"q", soql}}), stop);
}

Result<HttpResponse> Api::Send(const std::string& method, const std::string& path,
                               const std::string& json, const std::string& accept,
                               std::stop_token stop) {
  TRUEUP_ASSIGN(HttpRequest request, Request(path, stop));
  request.method = method;
  request.body = json;
  request.headers.Add("Accept", accept);
  if (!json.empty()) request.headers.Add("Content-Type", "application/json");
  return api_.CallRaw(request, stop);
}

Result<HttpResponse> Api::Download(const std::string& path, const std::string& accept,
                                   std::shared_ptr<SpoolFile> spool, std::stop_token stop) {
  TRUEUP_ASSIGN(HttpRequest request, Request(path, stop));
  request.headers.Add("Accept", accept);
  request.spool = std::move(spool);
  request.timeout = kLongestDownload;
  return api_.CallRaw(request, stop);
}

Status Api::CheckJob(std::stop_token stop) {
  TRUEUP_RETURN_IF_ERROR(ReadLimits(stop));
  return budget_.CheckJob();
}

Status Api::ReadLimits(std::stop_token stop) {
  if (!budget_.IsTimeForLimits()) return {};
  const auto reply = Get(Path("limits"), stop);
  if (reply.ok()) {
    if (reply->status == 200) budget_.NoteLimits(reply->body.root());
    return {};
  }
  // A refusal of this one resource comes as kInvalid or kDenied. Credentials that are refused
  // altogether are so with the next call, too.
  const ErrorKind kind = reply.error().kind();
  if (kind == ErrorKind::kInvalid || kind == ErrorKind::kDenied) return {};
  return reply.error();
}

ApiUsage Api::Usage() const {
  ApiUsage usage;
  usage.calls = api_.calls();
  budget_.Tell(usage);
  return usage;
}

bool IsTooLong(const JsonReply& reply) {
  return reply.status == kUriTooLong || reply.status == kHeadersTooLarge;
}

Error Unanswered(const JsonReply& reply) {
  if (IsTooLong(reply)) {
    return {ErrorKind::kInvalid, "the query is too long for the server (" +
                                     std::to_string(reply.status) +
                                     "); list the object's fields, or exclude some"};
  }
  if (ErrorCodeOf(reply.body.root()).empty()) {
    return {ErrorKind::kTransient, "answered with status " + std::to_string(reply.status)};
  }
  const JsonValue error = *reply.body.root().begin();
  ErrorKind kind = ErrorKind::kTransient;
  if (reply.status == 400 && error["errorCode"].text() != "QUERY_TIMEOUT") {
    kind = ErrorKind::kInvalid;
  }
  if (reply.status == 403) kind = ErrorKind::kDenied;
  return {kind,
          std::string(error["errorCode"].text()) + ": " + std::string(error["message"].text())};
}

}  // namespace trueup::connectors::salesforce
