#include "pipeline/matching/key_index.h"

#include <algorithm>
#include <bit>
#include <unordered_set>

namespace trueup::pipeline {
namespace {

// Caps where the config names none.
constexpr uint32_t kDefaultCap = 25;
// A key may be on this many times more members than distinct names before it stops to retrieve: hundreds of records of one
// name would otherwise all be compared with each other.
constexpr size_t kMembersPerName = 4;

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
  // Behind the cap nothing depends on the count any more, so that a key that everybody has changes nobody.
  if (facts.generic) facts.in_tree = false;
  facts.band = static_cast<uint8_t>(std::bit_width(facts.generic ? cap + 1 : names.size()));
  return facts;
}

void KeyIndex::Touch(const std::string& text, Entry& entry) {
  touched_.try_emplace(text, entry.facts);
}

void KeyIndex::Add(const Key& key, const Posting& posting, bool ghost) {
  Entry& entry = entries_[key.text];
  entry.feature = key.feature;
  Touch(key.text, entry);
  if (ghost) {
    entry.ghosts.push_back(posting.member);
  } else {
    entry.members.push_back(posting);
  }
}

void KeyIndex::Remove(const Key& key, MemberId member, bool ghost) {
  const auto found = entries_.find(key.text);
  if (found == entries_.end()) return;
  Touch(key.text, found->second);
  if (ghost) {
    std::erase(found->second.ghosts, member);
  } else {
    std::erase_if(found->second.members,
                  [&](const Posting& posting) { return posting.member == member; });
  }
}

std::map<std::string, KeyFacts> KeyIndex::TakeTouched() {
  for (const auto& [text, before] : touched_) {
    const auto found = entries_.find(text);
    if (before.generic) --generic_keys_;
    if (found->second.members.empty() && found->second.ghosts.empty()) {
      entries_.erase(found);
      continue;
    }
    found->second.facts = Compute(found->second);
    if (found->second.facts.generic) ++generic_keys_;
  }
  return std::exchange(touched_, {});
}

KeyFacts KeyIndex::FactsOf(const std::string& key) const {
  const auto found = entries_.find(key);
  return found == entries_.end() ? KeyFacts() : found->second.facts;
}

const std::vector<KeyIndex::Posting>& KeyIndex::MembersOf(const std::string& key) const {
  static const std::vector<Posting> kNone;
  const auto found = entries_.find(key);
  return found == entries_.end() ? kNone : found->second.members;
}

const std::vector<MemberId>& KeyIndex::GhostsOf(const std::string& key) const {
  static const std::vector<MemberId> kNone;
  const auto found = entries_.find(key);
  return found == entries_.end() ? kNone : found->second.ghosts;
}

}  // namespace trueup::pipeline
