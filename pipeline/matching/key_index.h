#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "mappings/matching_config.h"
#include "pipeline/matching/profile.h"

namespace trueup::pipeline {

using MemberId = uint32_t;

// What comparing and retrieving may know of a key: all of it a function of who has the key now.
struct KeyFacts {
  uint8_t band = 0;      // of the count of distinct names: its number of binary digits, up to the cap's
  bool generic = false;  // too many have it: it neither proves nor retrieves
  bool in_tree = false;  // members of one tree with different names share it

  friend bool operator==(const KeyFacts&, const KeyFacts&) = default;
};

// Who has which key. Counts distinct names, never records or clusters, so that duplicates do not make a value look common.
class KeyIndex {
 public:
  explicit KeyIndex(const mappings::MatchingConfig& config);

  struct Posting {
    MemberId member;
    uint32_t root;       // of the member's tree
    uint64_t name_hash;  // of its name
  };

  // Ghosts are found through keys but count for nothing.
  void Add(const Key& key, const Posting& posting, bool ghost);
  void Remove(const Key& key, MemberId member, bool ghost);

  // Keys whose members changed since the last call, with what was known of them before, in key order.
  std::map<std::string, KeyFacts> TakeTouched();

  KeyFacts FactsOf(const std::string& key) const;
  const std::vector<Posting>& MembersOf(const std::string& key) const;
  const std::vector<MemberId>& GhostsOf(const std::string& key) const;

  uint64_t keys() const { return entries_.size(); }
  uint64_t generic_keys() const { return generic_keys_; }

 private:
  struct Entry {
    Feature feature = Feature::kName;
    KeyFacts facts;
    std::vector<Posting> members;
    std::vector<MemberId> ghosts;
  };
  KeyFacts Compute(const Entry& entry) const;
  void Touch(const std::string& text, Entry& entry);

  std::array<uint32_t, kFeatures> caps_{};
  std::unordered_map<std::string, Entry> entries_;
  std::map<std::string, KeyFacts> touched_;
  uint64_t generic_keys_ = 0;
};

}  // namespace trueup::pipeline
