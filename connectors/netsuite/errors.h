#pragma once

#include "connectors/http/json_api.h"

namespace trueup::connectors::netsuite {

// What a reply of SuiteQL means. Pure.
Verdict JudgeSuiteReply(int status, const HttpHeaders& headers, JsonValue body);
// The same of the token service: whatever it refuses is the credentials.
Verdict JudgeTokenReply(int status, const HttpHeaders& headers, JsonValue body);

}  // namespace trueup::connectors::netsuite
