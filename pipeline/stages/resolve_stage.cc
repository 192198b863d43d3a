#include "pipeline/stages/resolve_stage.h"

#include <utility>

#include "base/binary.h"
#include "pipeline/stages/documents.h"

namespace trueup::pipeline {
namespace {

// The scope of what resolve itself publishes.
constexpr const char* kScope = "resolve";

std::string DecisionKey(const PairDecision& decision) {
  const bool ordered = decision.a < decision.b;
  return (ordered ? decision.a : decision.b).text() + '\0' + (ordered ? decision.b : decision.a).text();
}

Result<PairDecision> DecodeDecision(std::string_view key, std::string_view value) {
  const size_t end = key.find('\0');
  if (end == key.npos || value.size() != 1) {
    return Error(ErrorKind::kCorrupt, "a stored decision is damaged");
  }
  return PairDecision{Ref::FromText(std::string(key.substr(0, end))),
                      Ref::FromText(std::string(key.substr(end + 1))),
                      static_cast<PairDecision::Verdict>(value.front())};
}

void Remember(const ResolveInput& input, View& view) {
  if (input.decision) {
    const std::string key = DecisionKey(*input.decision);
    if (input.decision->verdict == PairDecision::Verdict::kNone) return view.Delete(kDecisions, key);
    return view.Put(kDecisions, key, std::string(1, static_cast<char>(input.decision->verdict)));
  }
  if (!input.features) return view.Delete(kMembers, input.ref.text());
  std::string bytes;
  input.features->Encode(bytes);
  view.Put(kMembers, input.ref.text(), std::move(bytes));
}

}  // namespace

ResolveStage::ResolveStage(std::shared_ptr<const mappings::Catalog> catalog, int threads)
    : resolver_(std::move(catalog), threads) {}

Status ResolveStage::Load(const Store& store) {
  std::vector<MemberFeatures> members;
  std::vector<PairDecision> decisions;
  Status damage;
  TRUEUP_RETURN_IF_ERROR(store.Scan(kMembers, {}, [&](std::string_view key, std::string_view value) {
    auto features = MemberFeatures::Decode(value);
    if (!features.ok()) {
      damage = std::move(features).error().In(key);
      return false;
    }
    members.push_back(*std::move(features));
    return true;
  }));
  TRUEUP_RETURN_IF_ERROR(damage);
  TRUEUP_RETURN_IF_ERROR(store.Scan(kDecisions, {}, [&](std::string_view key, std::string_view value) {
    auto decision = DecodeDecision(key, value);
    if (!decision.ok()) {
      damage = std::move(decision).error();
      return false;
    }
    decisions.push_back(*std::move(decision));
    return true;
  }));
  TRUEUP_RETURN_IF_ERROR(damage);
  resolver_.Load(members, decisions);
  return {};
}

void ResolveStage::Apply(const std::vector<ResolveInput>& inputs, View& view, Effects& effects) {
  for (const ResolveInput& input : inputs) Remember(input, view);
  ResolveOutput output = resolver_.Apply(inputs);
  for (auto& membership : output.memberships) {
    effects.to_collect.emplace_back(
        Membership{std::move(membership.member), std::move(membership.account)});
  }
  for (Roster& roster : output.rosters) effects.to_reconcile.emplace_back(std::move(roster));
  for (const Condition& condition : output.conditions) {
    effects.documents.push_back(ConditionDocument(kScope, condition));
  }
  for (const std::string& id : output.withdrawn) {
    effects.documents.push_back(WithdrawnCondition(kScope, id));
  }
}

}  // namespace trueup::pipeline
