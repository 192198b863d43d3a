#include "pipeline/runtime/tasks/gate.h"

#include <utility>

#include "base/binary.h"
#include "base/hash.h"

namespace trueup::pipeline {

std::vector<bool> Gate::Pass(const std::vector<Arrival>& arrivals, View& view) const {
  // Of a key only its hash is kept: two of a hundred million keys share one with a chance of 1e-23.
  std::vector<std::string> stored;
  stored.reserve(arrivals.size());
  for (const Arrival& arrival : arrivals) {
    stored.push_back(stage_ + HashBytes(arrival.key).ToBytes());
  }
  view.Prefetch(kVersions, stored);
  std::vector<bool> passed(arrivals.size());
  for (size_t i = 0; i < arrivals.size(); ++i) {
    const std::string* held = view.Get(kVersions, stored[i]);
    passed[i] = held == nullptr || arrivals[i].version > GetBigEndian64(*held);
    if (!passed[i]) continue;
    std::string bytes;
    PutBigEndian64(bytes, arrivals[i].version);
    view.Put(kVersions, std::move(stored[i]), std::move(bytes));
  }
  return passed;
}

}  // namespace trueup::pipeline
