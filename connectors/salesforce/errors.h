#pragma once

#include <string_view>

#include "base/json.h"
#include "connectors/http/json_api.h"

namespace trueup::connectors::salesforce {

// The errorCode of an error body ("INVALID_FIELD"), or "" where it is none.
std::string_view ErrorCodeOf(JsonValue body);
// Whether it says that deletions cannot be asked for as far back, or are too many to be told.
bool IsOutOfReach(JsonValue body);

// Whether a query of that errorCode names what there is not, or what the user may not read.
bool NamesWhatIsHidden(std::string_view code);

// What a reply of the REST API means. Kinds come from the body first: Salesforce sends a used-up
// allowance as a 403. Errors that the connector itself has an answer to (QUERY_TIMEOUT,
// INVALID_QUERY_LOCATOR, what is hidden, 414, 431) are accepted, with their status; so are a CSV
// page and a 204.
Verdict JudgeReply(int status, const HttpHeaders& headers, JsonValue body);

// What a reply of the token endpoint means.
Verdict JudgeTokenReply(int status, const HttpHeaders& headers, JsonValue body);

}  // namespace trueup::connectors::salesforce
