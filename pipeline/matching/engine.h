#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "mappings/catalog.h"
#include "pipeline/matching/key_index.h"
#include "pipeline/matching/profile.h"
#include "pipeline/matching/resolver.h"
#include "pipeline/matching/scoring.h"
#include "pipeline/matching/state.h"

namespace trueup::pipeline {

using ClusterId = uint64_t;

// The working set of the resolver and the steps of one batch, in the order in which they run:
//
//   Take       inputs -> members, keys, trees; who must be compared again (redo.cc)
//   Relink     compares them with whoever shares a key (redo.cc)
//   Recluster  groups the components that this touched (recluster.cc)
//   Retarget   finds where ghosts belong now (recluster.cc)
//   Rosters    names the accounts and places them in their trees (rosters.cc)
//   Possible   finds which pairs are, and no longer are, possible duplicates (possible.cc)
//
// and, unless the state is being loaded, reports what changed.
struct Engine {
  Engine(std::shared_ptr<const mappings::Catalog> catalog, int threads);

  // Without `report` the output is empty.
  ResolveOutput Apply(std::vector<ResolveInput> inputs, bool report);

  using Pair = std::pair<MemberId, MemberId>;  // by refs: smaller first

  // --- what a batch has touched so far
  struct Batch {
    std::set<MemberId> redo;                // to be compared anew, ghosts too
    std::set<MemberId> touched;             // live or once live, whose cluster may be another now
    std::set<MemberId> ghosts;              // to be given a target anew
    std::set<ClusterId> dirty;              // clusters whose roster must be made anew
    std::map<std::string, Roster> rosters;  // of accounts that may change, as they were; by id
    std::map<MemberId, std::string> accounts_before;  // of members whose account changed
    std::set<Pair> stated;     // possible duplicates, whether or not they were before
    std::set<Pair> withdrawn;  // possible duplicates that are none any more
  };

  // redo.cc
  void Take(std::vector<ResolveInput> inputs, Batch& batch);
  void TakeFeatures(ResolveInput input, Batch& batch);
  void TakeDecision(const PairDecision& decision, Batch& batch);
  void Index(MemberId id, bool add);
  void UpdateRoots(const std::set<MemberId>& changed, Batch& batch);
  void FindRedo(Batch& batch);
  void Relink(Batch& batch);
  // Whom a member is linked to; of two members that are compared anew only the first finds the
  // second.
  std::vector<std::pair<MemberId, double>> LinksOf(MemberId id, const std::vector<bool>& redone,
                                                   uint64_t& scored) const;
  void DropLinks(MemberId id, Batch& batch);

  // recluster.cc
  void Recluster(Batch& batch);
  std::vector<MemberId> ComponentOf(MemberId start, std::set<MemberId>& seen) const;
  void ReplaceClusters(const std::vector<MemberId>& component, Batch& batch);
  void DissolveCluster(ClusterId id, Batch& batch);
  void Retarget(Batch& batch);
  std::optional<MemberId> TargetOf(MemberId ghost) const;
  void SetTarget(MemberId ghost, std::optional<MemberId> target, Batch& batch);
  bool Apart(MemberId a, MemberId b) const;

  // rosters.cc
  void NameAccounts(Batch& batch);
  void SetAccount(MemberId id, const std::string& account, Batch& batch);
  std::set<ClusterId> WithDescendants(const Batch& batch) const;
  void PlaceInTree(const std::set<ClusterId>& placed, Batch& batch);
  void FindParent(Roster& roster) const;
  void FindAncestors(Roster& roster) const;
  void Report(const Batch& batch, const std::set<ClusterId>& placed, ResolveOutput& output) const;

  // possible.cc
  void FindPossible(const std::set<MemberId>& concerned, Batch& batch);
  void ReportPossible(const Batch& batch, ResolveOutput& output) const;
  bool ArePossible(MemberId a, MemberId b) const;  // REQUIRES: they are linked, both live
  std::string PossibleId(const Pair& pair) const;
  Condition PossibleDuplicate(const Pair& pair) const;
  std::vector<Condition> AllPossible() const;  // sorted by id

  // The texts of a member's keys, by number.
  std::map<KeyId, std::string> KeyTexts(MemberId id) const;

  Comparand ComparandOf(MemberId id) const {
    return {&members.ref(id), &members[id].profile, members[id].root};
  }
  std::optional<PairDecision::Verdict> DecisionOn(MemberId a, MemberId b) const;

  struct ClusterEntry {
    std::vector<MemberId> members;  // sorted by ref
    Roster roster;
  };

  const std::shared_ptr<const mappings::Catalog> catalog;
  const mappings::MatchingConfig& config;
  const int threads;
  Profiler profiler;
  KeyIndex index;
  Scorer scorer;
  MemberTable members;
  std::unordered_map<MemberId, std::map<MemberId, PairDecision::Verdict>> decisions;
  std::unordered_map<MemberId, std::set<MemberId>>
      ghost_links;                                 // live member -> ghosts that link to it
  std::unordered_map<MemberId, MemberId> targets;  // ghost -> live member
  std::unordered_map<MemberId, std::set<MemberId>> attached;  // live member -> ghosts
  std::unordered_map<MemberId, ClusterId> cluster_of;
  std::map<ClusterId, ClusterEntry> clusters;
  std::map<std::string, ClusterId> accounts;
  // Possible duplicates, from both ends. What is said of them is made when it is asked for.
  std::unordered_map<MemberId, std::set<MemberId>> possible;
  ClusterId next_cluster = 1;
  uint64_t pairs_scored = 0;
  uint64_t links = 0;  // entries of all members' lists: two for a pair of live members
};

}  // namespace trueup::pipeline
