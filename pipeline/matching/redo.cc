#include <algorithm>
#include <thread>
#include <unordered_set>

#include "base/hash.h"
#include "pipeline/matching/engine.h"

namespace trueup::pipeline {
namespace {

// Fewer comparisons than this are not worth a thread.
constexpr size_t kMembersPerThread = 64;

}  // namespace

void Engine::Take(std::vector<ResolveInput> inputs, Batch& batch) {
  std::set<MemberId> changed;
  for (ResolveInput& input : inputs) {
    if (input.decision) {
      TakeDecision(*input.decision, batch);
    } else {
      changed.insert(members.IdOf(input.ref));
      TakeFeatures(std::move(input), batch);
    }
  }
  UpdateRoots(changed, batch);
  FindRedo(batch);
}

void Engine::TakeDecision(const PairDecision& decision, Batch& batch) {
  const MemberId a = members.IdOf(decision.a);
  const MemberId b = members.IdOf(decision.b);
  if (decision.verdict == PairDecision::Verdict::kNone) {
    decisions[a].erase(b);
    decisions[b].erase(a);
  } else {
    decisions[a][b] = decisions[b][a] = decision.verdict;
  }
  batch.touched.insert({a, b});
}

void Engine::TakeFeatures(ResolveInput input, Batch& batch) {
  const MemberId id = members.IdOf(input.ref);
  Index(id, false);
  members.Unlink(id);
  MemberEntry& entry = members[id];
  entry.known = input.features.has_value();
  entry.features = entry.known ? *std::move(input.features) : MemberFeatures();
  entry.profile = entry.known ? profiler.Make(entry.features) : Profile();
  entry.features.values = {};
  entry.keys.clear();
  if (entry.known) {
    entry.keys = AssignKeys(
        entry.profile, input.ref,
        [this](Feature feature, const std::string& text) { return index.Intern(feature, text); });
  }
  members.Link(id);
  Index(id, true);
  batch.redo.insert(id);
}

void Engine::Index(MemberId id, bool add) {
  const MemberEntry& entry = members[id];
  const uint64_t name = HashBytes64(entry.profile.name_key());
  for (const KeyId key : entry.keys) {
    if (add) {
      index.Add(key, {id, entry.root, name}, entry.features.ghost);
    } else {
      index.Remove(key, id, entry.features.ghost);
    }
  }
}

// Whoever hangs below a changed record, or below one that was merged into it, may be in another
// tree now.
void Engine::UpdateRoots(const std::set<MemberId>& changed, Batch& batch) {
  std::vector<MemberId> open(changed.begin(), changed.end());
  std::unordered_set<MemberId> seen(changed.begin(), changed.end());
  while (!open.empty()) {
    const MemberId id = open.back();
    open.pop_back();
    const MemberId root = members.RootOf(id);
    if (root != members[id].root) {
      Index(id, false);
      members[id].root = root;
      Index(id, true);
      batch.redo.insert(id);
    }
    for (const auto* below : {&members.ChildrenOf(id), &members.MergedInto(id)}) {
      for (const MemberId next : *below) {
        if (seen.insert(next).second) open.push_back(next);
      }
    }
  }
}

// A key of which other things are known than before speaks differently for all that have it.
void Engine::FindRedo(Batch& batch) {
  for (const KeyId key : index.TakeChanged()) {
    for (const auto& posting : index.MembersOf(key)) batch.redo.insert(posting.member);
    for (const MemberId ghost : index.GhostsOf(key)) batch.redo.insert(ghost);
  }
  // Ghosts look for live members, so they look again when one of these changes.
  std::set<MemberId> ghosts;
  for (const MemberId id : batch.redo) {
    if (!members.IsLive(id)) continue;
    for (const KeyId key : members[id].keys) {
      if (!index.FactsOf(key).retrieves) continue;
      const auto& found = index.GhostsOf(key);
      ghosts.insert(found.begin(), found.end());
    }
  }
  for (const MemberId id : batch.redo) {
    const auto linked = ghost_links.find(id);
    if (linked != ghost_links.end()) ghosts.insert(linked->second.begin(), linked->second.end());
  }
  batch.redo.insert(ghosts.begin(), ghosts.end());
}

void Engine::DropLinks(MemberId id, Batch& batch) {
  for (const auto& [other, score] : members[id].links) {
    batch.touched.insert(other);
    // A ghost's links stand at the ghost, and the way back in ghost_links; live members' stand at
    // both.
    const auto ghosts = ghost_links.find(other);
    if (ghosts != ghost_links.end()) ghosts->second.erase(id);
    links -=
        std::erase_if(members[other].links, [&](const auto& link) { return link.first == id; });
  }
  links -= members[id].links.size();
  members[id].links.clear();
}

std::vector<std::pair<MemberId, double>> Engine::LinksOf(MemberId id,
                                                         const std::vector<bool>& redone,
                                                         uint64_t& scored) const {
  std::vector<MemberId> candidates;
  for (const KeyId key : members[id].keys) {
    if (!index.FactsOf(key).retrieves) continue;
    for (const auto& posting : index.MembersOf(key)) {
      // Of two that are both compared anew, the first finds the second.
      const bool found_by_other =
          redone[posting.member] && members.IsLive(id) && posting.member < id;
      if (posting.member != id && !found_by_other) candidates.push_back(posting.member);
    }
  }
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  std::vector<std::pair<MemberId, double>> found;
  for (const MemberId other : candidates) {
    const double score = scorer.Score(ComparandOf(id), ComparandOf(other));
    if (score >= config.possible) found.emplace_back(other, score);
  }
  scored += candidates.size();
  return found;
}

void Engine::Relink(Batch& batch) {
  const std::vector<MemberId> redo(batch.redo.begin(), batch.redo.end());
  for (const MemberId id : redo) DropLinks(id, batch);
  std::vector<std::vector<std::pair<MemberId, double>>> found(redo.size());
  const size_t workers = std::clamp<size_t>(redo.size() / kMembersPerThread, 1,
                                            static_cast<size_t>(std::max(1, threads)));
  std::vector<bool> redone(members.size());
  for (const MemberId id : redo) redone[id] = true;
  std::vector<uint64_t> scored(workers);
  const auto work = [&](size_t worker) {
    for (size_t i = worker; i < redo.size(); i += workers) {
      found[i] = LinksOf(redo[i], redone, scored[worker]);
    }
  };
  {
    std::vector<std::jthread> pool;
    for (size_t worker = 1; worker < workers; ++worker) pool.emplace_back(work, worker);
    work(0);
  }
  for (const uint64_t part : scored) pairs_scored += part;
  for (size_t i = 0; i < redo.size(); ++i) {
    const MemberId id = redo[i];
    const bool live = members.IsLive(id);
    for (const auto& [other, score] : found[i]) {
      members[id].links.emplace_back(other, score);
      ++links;
      if (!live) {
        ghost_links[other].insert(id);
        continue;
      }
      batch.touched.insert(other);
      members[other].links.emplace_back(id, score);
      ++links;
    }
    if (members[id].known && members[id].features.ghost) batch.ghosts.insert(id);
    batch.touched.insert(id);
  }
  for (const MemberId id : batch.touched) {
    std::sort(members[id].links.begin(), members[id].links.end());
  }
}

}  // namespace trueup::pipeline
