#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/sandbox/server/fault.h"
#include "tests/sandbox/world/calendar.h"

namespace trueup::sandbox {

// A request and a reply without any transport, so that a system can be tested without a socket.
struct HttpRequest {
  std::string method;
  std::string path;    // decoded, without the query
  std::string origin;  // "http://127.0.0.1:18080"
  std::vector<std::pair<std::string, std::string>> query;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  std::string Header(const std::string& lower_case_name) const;
  std::string Param(std::string_view name) const;
  // The fields of a form body; empty for other bodies.
  std::map<std::string, std::string> Form() const;
};

struct HttpReply {
  int status = 200;
  std::string body;
  std::string content_type = "application/json";  // the server zips no other spelling of it
  std::vector<std::pair<std::string, std::string>> headers;
};

// One simulated system. Handle() is called from several threads at once.
class SystemServer {
 public:
  virtual ~SystemServer() = default;
  virtual HttpReply Handle(const HttpRequest& request) = 0;
  // Forgets all sessions: the next call with an old token is refused.
  virtual void ExpireTokens() = 0;
  // Lets one of its own faults happen: the refusal as this system words it, or nothing where the
  // request goes on and meets what has changed (a token that expired, a job that will fail).
  virtual std::optional<HttpReply> Fail(Fault fault) = 0;

  // Requests that are being worked on, this one included; kept by whoever calls Handle().
  std::atomic<int> in_flight{0};
};

// The real time in seconds, handed in because credentials live by it and the world does not.
using WallClock = std::function<Seconds()>;

// "Basic a2V5OnNlY3JldA==" -> {key, secret}.
std::optional<std::pair<std::string, std::string>> ReadBasicAuth(std::string_view header);
// The token of "Bearer xyz"; empty for anything else.
std::string_view ReadBearer(std::string_view header);
// `text` as a JSON string with its quotes.
void AppendJsonString(std::string_view text, std::string* out);

}  // namespace trueup::sandbox
