#include "tests/sandbox/server/faults.h"

namespace trueup::sandbox {

std::optional<Fault> ParseFault(std::string_view name) {
  static constexpr std::string_view kNames[] = {"500",  "503",     "429",        "expired",
                                                "html", "cut",     "slow",       "406",
                                                "420",  "timeout", "concurrency"};
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if (kNames[i] == name) return static_cast<Fault>(i);
  }
  return std::nullopt;
}

std::optional<FaultProfile> ParseFaultProfile(std::string_view name) {
  if (name == "none") return FaultProfile::kNone;
  if (name == "flaky") return FaultProfile::kFlaky;
  if (name == "nasty") return FaultProfile::kNasty;
  return std::nullopt;
}

std::optional<Fault> Faults::Next(System system, const std::string& path,
                                  const std::string& request) {
  const std::lock_guard lock(mutex_);
  for (size_t i = 0; i < planned_.size(); ++i) {
    Planned& planned = planned_[i];
    if (planned.system != system || path.find(planned.path) == std::string::npos) continue;
    const Fault fault = planned.fault;
    if (--planned.left == 0) planned_.erase(planned_.begin() + static_cast<ptrdiff_t>(i));
    return fault;
  }
  if (profile_ == FaultProfile::kNone || just_failed_.erase(request) > 0) return std::nullopt;
  if (!random_.Chance(profile_ == FaultProfile::kFlaky ? 0.04 : 0.25)) return std::nullopt;
  just_failed_.insert(request);
  return Choose(system, path);
}

Fault Faults::Choose(System system, const std::string& path) {
  const bool is_query =
      path.find("/query") != std::string::npos && path.find("/jobs/") == std::string::npos;
  const bool all = profile_ == FaultProfile::kNasty && system == System::kSalesforce && is_query;
  const auto fault = static_cast<Fault>(random_.Below(all ? kAllFaults : kCommonFaults));
  // A service account's token does not run out by itself: only a plan can make Sky refuse it.
  return fault == Fault::kExpired && system == System::kSky ? Fault::kError : fault;
}

void Faults::Plan(System system, Fault fault, int count, std::string path) {
  const std::lock_guard lock(mutex_);
  if (count > 0) planned_.push_back({system, fault, count, std::move(path)});
}

void Faults::SetProfile(FaultProfile profile) {
  const std::lock_guard lock(mutex_);
  profile_ = profile;
}

void Faults::SetDown(System system, bool down) {
  const std::lock_guard lock(mutex_);
  down_[static_cast<size_t>(system)] = down;
}

bool Faults::IsDown(System system) const {
  const std::lock_guard lock(mutex_);
  return down_[static_cast<size_t>(system)];
}

}  // namespace trueup::sandbox
