#include "pipeline/runtime/tasks/wire.h"

#include <memory>
#include <optional>
#include <utility>

#include "base/binary.h"

namespace trueup::pipeline {
namespace {

// The first byte of an entry.
enum class Kind : uint8_t {
  kCut = 0,
  kOwnRow = 1,
  kChildRow = 2,
  kMembership = 3,
  kFeatures = 4,
  kForgotten = 5,
  kDecision = 6,
  kMemberRow = 7,
  kReferenceRow = 8,
  kRoster = 9,
};

std::string Begin(Kind kind, uint64_t version) {
  std::string out(1, static_cast<char>(kind));
  PutVarint(out, version);
  return out;
}

void PutRef(std::string& out, const Ref& ref) { PutBytes(out, ref.text()); }

// An empty text is an empty ref; any other came from Ref::text.
Ref GetRef(BinaryReader& reader) {
  const std::string_view text = reader.Bytes();
  return text.empty() ? Ref() : Ref::FromText(std::string(text));
}

void PutPayload(std::string& out, const RowPayload& payload) {
  PutRef(out, payload.ref);
  PutVarint(out, payload.entity);
  out.push_back(payload.bytes ? 1 : 0);
  if (payload.bytes) PutBytes(out, *payload.bytes);
}

RowPayload GetPayload(BinaryReader& reader) {
  RowPayload payload;
  payload.ref = GetRef(reader);
  payload.entity = static_cast<uint16_t>(reader.Varint());
  if (reader.Byte() != 0) payload.bytes = std::make_shared<const std::string>(reader.Bytes());
  return payload;
}

struct Head {
  Kind kind = Kind::kCut;
  uint64_t version = 0;
};

Head GetHead(BinaryReader& reader) {
  Head head;
  head.kind = static_cast<Kind>(reader.Byte());
  if (head.kind != Kind::kCut) head.version = reader.Varint();
  return head;
}

template <class Input>
Result<Entry<Input>> Finish(BinaryReader& reader, const Head& head, std::optional<Input> input) {
  if (head.kind == Kind::kCut) {
    const Cut cut{FromMicros(reader.Signed())};
    TRUEUP_RETURN_IF_ERROR(reader.Check("a cut in an inbox"));
    return Entry<Input>(cut);
  }
  TRUEUP_RETURN_IF_ERROR(reader.Check("a message in an inbox"));
  if (!input) {
    return Error(ErrorKind::kCorrupt, "an inbox holds an entry of kind " +
                                          std::to_string(static_cast<int>(head.kind)) +
                                          ", which does not belong there");
  }
  std::string key = KeyOf(*input);
  return Entry<Input>(Versioned<Input>{std::move(key), head.version, *std::move(input)});
}

}  // namespace

std::string EncodeCut(const Cut& cut) {
  std::string out(1, static_cast<char>(Kind::kCut));
  PutSigned(out, ToMicros(cut.at));
  return out;
}

bool IsCut(std::string_view value) {
  return !value.empty() && static_cast<Kind>(value.front()) == Kind::kCut;
}

std::string EncodeMessage(const CollectInput& input, uint64_t version) {
  if (const auto* own = std::get_if<OwnRow>(&input)) {
    std::string out = Begin(Kind::kOwnRow, version);
    PutPayload(out, own->payload);
    return out;
  }
  if (const auto* child = std::get_if<ChildRow>(&input)) {
    std::string out = Begin(Kind::kChildRow, version);
    PutRef(out, child->to);
    PutRef(out, child->via);
    PutVarint(out, static_cast<uint64_t>(child->level));
    PutPayload(out, child->payload);
    return out;
  }
  const auto& membership = std::get<Membership>(input);
  std::string out = Begin(Kind::kMembership, version);
  PutRef(out, membership.member);
  PutBytes(out, membership.account);
  return out;
}

std::string EncodeMessage(const ResolveInput& input, uint64_t version) {
  if (input.decision) {
    std::string out = Begin(Kind::kDecision, version);
    PutRef(out, input.decision->a);
    PutRef(out, input.decision->b);
    out.push_back(static_cast<char>(input.decision->verdict));
    return out;
  }
  std::string out = Begin(input.features ? Kind::kFeatures : Kind::kForgotten, version);
  if (!input.features) {
    PutRef(out, input.ref);
    return out;
  }
  std::string features;
  input.features->Encode(features);
  PutBytes(out, features);
  return out;
}

std::string EncodeMessage(const ReconcileInput& input, uint64_t version) {
  if (const auto* row = std::get_if<MemberRow>(&input)) {
    std::string out = Begin(Kind::kMemberRow, version);
    PutBytes(out, row->account);
    PutRef(out, row->member);
    PutPayload(out, row->payload);
    return out;
  }
  if (const auto* reference = std::get_if<ReferenceRow>(&input)) {
    std::string out = Begin(Kind::kReferenceRow, version);
    PutPayload(out, reference->payload);
    return out;
  }
  std::string out = Begin(Kind::kRoster, version);
  std::string roster;
  std::get<Roster>(input).Encode(roster);
  PutBytes(out, roster);
  return out;
}

Result<Entry<CollectInput>> DecodeCollectEntry(std::string_view value) {
  BinaryReader reader(value);
  const Head head = GetHead(reader);
  std::optional<CollectInput> input;
  if (head.kind == Kind::kOwnRow) {
    input = OwnRow{GetPayload(reader)};
  } else if (head.kind == Kind::kChildRow) {
    ChildRow child;
    child.to = GetRef(reader);
    child.via = GetRef(reader);
    child.level = static_cast<int>(reader.Varint());
    child.payload = GetPayload(reader);
    input = std::move(child);
  } else if (head.kind == Kind::kMembership) {
    Ref member = GetRef(reader);
    input = Membership{std::move(member), std::string(reader.Bytes())};
  }
  return Finish(reader, head, std::move(input));
}

Result<Entry<ResolveInput>> DecodeResolveEntry(std::string_view value) {
  BinaryReader reader(value);
  const Head head = GetHead(reader);
  std::optional<ResolveInput> input;
  if (head.kind == Kind::kFeatures) {
    TRUEUP_ASSIGN(MemberFeatures features, MemberFeatures::Decode(reader.Bytes()));
    Ref ref = features.ref;
    input = ResolveInput{std::move(ref), std::move(features), std::nullopt};
  } else if (head.kind == Kind::kForgotten) {
    input = ResolveInput{GetRef(reader), std::nullopt, std::nullopt};
  } else if (head.kind == Kind::kDecision) {
    PairDecision decision;
    decision.a = GetRef(reader);
    decision.b = GetRef(reader);
    decision.verdict = static_cast<PairDecision::Verdict>(reader.Byte());
    Ref ref = decision.a;
    input = ResolveInput{std::move(ref), std::nullopt, std::move(decision)};
  }
  return Finish(reader, head, std::move(input));
}

Result<Entry<ReconcileInput>> DecodeReconcileEntry(std::string_view value) {
  BinaryReader reader(value);
  const Head head = GetHead(reader);
  std::optional<ReconcileInput> input;
  if (head.kind == Kind::kMemberRow) {
    MemberRow row;
    row.account = reader.Bytes();
    row.member = GetRef(reader);
    row.payload = GetPayload(reader);
    input = std::move(row);
  } else if (head.kind == Kind::kReferenceRow) {
    input = ReferenceRow{GetPayload(reader)};
  } else if (head.kind == Kind::kRoster) {
    TRUEUP_ASSIGN(Roster roster, Roster::Decode(reader.Bytes()));
    input = std::move(roster);
  }
  return Finish(reader, head, std::move(input));
}

}  // namespace trueup::pipeline
