#include "connectors/salesforce/errors.h"

#include <string>

namespace trueup::connectors::salesforce {
namespace {

using Action = Verdict::Action;

// When a used-up daily allowance is worth another look; the window rolls.
constexpr std::chrono::minutes kAllowancePause(15);

// "INVALID_FIELD: No such column ...", or "" where the body says nothing.
std::string SaidBy(JsonValue body) {
  const JsonValue error = *body.begin();
  if (!body.is_array() || body.size() == 0) return {};
  return std::string(error["errorCode"].text()) + ": " + std::string(error["message"].text());
}

bool Holds(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

Verdict Fail(ErrorKind kind, std::string text) {
  return {Action::kFail, kind, std::move(text), std::nullopt};
}

Verdict JudgeLimit(const std::string& said) {
  if (Holds(said, "Concurrent")) {
    return {Action::kRetry, ErrorKind::kTransient, said, std::nullopt};
  }
  return {Action::kFail, ErrorKind::kTransient, "the daily API allowance is used up: " + said,
          kAllowancePause};
}

// A session that no new token makes usable: renewing would go on for ever.
bool UselessSession(std::string_view said) {
  return Holds(said, "not valid for use with the REST API") ||
         Holds(said, "Connected app is not attached");
}

}  // namespace

std::string_view ErrorCodeOf(JsonValue body) {
  if (!body.is_array() || body.size() == 0) return {};
  return (*body.begin())["errorCode"].text();
}

bool IsOutOfReach(JsonValue body) {
  const std::string_view code = ErrorCodeOf(body);
  return code == "INVALID_REPLICATION_DATE" || code == "EXCEEDED_ID_LIMIT";
}

bool NamesWhatIsHidden(std::string_view code) {
  return code == "INVALID_FIELD" || code == "INVALID_TYPE" || code == "INSUFFICIENT_ACCESS" ||
         code == "INSUFFICIENT_ACCESS_OR_READONLY";
}

Verdict JudgeReply(int status, const HttpHeaders& headers, JsonValue body) {
  if (status == 204) return {};
  if (status == 200 && headers.Find("Content-Type").value_or("").starts_with("text/csv")) return {};
  const std::string_view code = ErrorCodeOf(body);
  const std::string said = SaidBy(body);
  if (status >= 400 && (code == "QUERY_TIMEOUT" || code == "INVALID_QUERY_LOCATOR" ||
                        NamesWhatIsHidden(code) || IsOutOfReach(body))) {
    return {};
  }
  if (code == "REQUEST_LIMIT_EXCEEDED") return JudgeLimit(said);
  if (status == 401 && UselessSession(said)) return Fail(ErrorKind::kDenied, said);
  if (status == 406) {  // seen in production with an empty body while an instance starts
    return {Action::kRetry, ErrorKind::kTransient, "answered with status 406", std::nullopt};
  }
  if (status == 410) {
    return Fail(ErrorKind::kInvalid, "the API version is retired; set a later api_version");
  }
  if (status == 414 || status == 431) return {};
  return JudgeByStatus(status, body.exists(), said);
}

Verdict JudgeTokenReply(int status, const HttpHeaders&, JsonValue body) {
  const std::string_view error = body["error"].text();
  std::string said(error);
  if (body["error_description"].is_string()) {
    said += ": " + std::string(body["error_description"].text());
  }
  if (error == "rate_limit_exceeded") {
    return {Action::kRetry, ErrorKind::kTransient, said, std::nullopt};
  }
  if (!error.empty() && status >= 400 && status < 500) {
    return Fail(ErrorKind::kDenied, "the sign-in is refused: " + said);
  }
  if (status == 401) return Fail(ErrorKind::kDenied, "the sign-in is refused (401)");
  return JudgeByStatus(status, body.exists(), said);
}

}  // namespace trueup::connectors::salesforce
