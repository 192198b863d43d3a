#include "connectors/rest/errors.h"

namespace trueup::connectors::rest {

Verdict JudgeReply(int status, const HttpHeaders&, JsonValue body) {
  if (status == 304) return {};
  Verdict verdict = JudgeByStatus(status, body.exists(), WhatItSaid(body));
  if (status == 404 || status == 410) verdict.kind = ErrorKind::kRejected;
  return verdict;
}

}  // namespace trueup::connectors::rest
