#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "connectors/http/http_client.h"
#include "connectors/http/retry.h"
#include "connectors/http/token_source.h"

namespace trueup::connectors {

// A reply with its body parsed, once; null where the judge accepted a body that is no JSON, or a
// 304 without one.
struct JsonReply {
  int status = 0;
  HttpHeaders headers;
  JsonDocument body;
};

// What a reply means. A judge makes it from status, headers and body; it is pure and tested by a
// table.
struct Verdict {
  enum class Action {
    kAccept,  // give it to the caller, whatever its status
    kRetry,   // passing trouble: again, and kTransient with this text after the last attempt
    kRenew,  // the credential is refused: renew it and try again; kDenied with this text where that
             // does not help
    kFail,   // final: `kind` and this text
  };
  Action action = Action::kAccept;
  ErrorKind kind = ErrorKind::kInvalid;
  std::string text;  // what the server said, for people; without the request's name
  std::optional<std::chrono::milliseconds>
      retry_after;  // besides the Retry-After header, which JsonApi reads
};

// `body` is the root of the parsed body, or a missing value where the body is no JSON.
using Judge = std::function<Verdict(int status, const HttpHeaders& headers, JsonValue body)>;

// What an error's body says for people, in the forms that are common; empty where it says nothing.
std::string_view WhatItSaid(JsonValue body);

// The plain meaning of a status: 2xx is fine if the body is JSON (a web page instead is passing
// trouble: kRetry), 401 renews, 403 is denied, 408, 420, 425, 429 and 5xx are tried again, 414 and
// 431 and the rest of 4xx are invalid, and so is 3xx. `said` is what the body said, if anything.
Verdict JudgeByStatus(int status, bool json, std::string_view said);

// Calls one API: authorises, sends, judges, renews the credential once per refused one, and tries
// again within the policy's limits. Safe from any thread.
class JsonApi {
 public:
  struct Parts {
    std::shared_ptr<HttpClient> http;
    std::shared_ptr<Authorizer> authorizer;  // may be null: sent as it is
    std::shared_ptr<Clock> clock;
    Random random;
    RetryPolicy policy;
    Judge judge;
  };
  explicit JsonApi(Parts parts) : parts_(std::move(parts)) {}

  // Errors are as Verdict says, and the client's own; they name the request. kTransient carries
  // retry_after where the server gave one. kUncertain never comes: every call here reads.
  Result<JsonReply> Call(const HttpRequest& request, std::stop_token stop);

  // The same where the wanted body is no JSON, or none: it comes as it is. The judge sees it parsed
  // only where the reply says that it is JSON (an error), so it goes by status and headers.
  Result<HttpResponse> CallRaw(const HttpRequest& request, std::stop_token stop);

  // Requests sent by this object, retries included.
  uint64_t calls() const { return calls_.load(std::memory_order_relaxed); }

 private:
  enum class Form { kJson, kRaw };
  // What one attempt brought: a verdict, and the reply that it is about.
  struct Attempt {
    Verdict verdict;
    HttpResponse response;             // its body only in raw form
    std::optional<JsonDocument> body;  // where it is JSON
    std::string credential;            // that it was authorised with
  };
  // An error is final; a transport failure that may pass is a verdict.
  Result<Attempt> TryOnce(HttpRequest request, Form form, std::stop_token stop);
  // The attempt that was accepted.
  Result<Attempt> TryUntilAccepted(const HttpRequest& request, Form form, std::stop_token stop);

  Parts parts_;
  std::atomic<uint64_t> calls_{0};
};

}  // namespace trueup::connectors
