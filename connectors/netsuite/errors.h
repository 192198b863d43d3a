#pragma once

#include "connectors/http/json_api.h"

namespace trueup::connectors::netsuite {

// What a reply of SuiteQL means. Pure.
Verdict JudgeSuiteReply(int status, const HttpHeaders& headers, JsonValue body);
// The same of the token service: whatever it refuses is the credentials.
Verdict JudgeTokenReply(int status, const HttpHeaders& headers, JsonValue body);

// Whether a reply refuses the request because the account has too many under way.
bool SaysTooManyAtOnce(JsonValue body);

// Whether a refusal is that of a query with more than 100,000 rows. It has no code of its own.
bool SaysTooManyRows(std::string_view error);

// Whether a refusal is about a column or table that there is not, or that the role may not see.
bool SaysUnknown(std::string_view error);

}  // namespace trueup::connectors::netsuite
