#include "connectors/netsuite/errors.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

namespace trueup::connectors::netsuite {
namespace {

struct Said {
  std::string_view code;
  std::string text;
};

// The error form of the REST services: "o:errorDetails", or the short one of the token service.
Said WhatItSaid(JsonValue body) {
  const JsonValue detail = body.At("/o:errorDetails/0");
  Said said{detail["o:errorCode"].text(), std::string(detail["detail"].text())};
  if (said.text.empty()) said.text = body["error_description"].text();
  if (said.text.empty()) said.text = body["error"].text();
  if (said.text.empty()) said.text = body["title"].text();
  if (!said.code.empty()) said.text = std::string(said.code) + ": " + said.text;
  return said;
}

bool IsLimit(std::string_view code) {
  return code == "CONCURRENCY_LIMIT_EXCEEDED" || code == "SSS_REQUEST_LIMIT_EXCEEDED" ||
         code == "WS_REQUEST_BLOCKED" || code == "REQUEST_LIMIT_EXCEEDED";
}

}  // namespace

Verdict JudgeSuiteReply(int status, const HttpHeaders&, JsonValue body) {
  const Said said = WhatItSaid(body);
  if (status == 200 && body.exists() && !body["items"].is_array()) {
    return {Verdict::Action::kRetry, ErrorKind::kTransient, "answered without rows", std::nullopt};
  }
  Verdict verdict = JudgeByStatus(status, body.exists(), said.text);
  if (status == 500 && SaysUnknown(said.text)) {  // for some columns: asking again cannot help
    verdict.action = Verdict::Action::kFail;
    verdict.kind = ErrorKind::kInvalid;
  }
  if (IsLimit(said.code) && verdict.action == Verdict::Action::kFail) {
    verdict.action = Verdict::Action::kRetry;
    verdict.kind = ErrorKind::kTransient;
  }
  return verdict;
}

Verdict JudgeTokenReply(int status, const HttpHeaders&, JsonValue body) {
  Verdict verdict = JudgeByStatus(status, body.exists(), WhatItSaid(body).text);
  if (status == 400 || status == 401 || status == 403) {
    verdict.action = Verdict::Action::kFail;
    verdict.kind = ErrorKind::kDenied;
  }
  return verdict;
}

bool SaysTooManyAtOnce(JsonValue body) { return IsLimit(WhatItSaid(body).code); }

bool SaysTooManyRows(std::string_view error) {
  return error.find("100,000") != std::string_view::npos ||
         error.find("100000") != std::string_view::npos;
}

// Status and code do not tell: such a refusal is a 400 INVALID_PARAMETER as any other, at times a
// 500. Texts seen: "Field 'x' for record 'y' was not found. Reason: NOT_EXPOSED - ..." (also
// NOT_EXISTING, REMOVED), "Record 'y' was not found.", "Unknown identifier 'x'. ...", and from the
// database below "\"X\": invalid identifier".
bool SaysUnknown(std::string_view error) {
  std::string text(error);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  constexpr std::string_view kWords[] = {"was not found", "does not exist", "not exposed",
                                         "unknown identifier", "invalid identifier"};
  return std::any_of(std::begin(kWords), std::end(kWords),
                     [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

}  // namespace trueup::connectors::netsuite
