#include <algorithm>
#include <tuple>

#include "pipeline/matching/engine.h"

namespace trueup::pipeline {
namespace {

// The oldest founds the account: by the source's creation time (unknown: last), then by ref.
bool IsOlder(const MemberFeatures& a, const MemberFeatures& b) {
  const auto key = [](const MemberFeatures& features) {
    return std::make_tuple(features.created ? 0 : 1, features.created.value_or(Instant()),
                           std::cref(features.ref.text()));
  };
  return key(a) < key(b);
}

}  // namespace

void Engine::SetAccount(MemberId id, const std::string& account, Batch& batch) {
  if (members[id].account == account) return;
  batch.accounts_before.try_emplace(id, members[id].account);
  members[id].account = account;
}

// Founder, id, members and ghosts of every dirty cluster.
void Engine::NameAccounts(Batch& batch) {
  for (const ClusterId id : batch.dirty) {
    ClusterEntry& cluster = clusters[id];
    if (!cluster.roster.account.empty()) {
      batch.rosters.try_emplace(cluster.roster.account, cluster.roster);
      const auto account = accounts.find(cluster.roster.account);
      if (account != accounts.end() && account->second == id) accounts.erase(account);
    }
    Roster roster;
    const MemberFeatures* founder = nullptr;
    std::vector<MemberId> ghosts;
    for (const MemberId member : cluster.members) {
      roster.members.push_back(members.ref(member));
      const auto found = attached.find(member);
      if (found != attached.end())
        ghosts.insert(ghosts.end(), found->second.begin(), found->second.end());
      if (founder == nullptr || IsOlder(members[member].features, *founder)) {
        founder = &members[member].features;
      }
    }
    for (const MemberId ghost : ghosts) {
      roster.ghosts.push_back(members.ref(ghost));
      if (IsOlder(members[ghost].features, *founder)) founder = &members[ghost].features;
    }
    std::sort(roster.ghosts.begin(), roster.ghosts.end());
    roster.founder = founder->ref;
    roster.account = AccountIdOf(founder->ref);
    for (const MemberId member : cluster.members) SetAccount(member, roster.account, batch);
    for (const MemberId ghost : ghosts) SetAccount(ghost, roster.account, batch);
    cluster.roster = std::move(roster);
  }
  // Behind the loop, because an id may pass from one dirty cluster to another.
  for (const ClusterId id : batch.dirty) accounts[clusters[id].roster.account] = id;
}

// The dirty clusters, those whose parents they are, and so on down.
std::set<ClusterId> Engine::WithDescendants(const Batch& batch) const {
  std::vector<MemberId> open;
  std::set<ClusterId> placed = batch.dirty;
  const auto add_all = [&](ClusterId id) {
    const ClusterEntry& cluster = clusters.at(id);
    open.insert(open.end(), cluster.members.begin(), cluster.members.end());
    for (const Ref& ghost : cluster.roster.ghosts) open.push_back(*members.Find(ghost));
  };
  for (const ClusterId id : batch.dirty) add_all(id);
  // A record that left its account still has children that name it.
  open.insert(open.end(), batch.touched.begin(), batch.touched.end());
  for (const auto& [member, before] : batch.accounts_before) open.push_back(member);
  std::set<MemberId> seen(open.begin(), open.end());
  while (!open.empty()) {
    const MemberId id = open.back();
    open.pop_back();
    for (const MemberId child : members.ChildrenOf(id)) {
      const auto cluster = cluster_of.find(child);
      if (cluster == cluster_of.end() || !placed.insert(cluster->second).second) continue;
      for (const MemberId member : clusters.at(cluster->second).members) {
        if (seen.insert(member).second) open.push_back(member);
      }
      for (const Ref& ghost : clusters.at(cluster->second).roster.ghosts) {
        const MemberId ghost_id = *members.Find(ghost);
        if (seen.insert(ghost_id).second) open.push_back(ghost_id);
      }
    }
  }
  return placed;
}

// The claims of the members, and the account that most of them name; the one of the first member
// where they are even.
void Engine::FindParent(Roster& roster) const {
  roster.claims.clear();
  roster.parent.clear();
  std::map<std::string, size_t> votes;
  for (const Ref& ref : roster.members) {
    const Ref& target = members[*members.Find(ref)].features.parent;
    if (target.empty()) continue;
    const auto id = members.Find(target);
    roster.claims.push_back({ref, target, id ? members[*id].account : std::string()});
    const std::string& account = roster.claims.back().account;
    if (!account.empty() && account != roster.account) ++votes[account];
  }
  size_t most = 0;
  for (const auto& claim : roster.claims) {
    const auto vote = votes.find(claim.account);
    if (vote == votes.end() || vote->second <= most) continue;
    most = vote->second;
    roster.parent = claim.account;
  }
}

void Engine::FindAncestors(Roster& roster) const {
  roster.ancestors.clear();
  roster.ancestor_systems.clear();
  roster.cycle = false;
  std::set<std::string> seen{roster.account};
  std::set<std::string> systems;
  for (std::string next = roster.parent; !next.empty();) {
    if (!seen.insert(next).second) {
      roster.cycle = next == roster.account;
      break;
    }
    roster.ancestors.push_back(next);
    const Roster& above = clusters.at(accounts.at(next)).roster;
    for (const Ref& member : above.members) systems.emplace(member.system());
    next = above.parent;
  }
  roster.ancestor_systems.assign(systems.begin(), systems.end());
}

void Engine::PlaceInTree(const std::set<ClusterId>& placed, Batch& batch) {
  for (const ClusterId id : placed) {
    Roster& roster = clusters[id].roster;
    if (!batch.dirty.contains(id)) batch.rosters.try_emplace(roster.account, roster);
    FindParent(roster);
  }
  for (const ClusterId id : placed) FindAncestors(clusters[id].roster);
}

void Engine::Report(const Batch& batch, const std::set<ClusterId>& placed,
                    ResolveOutput& output) const {
  for (const auto& [member, before] : batch.accounts_before) {
    if (members[member].account != before) {
      output.memberships.push_back({members.ref(member), members[member].account});
    }
  }
  std::sort(output.memberships.begin(), output.memberships.end(),
            [](const auto& a, const auto& b) { return a.member < b.member; });
  std::map<std::string, Roster> changed;
  for (const ClusterId id : placed) {
    const Roster& roster = clusters.at(id).roster;
    const auto before = batch.rosters.find(roster.account);
    if (before == batch.rosters.end() || !(before->second == roster)) {
      changed.emplace(roster.account, roster);
    }
  }
  for (const auto& [account, before] : batch.rosters) {
    if (account.empty() || accounts.contains(account)) continue;
    Roster gone;
    gone.account = account;
    changed.emplace(account, std::move(gone));
  }
  for (auto& [account, roster] : changed) output.rosters.push_back(std::move(roster));
}

}  // namespace trueup::pipeline
