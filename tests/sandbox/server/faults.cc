#include "tests/sandbox/server/faults.h"

#include <iterator>

namespace trueup::sandbox {
namespace {

// What a request is for: bits, so that a kind of fault can have several places.
enum Place : unsigned {
  kSignIn = 1,
  kQuery = 2,      // its first page,
  kLaterPage = 4,  // and those behind it
  kNewJob = 8,
  kJobResult = 16,
  kElsewhere = 32,
};
constexpr unsigned kData = kQuery | kLaterPage | kNewJob | kJobResult | kElsewhere;
constexpr unsigned kAnywhere = kSignIn | kData;

Place PlaceOf(std::string_view path) {
  const auto holds = [&](std::string_view part) { return path.find(part) != path.npos; };
  if (holds("/oauth2/")) return kSignIn;
  if (holds("/jobs/")) {
    return path.ends_with("/jobs/query") ? kNewJob : holds("/results") ? kJobResult : kElsewhere;
  }
  if (holds("/query/0r8")) return kLaterPage;
  return holds("/query") ? kQuery : kElsewhere;
}

// Which faults there are, in the order of the enumeration, and what of which system they strike.
struct Kind {
  std::string_view name;
  bool flaky;  // the profile of that name strikes with it too
  unsigned salesforce;
  unsigned netsuite;
  unsigned sky;
};
constexpr Kind kKinds[] = {
    {"500", true, kAnywhere, kAnywhere, kAnywhere},
    {"503", true, kAnywhere, kAnywhere, kAnywhere},
    {"429", true, kAnywhere, kAnywhere, kAnywhere},
    // A service account's token does not run out by itself: only a plan can make Sky refuse it.
    {"expired", true, kData, kData, 0},
    {"html", true, kAnywhere, kAnywhere, kAnywhere},
    {"cut", true, kAnywhere, kAnywhere, kAnywhere},
    {"slow", true, kAnywhere, kAnywhere, kAnywhere},
    {"406", false, kData, 0, 0},
    {"420", false, kData, 0, 0},
    {"timeout", false, kQuery | kLaterPage, 0, 0},
    {"daily", false, kLaterPage, 0, 0},
    {"locator", false, kLaterPage | kJobResult, 0, 0},
    {"failed", false, kNewJob, 0, 0},
    {"aborted", false, kNewJob, 0, 0},
    {"gone", false, kJobResult, 0, 0},
    {"unexpected", false, 0, kQuery, 0},
    {"concurrency", false, kQuery | kLaterPage, kQuery, 0},
};
static_assert(std::size(kKinds) == kFaults);

const Kind& KindOf(Fault fault) { return kKinds[static_cast<size_t>(fault)]; }

unsigned PlacesOf(System system, const Kind& kind) {
  switch (system) {
    case System::kSalesforce: return kind.salesforce;
    case System::kNetsuite: return kind.netsuite;
    case System::kSky: return kind.sky;
  }
  return 0;
}

}  // namespace

std::string_view ToString(Fault fault) { return KindOf(fault).name; }

std::optional<Fault> ParseFault(std::string_view name) {
  for (size_t i = 0; i < std::size(kKinds); ++i) {
    if (kKinds[i].name == name) return static_cast<Fault>(i);
  }
  return std::nullopt;
}

std::optional<FaultProfile> ParseFaultProfile(std::string_view name) {
  if (name == "none") return FaultProfile::kNone;
  if (name == "flaky") return FaultProfile::kFlaky;
  if (name == "nasty") return FaultProfile::kNasty;
  return std::nullopt;
}

bool Knows(System system, Fault fault) {
  return fault == Fault::kExpired || PlacesOf(system, KindOf(fault)) != 0;
}

std::optional<Fault> Faults::Next(System system, const std::string& path,
                                  const std::string& request) {
  const std::lock_guard lock(mutex_);
  const auto fault = Decide(system, path, request);
  if (fault) ++struck_[static_cast<size_t>(system)][std::string(ToString(*fault))];
  return fault;
}

std::optional<Fault> Faults::Decide(System system, const std::string& path,
                                    const std::string& request) {
  if (const auto planned = TakePlanned(system, path)) return planned;
  if (profile_ == FaultProfile::kNone || just_failed_.erase(request) > 0) return std::nullopt;
  if (!random_.Chance(profile_ == FaultProfile::kFlaky ? 0.04 : 0.25)) return std::nullopt;
  std::vector<Fault> fitting;
  for (int i = 0; i < kFaults; ++i) {
    const bool strikes = profile_ == FaultProfile::kNasty || kKinds[i].flaky;
    if (strikes && (PlacesOf(system, kKinds[i]) & PlaceOf(path)) != 0) {
      fitting.push_back(static_cast<Fault>(i));
    }
  }
  just_failed_.insert(request);
  return fitting[random_.Below(fitting.size())];
}

std::optional<Fault> Faults::TakePlanned(System system, const std::string& path) {
  for (auto planned = planned_.begin(); planned != planned_.end(); ++planned) {
    if (planned->system != system || path.find(planned->path) == std::string::npos) continue;
    const Fault fault = planned->fault;
    if (--planned->left == 0) planned_.erase(planned);
    return fault;
  }
  return std::nullopt;
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

std::map<std::string, size_t> Faults::Struck(System system) const {
  const std::lock_guard lock(mutex_);
  return struck_[static_cast<size_t>(system)];
}

}  // namespace trueup::sandbox
