#include "pipeline/stages/messages.h"

namespace trueup::pipeline {

std::string PairKey(const PairDecision& decision) {
  const bool ordered = decision.a < decision.b;
  return (ordered ? decision.a : decision.b).text() + '\0' +
         (ordered ? decision.b : decision.a).text();
}

std::string KeyOf(const CollectInput& input) {
  if (const auto* own = std::get_if<OwnRow>(&input)) return "o" + own->payload.ref.text();
  if (const auto* child = std::get_if<ChildRow>(&input)) {
    return "c" + child->to.text() + '\0' + child->payload.ref.text() + '\0' + child->via.text();
  }
  return "m" + std::get<Membership>(input).member.text();
}

std::string KeyOf(const ResolveInput& input) {
  return input.decision ? "d" + PairKey(*input.decision) : "f" + input.ref.text();
}

std::string KeyOf(const ReconcileInput& input) {
  if (const auto* row = std::get_if<MemberRow>(&input)) {
    return "r" + row->account + '\0' + row->member.text() + '\0' + row->payload.ref.text();
  }
  if (const auto* reference = std::get_if<ReferenceRow>(&input)) {
    return "x" + reference->payload.ref.text();
  }
  return "s" + std::get<Roster>(input).account;
}

}  // namespace trueup::pipeline
