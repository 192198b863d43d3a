#include "pipeline/matching/state.h"

#include <optional>

namespace trueup::pipeline {
namespace {
const std::set<MemberId>& SetOf(const std::unordered_map<MemberId, std::set<MemberId>>& sets,
                                MemberId id) {
  static const std::set<MemberId> kNone;
  const auto found = sets.find(id);
  return found == sets.end() ? kNone : found->second;
}
}  // namespace

MemberId MemberTable::IdOf(const Ref& ref) {
  const auto [place, made] = ids_.try_emplace(ref, static_cast<MemberId>(entries_.size()));
  if (made) {
    refs_.push_back(ref);
    entries_.emplace_back();
    entries_.back().root = place->second;
  }
  return place->second;
}

std::optional<MemberId> MemberTable::Find(const Ref& ref) const {
  const auto found = ids_.find(ref);
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

const std::set<MemberId>& MemberTable::ChildrenOf(MemberId id) const {
  return SetOf(children_, id);
}
const std::set<MemberId>& MemberTable::MergedInto(MemberId id) const { return SetOf(merged_, id); }

void MemberTable::Unlink(MemberId id) {
  const MemberFeatures features = entries_[id].features;
  if (!entries_[id].known) return;
  if (!features.parent.empty()) children_[IdOf(features.parent)].erase(id);
  if (!features.merged_into.empty()) merged_[IdOf(features.merged_into)].erase(id);
}

void MemberTable::Link(MemberId id) {
  const MemberFeatures features = entries_[id].features;
  if (!entries_[id].known) return;
  if (!features.parent.empty()) children_[IdOf(features.parent)].insert(id);
  if (!features.merged_into.empty()) merged_[IdOf(features.merged_into)].insert(id);
}

MemberId MemberTable::FinalOf(MemberId id) const {
  std::unordered_set<MemberId> seen;
  while (seen.insert(id).second) {
    if (!entries_[id].known || entries_[id].features.merged_into.empty()) return id;
    const auto next = Find(entries_[id].features.merged_into);
    if (!next) return id;
    id = *next;
  }
  return id;
}

MemberId MemberTable::RootOf(MemberId id) const {
  std::unordered_set<MemberId> seen;
  MemberId smallest = id;
  while (seen.insert(id).second) {
    if (refs_[id] < refs_[smallest]) smallest = id;
    const MemberEntry& entry = entries_[id];
    if (!entry.known || entry.features.parent.empty()) return id;
    const auto parent = Find(entry.features.parent);
    if (!parent) return id;
    id = FinalOf(*parent);
  }
  // In a circle: the smallest record of the circle itself, so that all of them agree.
  smallest = id;
  MemberId next = id;
  do {
    if (refs_[next] < refs_[smallest]) smallest = next;
    next = FinalOf(*Find(entries_[next].features.parent));
  } while (next != id);
  return smallest;
}

}  // namespace trueup::pipeline
