#include "pipeline/stages/resolve_stage.h"

#include <utility>

#include "base/binary.h"
#include "pipeline/stages/documents.h"

namespace trueup::pipeline {
namespace {

// The scope of what resolve itself publishes.
constexpr const char* kScope = "resolve";

Result<PairDecision> DecodeDecision(std::string_view key, std::string_view value) {
  const size_t end = key.find('\0');
  if (end == key.npos || value.size() != 1) {
    return Error(ErrorKind::kCorrupt, "a stored decision is damaged");
  }
  return PairDecision{Ref::FromText(std::string(key.substr(0, end))),
                      Ref::FromText(std::string(key.substr(end + 1))),
                      static_cast<PairDecision::Verdict>(value.front())};
}

// As it waits in the inbox of the store, where a zero byte tells a pair from a record.
std::string StoredKey(const ResolveInput& input) {
  return input.decision ? PairKey(*input.decision) : input.ref.text();
}

std::string EncodeVerdict(PairDecision::Verdict verdict) {
  return std::string(1, static_cast<char>(verdict));
}

// As it waits in the inbox: a decision is its verdict, a record that is forgotten is empty.
std::string EncodeInput(const ResolveInput& input) {
  if (input.decision) return EncodeVerdict(input.decision->verdict);
  std::string bytes;
  if (input.features) input.features->Encode(bytes);
  return bytes;
}

Result<ResolveInput> DecodeInput(std::string_view key, std::string_view value) {
  if (key.find('\0') != key.npos) {
    TRUEUP_ASSIGN(PairDecision decision, DecodeDecision(key, value));
    return ResolveInput{decision.a, std::nullopt, std::move(decision)};
  }
  ResolveInput input{Ref::FromText(std::string(key)), std::nullopt, std::nullopt};
  if (value.empty()) return input;
  TRUEUP_ASSIGN(input.features, MemberFeatures::Decode(value));
  return input;
}

// Takes an input over into what the working set is built from.
void Remember(const ResolveInput& input, const std::string& key, View& view) {
  const Family family = input.decision ? kDecisions : kMembers;
  const bool taken_back = input.decision ? input.decision->verdict == PairDecision::Verdict::kNone
                                         : !input.features.has_value();
  if (taken_back) return view.Delete(family, key);
  view.Put(family, key, EncodeInput(input));
}

// A message as it waits in the outbox; the key says which kind it is.
constexpr char kMembershipMark = 'm';
constexpr char kRosterMark = 'r';

std::string EncodeMessage(const std::variant<Membership, Roster>& message) {
  if (const auto* membership = std::get_if<Membership>(&message)) return membership->account;
  std::string bytes;
  std::get<Roster>(message).Encode(bytes);
  return bytes;
}

Result<std::variant<Membership, Roster>> DecodeMessage(std::string_view key,
                                                       std::string_view value) {
  if (key.front() == kMembershipMark) {
    return std::variant<Membership, Roster>(
        Membership{Ref::FromText(std::string(key.substr(1))), std::string(value)});
  }
  TRUEUP_ASSIGN(Roster roster, Roster::Decode(value));
  return std::variant<Membership, Roster>(std::move(roster));
}

// Reads a family whole; `decode` makes something of each entry.
template <class T, class Decode, class Keep>
Status ReadAll(const Store& store, FamilyId family, const Decode& decode, const Keep& keep) {
  Status damage;
  TRUEUP_RETURN_IF_ERROR(store.Scan(family, {}, [&](std::string_view key, std::string_view value) {
    Result<T> read = decode(key, value);
    if (!read.ok()) {
      damage = std::move(read).error().In(key);
      return false;
    }
    keep(std::string(key), *std::move(read));
    return true;
  }));
  return damage;
}

}  // namespace

ResolveStage::ResolveStage(std::shared_ptr<const mappings::Catalog> catalog, int threads)
    : resolver_(std::move(catalog), threads) {}

Status ResolveStage::Load(const Store& store) {
  std::vector<ResolveInput> taken;
  for (const Family family : {kMembers, kDecisions}) {
    TRUEUP_RETURN_IF_ERROR(ReadAll<ResolveInput>(
        store, family, DecodeInput,
        [&](const std::string&, ResolveInput read) { taken.push_back(std::move(read)); }));
  }
  TRUEUP_RETURN_IF_ERROR(ReadAll<ResolveInput>(store, kResolveInbox, DecodeInput,
                                               [&](std::string key, ResolveInput read) {
                                                 inbox_.emplace(std::move(key), std::move(read));
                                               }));
  TRUEUP_RETURN_IF_ERROR(ReadAll<Message>(
      store, kResolveOutbox, DecodeMessage,
      [&](std::string key, Message read) { outbox_.emplace(std::move(key), std::move(read)); }));
  resolver_.Load(std::move(taken));
  return {};
}

void ResolveStage::Take(std::vector<ResolveInput> inputs, View& view) {
  for (ResolveInput& input : inputs) {
    std::string key = StoredKey(input);
    view.Put(kResolveInbox, key, EncodeInput(input));
    inbox_.insert_or_assign(std::move(key), std::move(input));
  }
}

void ResolveStage::Settle(View& view, Effects& effects) {
  if (inbox_.empty()) return;
  std::vector<ResolveInput> inputs;
  inputs.reserve(inbox_.size());
  for (auto& [key, input] : inbox_) {
    Remember(input, key, view);
    view.Delete(kResolveInbox, key);
    inputs.push_back(std::move(input));
  }
  inbox_.clear();
  ResolveOutput output = resolver_.Apply(std::move(inputs));
  const auto post = [&](std::string key, Message message) {
    view.Put(kResolveOutbox, key, EncodeMessage(message));
    outbox_.insert_or_assign(std::move(key), std::move(message));
  };
  for (auto& membership : output.memberships) {
    post(kMembershipMark + membership.member.text(),
         Membership{membership.member, std::move(membership.account)});
  }
  for (Roster& roster : output.rosters) {
    std::string key = kRosterMark + roster.account;
    post(std::move(key), std::move(roster));
  }
  for (const Condition& condition : output.conditions) {
    effects.documents.push_back(ConditionDocument(kScope, condition));
  }
  for (const std::string& id : output.withdrawn) {
    effects.documents.push_back(WithdrawnCondition(kScope, id));
  }
}

void ResolveStage::Send(size_t limit, View& view, Effects& effects) {
  for (; limit > 0 && !outbox_.empty(); --limit) {
    auto next = outbox_.extract(outbox_.begin());
    view.Delete(kResolveOutbox, next.key());
    if (auto* membership = std::get_if<Membership>(&next.mapped())) {
      effects.to_collect.emplace_back(std::move(*membership));
    } else {
      effects.to_reconcile.emplace_back(std::get<Roster>(std::move(next.mapped())));
    }
  }
}

}  // namespace trueup::pipeline
