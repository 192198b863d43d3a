#pragma once

#include <optional>
#include <string_view>

namespace trueup::sandbox {

// What can go wrong with a request.
enum class Fault {
  // Of every system:
  kError,        // 500
  kUnavailable,  // 503 with an HTML body
  kTooMany,      // 429 with Retry-After: 1
  kExpired,      // the token is no longer good: 401 as the system says it
  kHtml,         // 200 with HTML where JSON should be
  kCut,          // the connection ends in mid-body
  kSlow,         // the second half of the body comes a second later
  // Of Salesforce:
  kNotAcceptable,    // 406 without a body, while an instance starts
  kEnhanceYourCalm,  // 420 with an HTML body, from the edge of its network
  kQueryTimeout,     // 400 QUERY_TIMEOUT
  kDailyLimit,       // 403 REQUEST_LIMIT_EXCEEDED: the day's requests are used up
  kLostLocator,      // every locator, of a query or of a job's result, has ended
  kJobFailed,        // the job that is made fails,
  kJobAborted,       // or is aborted by somebody else
  kJobGone,          // every job is forgotten
  // Of NetSuite:
  kUnexpected,  // 500 UNEXPECTED_ERROR as JSON
  // Of both:
  kConcurrency,  // too many requests at a time: 403 REQUEST_LIMIT_EXCEEDED, 429 of NetSuite
};
constexpr int kFaults = 17;

// "500", "503", "429", "expired", "html", "cut", "slow", "406", "420", "timeout", "daily",
// "locator", "failed", "aborted", "gone", "unexpected", "concurrency".
std::string_view ToString(Fault fault);
std::optional<Fault> ParseFault(std::string_view name);

}  // namespace trueup::sandbox
