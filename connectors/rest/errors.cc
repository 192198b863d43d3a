#include "connectors/rest/errors.h"

namespace trueup::connectors::rest {
namespace {

std::string_view WhatItSaid(JsonValue body) {
  for (const char* pointer : {"/error_description", "/message", "/detail", "/error/message",
                              "/errors/0/message", "/errors/0/detail", "/error", "/title"}) {
    const JsonValue value = body.At(pointer);
    if (value.is_string() && !value.text().empty()) return value.text();
  }
  return {};
}

}  // namespace

Verdict JudgeReply(int status, const HttpHeaders&, JsonValue body) {
  if (status == 304) return {};
  Verdict verdict = JudgeByStatus(status, body.exists(), WhatItSaid(body));
  if (status == 404 || status == 410) verdict.kind = ErrorKind::kRejected;
  return verdict;
}

Verdict JudgeTokenReply(int status, const HttpHeaders&, JsonValue body) {
  Verdict verdict = JudgeByStatus(status, body.exists(), WhatItSaid(body));
  if (status == 400 || status == 401 || status == 403) {
    verdict.action = Verdict::Action::kFail;
    verdict.kind = ErrorKind::kDenied;
  }
  return verdict;
}

}  // namespace trueup::connectors::rest
