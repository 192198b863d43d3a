#pragma once

#include <string_view>

#include "tests/sandbox/server/http.h"

namespace trueup::sandbox {

// An error as every call but the token's says it: an array with one.
inline HttpReply ErrorReply(int status, std::string_view code, std::string_view message) {
  HttpReply reply;
  reply.status = status;
  reply.body = "[{\"message\":";
  AppendJsonString(message, &reply.body);
  reply.body += ",\"errorCode\":";
  AppendJsonString(code, &reply.body);
  reply.body += "}]";
  return reply;
}

}  // namespace trueup::sandbox
