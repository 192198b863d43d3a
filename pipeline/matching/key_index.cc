#include "pipeline/matching/key_index.h"

#include <algorithm>
#include <bit>
#include <unordered_set>
#include <utility>

namespace trueup::pipeline {
namespace {

// Caps where the config names none.
constexpr uint32_t kDefaultCap = 25;
// A key may be on this many times more members than distinct names before it stops to retrieve:
// hundreds of records of one name would otherwise all be compared with each other.
constexpr size_t kMembersPerName = 4;
// A word that more names than this have finds nobody: names that share only such words are no
// match, and those that share more are found by that.
constexpr size_t kRetrievingNames = 24;

}  // namespace

KeyIndex::KeyIndex(const mappings::MatchingConfig& config) {
  for (size_t i = 0; i < kFeatures; ++i) {
    const auto cap = config.generic.find(std::string(ToString(static_cast<Feature>(i))));
    caps_[i] = cap == config.generic.end() ? kDefaultCap : cap->second;
  }
}

KeyFacts KeyIndex::Compute(const Entry& entry) const {
  const uint32_t cap = caps_[static_cast<size_t>(entry.feature)];
  std::unordered_set<uint64_t> names;
  std::unordered_map<uint32_t, uint64_t> name_of_root;
  KeyFacts facts;
  for (const Posting& posting : entry.members) {
    names.insert(posting.name_hash);
    const auto [known, made] = name_of_root.try_emplace(posting.root, posting.name_hash);
    if (!made && known->second != posting.name_hash) facts.in_tree = true;
    if (names.size() > cap) break;
  }
  facts.generic = names.size() > cap || entry.members.size() > kMembersPerName * size_t{cap};
  // Behind the cap nothing depends on the count any more, so that a key that everybody has changes
  // nobody.
  if (facts.generic) facts.in_tree = false;
  facts.band = static_cast<uint8_t>(std::bit_width(facts.generic ? cap + 1 : names.size()));
  facts.retrieves =
      !facts.generic && (entry.feature != Feature::kName || names.size() <= kRetrievingNames);
  return facts;
}

KeyId KeyIndex::Intern(Feature feature, std::string_view text) {
  const Hash128 hash = HashBytes(text);
  const auto [place, made] = ids_.try_emplace(hash, kNoKey);
  if (!made) return place->second;
  if (free_.empty()) {
    place->second = static_cast<KeyId>(entries_.size());
    entries_.emplace_back();
  } else {
    place->second = free_.back();
    free_.pop_back();
  }
  Entry& entry = entries_[place->second];
  entry.hash = hash;
  entry.feature = feature;
  Touch(place->second);
  return place->second;
}

KeyId KeyIndex::Find(std::string_view text) const {
  const auto found = ids_.find(HashBytes(text));
  return found == ids_.end() ? kNoKey : found->second;
}

void KeyIndex::Touch(KeyId key) {
  if (std::exchange(entries_[key].touched, true)) return;
  touched_.push_back(key);
}

void KeyIndex::Free(KeyId key) {
  ids_.erase(entries_[key].hash);
  entries_[key] = {};
  free_.push_back(key);
}

void KeyIndex::Add(KeyId key, const Posting& posting, bool ghost) {
  Touch(key);
  if (ghost) {
    entries_[key].ghosts.push_back(posting.member);
  } else {
    entries_[key].members.push_back(posting);
  }
}

void KeyIndex::Remove(KeyId key, MemberId member, bool ghost) {
  Touch(key);
  if (ghost) {
    std::erase(entries_[key].ghosts, member);
  } else {
    std::erase_if(entries_[key].members,
                  [&](const Posting& posting) { return posting.member == member; });
  }
}

std::vector<KeyId> KeyIndex::TakeChanged() {
  std::vector<KeyId> changed;
  for (const KeyId key : std::exchange(touched_, {})) {
    Entry& entry = entries_[key];
    entry.touched = false;
    if (entry.facts.generic) --generic_keys_;
    if (entry.members.empty() && entry.ghosts.empty()) {
      Free(key);
      continue;
    }
    const KeyFacts before = std::exchange(entry.facts, Compute(entry));
    if (entry.facts.generic) ++generic_keys_;
    if (!(entry.facts == before)) changed.push_back(key);
  }
  return changed;
}

}  // namespace trueup::pipeline
