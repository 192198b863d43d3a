#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "pipeline/matching/key_index.h"
#include "pipeline/matching/profile.h"
#include "pipeline/matching/resolver.h"
#include "pipeline/matching/scoring.h"

namespace trueup::pipeline {

// A record as the resolver holds it.
struct MemberEntry {
  MemberFeatures features;  // without its values: the profile says what they say
  Profile profile;
  std::vector<KeyId> keys;
  uint32_t root = 0;  // of its tree: the id of the topmost record, by parent references
  std::vector<std::pair<MemberId, double>>
      links;            // to live members, score from `possible` on; sorted by id
  std::string account;  // that it is in now; empty: none
  bool known = false;   // false: only named by others, or forgotten
};

// The members and what connects them. Ids are given in order of first mention and mean nothing
// outside the process.
class MemberTable {
 public:
  // The id of a ref, made where it is new.
  MemberId IdOf(const Ref& ref);
  std::optional<MemberId> Find(const Ref& ref) const;
  MemberEntry& operator[](MemberId id) { return entries_[id]; }
  const MemberEntry& operator[](MemberId id) const { return entries_[id]; }
  const Ref& ref(MemberId id) const { return refs_[id]; }
  size_t size() const { return entries_.size(); }

  bool IsLive(MemberId id) const { return entries_[id].known && !entries_[id].features.ghost; }
  // Records that name this one as their parent, or that were merged into it.
  const std::set<MemberId>& ChildrenOf(MemberId id) const;
  const std::set<MemberId>& MergedInto(MemberId id) const;
  // Keeps the two sets above; call with the features before and after a change.
  void Unlink(MemberId id);
  void Link(MemberId id);

  // The record that a merged one ended up as: follows merges as long as they lead on; a circle ends
  // at its start.
  MemberId FinalOf(MemberId id) const;
  // The topmost record above; a circle gives its smallest id by ref.
  MemberId RootOf(MemberId id) const;

 private:
  std::unordered_map<Ref, MemberId> ids_;
  std::vector<Ref> refs_;
  std::deque<MemberEntry> entries_;  // large: a vector would hold them twice when it grows
  std::unordered_map<MemberId, std::set<MemberId>> children_;
  std::unordered_map<MemberId, std::set<MemberId>> merged_;
};

}  // namespace trueup::pipeline
