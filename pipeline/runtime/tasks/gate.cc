#include "pipeline/runtime/tasks/gate.h"

#include <utility>

#include "base/binary.h"
#include "base/hash.h"

namespace trueup::pipeline {

// Of a key only its hash is kept: two of a hundred million keys share one with a chance of 1e-23.
std::string Gate::StoredKey(const std::string& key) const {
  return stage_ + HashBytes(key).ToBytes();
}

void Gate::Prefetch(const std::vector<std::string>& keys, View& view) const {
  std::vector<std::string> stored;
  stored.reserve(keys.size());
  for (const std::string& key : keys) stored.push_back(StoredKey(key));
  view.Prefetch(kVersions, stored);
}

bool Gate::Pass(const std::string& key, uint64_t version, View& view) const {
  std::string stored = StoredKey(key);
  const std::string* held = view.Get(kVersions, stored);
  if (held != nullptr && version <= GetBigEndian64(*held)) return false;
  std::string bytes;
  PutBigEndian64(bytes, version);
  view.Put(kVersions, std::move(stored), std::move(bytes));
  return true;
}

}  // namespace trueup::pipeline
