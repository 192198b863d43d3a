#include "daemon/audit_parts.h"

#include <algorithm>

namespace trueup::daemon {
namespace {

constexpr std::chrono::milliseconds kFirstWait = std::chrono::minutes(1);
constexpr uint32_t kMostDoublings = 20;

std::string Share(int64_t used, int64_t allowed) {
  return std::to_string(used) + " of " + std::to_string(allowed);
}

}  // namespace

std::string WhyToWait(const connectors::ApiUsage& usage) {
  if (usage.own && usage.own_allowed && *usage.own * 2 >= *usage.own_allowed) {
    return "half of the API budget is used (" + Share(*usage.own, *usage.own_allowed) +
           " calls), and the pulling has the rest";
  }
  if (usage.used && usage.allowed && *usage.used * 4 >= *usage.allowed * 3) {
    return "three quarters of the API allowance are used (" + Share(*usage.used, *usage.allowed) +
           " calls, by everybody), and the pulling has the rest";
  }
  return {};
}

std::chrono::milliseconds WaitBehindTrouble(uint32_t troubles, const Status& audited,
                                            std::chrono::milliseconds interval) {
  const auto doubled = kFirstWait * (1U << std::min(troubles - 1, kMostDoublings));
  const std::chrono::milliseconds wait = std::min(interval, doubled);
  if (audited.ok()) return wait;
  return std::max(wait, audited.error().retry_after().value_or(std::chrono::milliseconds(0)));
}

}  // namespace trueup::daemon
