#include "connectors/http/json_api.h"

#include <utility>

namespace trueup::connectors {
namespace {

// A service may refuse a token that it gave a moment ago (nodes that lag behind), but not for ever.
constexpr int kMaxRenewals = 3;

Error Failure(const HttpRequest& request, ErrorKind kind, const std::string& text) {
  return {kind, NameOf(request) + ": " + text};
}

Error GivenUp(const HttpRequest& request, const Verdict& verdict, int attempts) {
  Error error = Failure(request, ErrorKind::kTransient,
                        verdict.text + " (attempts: " + std::to_string(attempts) + ")");
  if (!verdict.retry_after) return error;
  return std::move(error).RetryAfter(*verdict.retry_after);
}

Error Final(const HttpRequest& request, const Verdict& verdict) {
  Error error = Failure(request, verdict.kind, verdict.text);
  if (!verdict.retry_after) return error;
  return std::move(error).RetryAfter(*verdict.retry_after);
}

std::string WithSaid(std::string text, std::string_view said) {
  if (!said.empty()) text += ": " + std::string(said);
  return text;
}

bool SaysJson(const HttpHeaders& headers) {
  return headers.Find("Content-Type").value_or("").starts_with("application/json");
}

bool PassingStatus(int status) {
  return status == 408 || status == 420 || status == 425 || status == 429 || status >= 500;
}

}  // namespace

std::string_view WhatItSaid(JsonValue body) {
  for (const char* pointer : {"/error_description", "/message", "/detail", "/error/message",
                              "/errors/0/message", "/errors/0/detail", "/error", "/title"}) {
    const JsonValue value = body.At(pointer);
    if (value.is_string() && !value.text().empty()) return value.text();
  }
  return {};
}

Verdict JudgeByStatus(int status, bool json, std::string_view said) {
  using Action = Verdict::Action;
  const auto verdict = [&](Action action, ErrorKind kind, std::string text) {
    return Verdict{action, kind, WithSaid(std::move(text), said), std::nullopt};
  };
  const std::string answered = "answered with status " + std::to_string(status);
  if (status >= 200 && status < 300) {
    if (json) return {};
    return verdict(Action::kRetry, ErrorKind::kTransient,
                   "answered with something that is not JSON");
  }
  if (PassingStatus(status)) return verdict(Action::kRetry, ErrorKind::kTransient, answered);
  if (status == 401) {
    return verdict(Action::kRenew, ErrorKind::kDenied, "refused the credentials (401)");
  }
  if (status == 403) return verdict(Action::kFail, ErrorKind::kDenied, "denied access (403)");
  if (status == 414 || status == 431) {
    return verdict(Action::kFail, ErrorKind::kInvalid,
                   "refused the request as too long (" + std::to_string(status) + ")");
  }
  if (status >= 300 && status < 400) {
    return verdict(Action::kFail, ErrorKind::kInvalid,
                   answered + ", a redirect, which is never followed; set the final address");
  }
  return verdict(Action::kFail, ErrorKind::kInvalid, answered);
}

Result<JsonApi::Attempt> JsonApi::TryOnce(HttpRequest request, Form form, std::stop_token stop) {
  Attempt attempt;
  if (parts_.authorizer) {
    TRUEUP_ASSIGN(attempt.credential, parts_.authorizer->Authorize(request, stop));
  }
  calls_.fetch_add(1, std::memory_order_relaxed);
  auto sent = parts_.http->Send(request, stop);
  if (!sent.ok()) {
    if (sent.error().kind() != ErrorKind::kTransient) return std::move(sent).error();
    attempt.verdict = {Verdict::Action::kRetry, ErrorKind::kTransient, sent.error().message(),
                       sent.error().retry_after()};
    return attempt;
  }
  attempt.response = std::move(sent).value();
  HttpResponse& response = attempt.response;
  if (form == Form::kJson || SaysJson(response.headers)) {
    auto body = JsonDocument::Parse(form == Form::kJson ? std::move(response.body) : response.body);
    if (body.ok()) attempt.body = std::move(body).value();
  }
  attempt.verdict = parts_.judge(response.status, response.headers,
                                 attempt.body ? attempt.body->root() : JsonValue());
  if (const auto header = response.headers.Find("Retry-After");
      header && !attempt.verdict.retry_after) {
    attempt.verdict.retry_after = ParseRetryAfter(*header, parts_.clock->Now());
  }
  return attempt;
}

Result<JsonApi::Attempt> JsonApi::TryUntilAccepted(const HttpRequest& request, Form form,
                                                   std::stop_token stop) {
  const auto start = parts_.clock->Elapsed();
  int renewals = 0;
  for (int number = 1;; ++number) {
    TRUEUP_ASSIGN(Attempt attempt, TryOnce(request, form, stop));
    Verdict& verdict = attempt.verdict;
    if (verdict.action == Verdict::Action::kAccept) return attempt;
    if (verdict.action == Verdict::Action::kFail) return Final(request, verdict);
    if (verdict.action == Verdict::Action::kRenew) {
      if (!parts_.authorizer || ++renewals > kMaxRenewals) {
        return Failure(request, ErrorKind::kDenied, verdict.text);
      }
      TRUEUP_ASSIGN(const bool renewed, parts_.authorizer->Renew(attempt.credential, stop));
      if (!renewed) return Failure(request, ErrorKind::kDenied, verdict.text);
      --number;  // the policy's attempts are for the trouble of the network and the server
      continue;
    }
    const auto elapsed =
        std::chrono::duration_cast<std::chrono::milliseconds>(parts_.clock->Elapsed() - start);
    const FailedAttempt failed{number, true, elapsed, verdict.retry_after};
    const auto wait = NextWait(parts_.policy, failed, parts_.random());
    if (!wait) return GivenUp(request, verdict, number);
    if (!parts_.clock->Wait(*wait, stop)) {
      return Failure(request, ErrorKind::kCancelled, "stopped while waiting to try again");
    }
  }
}

Result<JsonReply> JsonApi::Call(const HttpRequest& request, std::stop_token stop) {
  TRUEUP_ASSIGN(Attempt attempt, TryUntilAccepted(request, Form::kJson, stop));
  if (!attempt.body) {
    TRUEUP_ASSIGN(attempt.body, JsonDocument::Parse("null"));
  }
  return JsonReply{attempt.response.status, std::move(attempt.response.headers),
                   *std::move(attempt.body)};
}

Result<HttpResponse> JsonApi::CallRaw(const HttpRequest& request, std::stop_token stop) {
  TRUEUP_ASSIGN(Attempt attempt, TryUntilAccepted(request, Form::kRaw, stop));
  return std::move(attempt.response);
}

}  // namespace trueup::connectors
