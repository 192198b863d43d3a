#include "pipeline/accounts/account.h"

#include "base/binary.h"
#include "base/hash.h"

namespace trueup::pipeline {
namespace {

void PutRefs(std::string& out, const std::vector<Ref>& refs) {
  PutVarint(out, refs.size());
  for (const Ref& ref : refs) PutBytes(out, ref.text());
}

Ref GetRef(BinaryReader& reader) { return Ref::FromText(std::string(reader.Bytes())); }

std::vector<Ref> GetRefs(BinaryReader& reader) {
  std::vector<Ref> refs;
  for (uint64_t left = reader.Varint(); left > 0 && reader.ok(); --left) {
    refs.push_back(GetRef(reader));
  }
  return refs;
}

void PutTexts(std::string& out, const std::vector<std::string>& texts) {
  PutVarint(out, texts.size());
  for (const std::string& text : texts) PutBytes(out, text);
}

std::vector<std::string> GetTexts(BinaryReader& reader) {
  std::vector<std::string> texts;
  for (uint64_t left = reader.Varint(); left > 0 && reader.ok(); --left) {
    texts.emplace_back(reader.Bytes());
  }
  return texts;
}

}  // namespace

std::string AccountIdOf(const Ref& founder) { return ShortId("a-", founder.text()); }

std::string ConditionId(std::string_view kind, const Ref& subject, std::string_view term) {
  std::string key;
  PutBytes(key, kind);
  PutBytes(key, subject.text());
  PutBytes(key, term);
  return ShortId("f-", key);
}

std::string_view ToString(ConflictKind kind) {
  switch (kind) {
    case ConflictKind::kReal: return "real";
    case ConflictKind::kLag: return "lag";
    case ConflictKind::kFormat: return "format";
    case ConflictKind::kValueMap: return "value_map";
  }
  return "real";
}

void Roster::Encode(std::string& out) const {
  PutBytes(out, account);
  PutBytes(out, founder.text());
  PutRefs(out, members);
  PutRefs(out, ghosts);
  PutBytes(out, parent);
  PutTexts(out, ancestors);
  PutTexts(out, ancestor_systems);
  PutVarint(out, claims.size());
  for (const ParentClaim& claim : claims) {
    PutBytes(out, claim.member.text());
    PutBytes(out, claim.target.text());
    PutBytes(out, claim.account);
  }
  out.push_back(cycle ? 1 : 0);
}

Result<Roster> Roster::Decode(std::string_view bytes) {
  BinaryReader reader(bytes);
  Roster roster;
  roster.account = reader.Bytes();
  roster.founder = GetRef(reader);
  roster.members = GetRefs(reader);
  roster.ghosts = GetRefs(reader);
  roster.parent = reader.Bytes();
  roster.ancestors = GetTexts(reader);
  roster.ancestor_systems = GetTexts(reader);
  for (uint64_t left = reader.Varint(); left > 0 && reader.ok(); --left) {
    ParentClaim claim;
    claim.member = GetRef(reader);
    claim.target = GetRef(reader);
    claim.account = reader.Bytes();
    roster.claims.push_back(std::move(claim));
  }
  roster.cycle = reader.Byte() != 0;
  TRUEUP_RETURN_IF_ERROR(reader.Check("a stored roster"));
  return roster;
}

}  // namespace trueup::pipeline
