#pragma once

#include "connectors/http/json_api.h"

namespace trueup::connectors::rest {

// What a reply means: as JudgeByStatus, with what common forms of error bodies say. 404 and 410
// are kRejected, because for a single record it means that there is none; 304 is accepted, and
// comes only where it was asked for. Pure.
Verdict JudgeReply(int status, const HttpHeaders& headers, JsonValue body);

}  // namespace trueup::connectors::rest
