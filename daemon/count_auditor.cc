#include "daemon/count_auditor.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/logging.h"

namespace trueup::daemon {
namespace {

// Those that are the same in both.
CountDifferences InBoth(const CountDifferences& a, const CountDifferences& b) {
  CountDifferences both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::inserter(both, both.end()));
  return both;
}

}  // namespace

CountAuditor::CountAuditor(AuditParts parts, std::chrono::milliseconds interval)
    : parts_(std::move(parts)), interval_(interval) {}

std::optional<CountProof> CountAuditor::ProofOf(const std::string& object) const {
  const auto found = objects_.find(object);
  return found == objects_.end() ? std::nullopt : found->second.proof;
}

Result<std::optional<CountDifferences>> CountAuditor::Compare(connectors::Connector& connector,
                                                              const std::string& object,
                                                              Instant as_of, std::stop_token stop,
                                                              CountProof& proof) const {
  const std::vector<Instant> bounds = CreationBounds(as_of);
  TRUEUP_ASSIGN(const auto counted, connector.CountCreated(object, bounds, std::move(stop)));
  if (!counted) return std::optional<CountDifferences>();
  TRUEUP_ASSIGN(const auto store, parts_.open_state());
  TRUEUP_ASSIGN(const auto created, ReadCreated(*store, parts_.system, object));
  CountDifferences differences = CompareCounts(created, bounds, *counted);
  proof.at = parts_.clock->Now();
  proof.as_of = as_of;
  proof.windows = bounds.size();
  proof.differing = differences.size();
  proof.counted = std::accumulate(counted->begin(), counted->end(), uint64_t{0});
  return std::optional(std::move(differences));
}

Result<bool> CountAuditor::Run(connectors::Connector& connector, const std::string& object,
                               Instant as_of, std::stop_token stop) {
  Object& known = objects_[object];
  const Instant now = parts_.clock->Now();
  if (known.next && now < *known.next) return false;
  known.next = now + interval_;
  if (!WhyToWait(connector.Usage()).empty()) return false;
  CountProof proof;
  TRUEUP_ASSIGN(auto differences,
                Compare(connector, object, as_of - kSettling, std::move(stop), proof));
  if (!differences) return false;
  known.proof = proof;
  const CountDifferences before = std::exchange(known.differences, *std::move(differences));
  const CountDifferences stay = InBoth(before, known.differences);
  if (stay != known.differences) known.next = now;
  known.listed = InBoth(known.listed, known.differences);
  if (std::includes(known.listed.begin(), known.listed.end(), stay.begin(), stay.end())) {
    return false;
  }
  known.listed = stay;
  LogWarning("audit", parts_.system + "/" + object + ": counts by time of creation differ in " +
                          std::to_string(stay.size()) + " windows; listing ids");
  return true;
}

}  // namespace trueup::daemon
