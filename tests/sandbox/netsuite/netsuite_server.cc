#include "tests/sandbox/netsuite/netsuite_server.h"

#include <algorithm>
#include <charconv>
#include <shared_mutex>

#include <rapidjson/document.h>

#include "tests/sandbox/auth/oauth1.h"

namespace trueup::sandbox {
namespace {

constexpr std::string_view kTokenPath = "/services/rest/auth/oauth2/v1/token";
constexpr std::string_view kQueryPath = "/services/rest/query/v1/suiteql";
constexpr Seconds kTolerance = 5 * 60;
constexpr Seconds kSessionLength = 3600;
constexpr size_t kStride = 7919;  // by which rows in no order move on

HttpReply ErrorReply(int status, std::string_view title, std::string_view code,
                     std::string_view detail) {
  HttpReply reply;
  reply.status = status;
  reply.content_type = "application/vnd.oracle.resource+json; type=error";
  reply.body = "{\"type\":\"https://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html\",\"title\":";
  AppendJsonString(title, &reply.body);
  reply.body += ",\"status\":" + std::to_string(status) + ",\"o:errorDetails\":[{\"detail\":";
  AppendJsonString(detail, &reply.body);
  reply.body += ",\"o:errorCode\":";
  AppendJsonString(code, &reply.body);
  reply.body += "}]}";
  return reply;
}

HttpReply TooManyAtOnce() {
  return ErrorReply(429, "Bad Request", "CONCURRENCY_LIMIT_EXCEEDED",
                    "Concurrent request limit exceeded. Request blocked.");
}

HttpReply TokenError(std::string_view error) {
  HttpReply reply;
  reply.status = 400;
  reply.body = "{\"error\":\"" + std::string(error) + "\"}";
  return reply;
}

std::optional<size_t> ReadNumber(const std::string& text, size_t otherwise) {
  if (text.empty()) return otherwise;
  size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The body {"q": "...", "params": [...]}; nothing if it is no such body.
struct QueryBody {
  std::string text;
  std::vector<std::string> params;
};
std::optional<QueryBody> ReadBody(const std::string& body) {
  rapidjson::Document json;
  json.Parse<rapidjson::kParseIterativeFlag>(body.c_str(), body.size());
  if (json.HasParseError() || !json.IsObject() || !json.HasMember("q") || !json["q"].IsString())
    return std::nullopt;
  QueryBody query;
  query.text = json["q"].GetString();
  if (!json.HasMember("params")) return query;
  if (!json["params"].IsArray()) return std::nullopt;
  for (const auto& param : json["params"].GetArray()) {
    if (param.IsString()) {
      query.params.emplace_back(param.GetString());
    } else if (param.IsInt64()) {
      query.params.push_back(std::to_string(param.GetInt64()));
    } else {
      return std::nullopt;
    }
  }
  return query;
}

void AppendItem(const std::string& key, const std::string& value, std::string* out) {
  if (value.empty()) return;  // a null column is left out
  out->push_back(',');
  AppendJsonString(key, out);
  out->push_back(':');
  AppendJsonString(value, out);
}

void AppendLink(const HttpRequest& request, std::string_view rel, size_t limit, size_t offset,
                std::string* out) {
  if (out->back() != '[') out->push_back(',');
  *out += "{\"rel\":\"" + std::string(rel) + "\",\"href\":\"" + request.origin + request.path +
          "?limit=" + std::to_string(limit) + "&offset=" + std::to_string(offset) + "\"}";
}

// How many of the query's rows the condition holds for.
size_t CountIf(Query query, const Condition& condition) {
  if (query.where) {
    Condition both;
    both.parts = {*std::move(query.where), condition};
    query.where = std::move(both);
  } else {
    query.where = condition;
  }
  return RunQuery(query).size();
}

}  // namespace

NetsuiteServer::NetsuiteServer(const World& world, const Credentials& credentials, WallClock clock,
                               NetsuiteOptions options)
    : world_(world),
      credentials_(credentials),
      clock_(std::move(clock)),
      options_(options),
      sessions_(world.seed(), "eyJraWQiOiJz.") {}

std::optional<HttpReply> NetsuiteServer::Fail(Fault fault) {
  if (fault == Fault::kConcurrency) return TooManyAtOnce();
  if (fault == Fault::kUnexpected) {
    return ErrorReply(500, "Internal Server Error", "UNEXPECTED_ERROR",
                      "An unexpected error occurred. Error ID: l4kgdz3p1k7yx8f2");
  }
  return std::nullopt;
}

HttpReply NetsuiteServer::Handle(const HttpRequest& request) {
  if (request.path == kTokenPath && request.method == "POST") return Token(request);
  if (const std::string reason = Refuse(request); !reason.empty()) {
    return ErrorReply(
        401, "Unauthorized", "INVALID_LOGIN",
        "Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI. " +
            reason);
  }
  if (in_flight > options_.concurrency) return TooManyAtOnce();
  if (request.path != kQueryPath)
    return ErrorReply(404, "Not Found", "NONEXISTENT_ID", "The resource does not exist.");
  if (request.method != "POST")
    return ErrorReply(405, "Method Not Allowed", "METHOD_NOT_ALLOWED", "Use POST.");
  return Query(request);
}

HttpReply NetsuiteServer::Token(const HttpRequest& request) {
  auto form = request.Form();
  if (form["grant_type"] != "client_credentials") return TokenError("unsupported_grant_type");
  const auto jwt = ReadJwt(form["client_assertion"]);
  const bool typed =
      form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
  if (!jwt || !typed) return TokenError("invalid_request");
  const std::pair<const std::string&, const KeyPair&> certificates[] = {
      {credentials_.netsuite_ec_certificate_id, credentials_.netsuite_ec_key},
      {credentials_.netsuite_ec384_certificate_id, credentials_.netsuite_ec384_key},
      {credentials_.netsuite_ec521_certificate_id, credentials_.netsuite_ec521_key},
      {credentials_.netsuite_rsa_certificate_id, credentials_.netsuite_rsa_key}};
  const KeyPair* key = nullptr;
  for (const auto& certificate : certificates) {
    if (jwt->key_id == certificate.first) key = &certificate.second;
  }
  // RS256 is refused: RSA keys sign with PSS only.
  const bool algorithm = jwt->algorithm.starts_with("PS") || jwt->algorithm.starts_with("ES");
  if (key == nullptr || !algorithm ||
      !key->Verify(jwt->algorithm, jwt->signed_part, jwt->signature)) {
    return TokenError("invalid_client");
  }
  const Seconds now = clock_();
  const bool timely = jwt->issued_at <= now + kTolerance && jwt->expires > now &&
                      jwt->expires - jwt->issued_at <= kSessionLength;
  const bool meant = jwt->issuer == credentials_.netsuite_client_id &&
                     jwt->audience == request.origin + std::string(kTokenPath);
  if (!timely || !meant) return TokenError("invalid_grant");
  HttpReply reply;
  reply.body = "{\"access_token\":\"" + sessions_.Open(now + kSessionLength) +
               "\",\"expires_in\":\"3600\",\"token_type\":\"bearer\"}";
  return reply;
}

std::string NetsuiteServer::Refuse(const HttpRequest& request) {
  const std::string header = request.Header("authorization");
  if (const auto oauth = ReadOAuthHeader(header)) return RefuseOAuth1(request, *oauth);
  return sessions_.IsOpen(ReadBearer(header), clock_()) ? "" : "The token is not valid.";
}

std::string NetsuiteServer::RefuseOAuth1(const HttpRequest& request,
                                         const std::map<std::string, std::string>& oauth) {
  const auto get = [&](const char* name) {
    const auto it = oauth.find(name);
    return it == oauth.end() ? std::string() : it->second;
  };
  if (get("realm") != credentials_.netsuite_account) return "Wrong realm.";
  if (get("oauth_signature_method") != "HMAC-SHA256") return "Unsupported signature method.";
  if (get("oauth_consumer_key") != credentials_.netsuite_consumer_key)
    return "Unknown consumer key.";
  if (get("oauth_token") != credentials_.netsuite_token_id) return "Unknown token.";
  const std::string expected =
      OAuth1Signature(request.method, request.origin + request.path, request.query, oauth,
                      credentials_.netsuite_consumer_secret, credentials_.netsuite_token_secret);
  if (!SameSecret(get("oauth_signature"), expected)) return "Wrong signature.";
  const Seconds now = clock_();
  const auto at = ReadNumber(get("oauth_timestamp"), 0);
  if (!at || static_cast<Seconds>(*at) < now - kTolerance ||
      static_cast<Seconds>(*at) > now + kTolerance) {
    return "Stale timestamp.";
  }
  const std::string nonce = get("oauth_nonce");
  if (nonce.size() < 6 || nonce.size() > 64) return "Bad nonce.";
  const std::lock_guard lock(nonces_mutex_);
  std::erase_if(nonces_, [&](const auto& seen) { return seen.second < now - 2 * kTolerance; });
  return nonces_.emplace(nonce, now).second ? "" : "Nonce used before.";
}

HttpReply NetsuiteServer::Query(const HttpRequest& request) {
  if (request.Header("prefer").find("transient") == std::string::npos) {
    return ErrorReply(400, "Bad Request", "INVALID_REQUEST",
                      "The header Prefer: transient is required.");
  }
  const auto limit = ReadNumber(request.Param("limit"), 1000);
  const auto offset = ReadNumber(request.Param("offset"), 0);
  if (!limit || *limit == 0 || *limit > 1000) {
    return ErrorReply(400, "Bad Request", "INVALID_PARAMETER",
                      "The limit must be between 1 and 1000.");
  }
  if (!offset || *offset % *limit != 0) {
    return ErrorReply(400, "Bad Request", "INVALID_PARAMETER",
                      "The offset must be a multiple of the limit.");
  }
  const auto body = ReadBody(request.body);
  if (!body)
    return ErrorReply(400, "Bad Request", "INVALID_CONTENT",
                      "Invalid content in the request body.");
  const std::shared_lock lock(world_.mutex());
  const auto parsed = ParseSuiteQl(world_, body->text, body->params);
  if (const auto* error = std::get_if<SuiteQlError>(&parsed)) {
    return ErrorReply(400, "Bad Request", "INVALID_PARAMETER",
                      "Invalid search query. " + error->detail);
  }
  if (const auto hidden = sandbox::Refuse(permissions_, std::get<SuiteQl>(parsed))) {
    const bool unexpected = hidden_status_ == 500;
    return ErrorReply(hidden_status_, unexpected ? "Internal Server Error" : "Bad Request",
                      unexpected ? "UNEXPECTED_ERROR" : "INVALID_PARAMETER",
                      "Invalid search query. " + hidden->detail);
  }
  return Page(request, std::get<SuiteQl>(parsed), std::min(*limit, options_.page_cap), *offset);
}

HttpReply NetsuiteServer::Page(const HttpRequest& request, const SuiteQl& suiteql, size_t limit,
                               size_t offset) {
  std::vector<Match> matches;
  if (suiteql.query.tables.empty()) {
    matches.emplace_back().fill(kNoRow);
  } else {
    matches = RunQuery(suiteql.query);
  }
  if (suiteql.query.order.empty() && matches.size() > 1) {
    const auto first = static_cast<std::ptrdiff_t>(++unordered_ * kStride % matches.size());
    std::rotate(matches.begin(), matches.begin() + first, matches.end());
  }
  const size_t total = suiteql.aggregated ? 1 : matches.size();
  if (total > options_.wall && options_.wall_refuses) {
    return ErrorReply(400, "Bad Request", "INVALID_PARAMETER",
                      "Invalid search query. The result set exceeds 100,000 rows.");
  }
  const size_t reachable = std::min(total, options_.wall);
  const size_t from = std::min(offset, reachable);
  const size_t to = std::min(reachable, from + limit);
  const bool more = to < reachable;
  HttpReply reply;
  reply.content_type = "application/vnd.oracle.resource+json; type=collection";
  std::string& out = reply.body;
  out.reserve((to - from) * (suiteql.expressions.size() * 32 + 32) + 1024);
  out = "{\"links\":[";
  AppendLink(request, "self", limit, offset, &out);
  if (more) AppendLink(request, "next", limit, offset + limit, &out);
  if (offset >= limit) AppendLink(request, "prev", limit, offset - limit, &out);
  out += "],\"count\":" + std::to_string(to - from) + ",\"hasMore\":" + (more ? "true" : "false") +
         ",\"offset\":" + std::to_string(offset) + ",\"totalResults\":" + std::to_string(total) +
         ",\"items\":[";
  for (size_t i = from; i < to; ++i) {
    out += i > from ? ",{\"links\":[]" : "{\"links\":[]";
    if (suiteql.aggregated) {
      AppendAggregates(suiteql, matches, &out);
    } else {
      for (const SuiteExpression& expression : suiteql.expressions) {
        AppendItem(expression.key, ShowValue(world_, suiteql, expression, matches[i]), &out);
      }
    }
    out += '}';
  }
  out += "]}";
  return reply;
}

void NetsuiteServer::AppendAggregates(const SuiteQl& suiteql, const std::vector<Match>& matches,
                                      std::string* out) const {
  for (const SuiteExpression& expression : suiteql.expressions) {
    if (expression.kind == SuiteExpression::kCountIf) {
      AppendItem(expression.key, std::to_string(CountIf(suiteql.query, *expression.condition)),
                 out);
      continue;
    }
    if (expression.kind == SuiteExpression::kCount && expression.column.field == nullptr) {
      AppendItem(expression.key, std::to_string(matches.size()), out);
      continue;
    }
    const Match* best = nullptr;
    std::string best_text;
    size_t count = 0;
    const bool numeric = expression.column.field != nullptr &&
                         (expression.column.field->type == FieldType::kNumber ||
                          expression.column.field->type == FieldType::kInstant);
    for (const Match& match : matches) {
      std::string text = CellText(suiteql.query, match, expression.column);
      if (text.empty()) continue;
      ++count;
      const bool less =
          numeric ? std::strtod(text.c_str(), nullptr) < std::strtod(best_text.c_str(), nullptr)
                  : text < best_text;
      if (best == nullptr || less == (expression.kind == SuiteExpression::kMin)) {
        best = &match;
        best_text = std::move(text);
      }
    }
    if (expression.kind == SuiteExpression::kCount) {
      AppendItem(expression.key, std::to_string(count), out);
    } else if (best != nullptr) {
      AppendItem(expression.key, ShowValue(world_, suiteql, expression, *best), out);
    }
  }
}

}  // namespace trueup::sandbox
