#include "base/error.h"

namespace trueup {

std::string_view ToString(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kTransient: return "transient";
    case ErrorKind::kUncertain: return "uncertain";
    case ErrorKind::kConflict: return "conflict";
    case ErrorKind::kRejected: return "rejected";
    case ErrorKind::kDenied: return "denied";
    case ErrorKind::kInvalid: return "invalid";
    case ErrorKind::kCorrupt: return "corrupt";
    case ErrorKind::kCancelled: return "cancelled";
  }
  return "unknown";
}

Error Error::RetryAfter(std::chrono::milliseconds wait) && {
  retry_after_ = wait;
  return std::move(*this);
}

Error Error::In(std::string_view context) && {
  message_.insert(0, ": ").insert(0, context);
  return std::move(*this);
}

}  // namespace trueup
