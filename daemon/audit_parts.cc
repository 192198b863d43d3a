#include "daemon/audit_parts.h"

#include <algorithm>

namespace trueup::daemon {
namespace {

constexpr std::chrono::milliseconds kFirstWait = std::chrono::minutes(1);
constexpr uint32_t kMostDoublings = 20;

}  // namespace

std::chrono::milliseconds WaitBehindTrouble(uint32_t troubles, const Status& audited,
                                            std::chrono::milliseconds interval) {
  const auto doubled = kFirstWait * (1U << std::min(troubles - 1, kMostDoublings));
  const std::chrono::milliseconds wait = std::min(interval, doubled);
  if (audited.ok()) return wait;
  return std::max(wait, audited.error().retry_after().value_or(std::chrono::milliseconds(0)));
}

}  // namespace trueup::daemon
