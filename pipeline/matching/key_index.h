#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/hash.h"
#include "mappings/matching_config.h"
#include "pipeline/matching/profile.h"

namespace trueup::pipeline {

using MemberId = uint32_t;

// What comparing and retrieving may know of a key: all of it a function of who has the key now.
struct KeyFacts {
  uint8_t band = 0;  // of the count of distinct names: its number of binary digits, up to the cap's
  bool generic = false;    // too many have it: it proves nothing
  bool retrieves = false;  // few enough have it that those who do are compared
  bool in_tree = false;    // members of one tree with different names share it

  friend bool operator==(const KeyFacts&, const KeyFacts&) = default;
};

// Who has which key. Counts distinct names, never records or clusters, so that duplicates do not
// make a value look common.
class KeyIndex {
 public:
  explicit KeyIndex(const mappings::MatchingConfig& config);

  struct Posting {
    MemberId member;
    uint32_t root;       // of the member's tree
    uint64_t name_hash;  // of its name
  };

  // The number of a key. It is the key's for as long as anybody has it: a number that nobody was
  // added to is free again at the next TakeChanged.
  KeyId Intern(Feature feature, std::string_view text);
  // The same of a key that somebody has; kNoKey: nobody has it.
  KeyId Find(std::string_view text) const;

  // Ghosts are found through keys but count for nothing.
  void Add(KeyId key, const Posting& posting, bool ghost);
  void Remove(KeyId key, MemberId member, bool ghost);

  // Keys of which something else is known than at the last call, because of who has them now.
  std::vector<KeyId> TakeChanged();

  const KeyFacts& FactsOf(KeyId key) const { return entries_[key].facts; }
  const std::vector<Posting>& MembersOf(KeyId key) const { return entries_[key].members; }
  const std::vector<MemberId>& GhostsOf(KeyId key) const { return entries_[key].ghosts; }

  uint64_t keys() const { return ids_.size(); }
  uint64_t generic_keys() const { return generic_keys_; }

 private:
  struct Entry {
    Hash128 hash;  // key in ids_
    Feature feature = Feature::kName;
    bool touched = false;
    KeyFacts facts;
    std::vector<Posting> members;
    std::vector<MemberId> ghosts;
  };
  KeyFacts Compute(const Entry& entry) const;
  void Touch(KeyId key);
  void Free(KeyId key);

  std::array<uint32_t, kFeatures> caps_{};
  // By hash of the text: texts would take half of the index, and 128 bits do not collide.
  struct LowHalf {
    size_t operator()(const Hash128& hash) const { return hash.low; }
  };
  std::unordered_map<Hash128, KeyId, LowHalf> ids_;
  std::vector<Entry> entries_;  // by number
  std::vector<KeyId> free_;
  std::vector<KeyId> touched_;
  uint64_t generic_keys_ = 0;
};

}  // namespace trueup::pipeline
