#include "daemon/audit_records.h"

#include <utility>

#include "base/binary.h"

namespace trueup::daemon {
namespace {

void PutInstant(std::string& out, Instant at) { PutSigned(out, ToMicros(at)); }
Instant ReadInstant(BinaryReader& reader) { return FromMicros(reader.Signed()); }

void PutFlag(std::string& out, bool flag) { out.push_back(flag ? 1 : 0); }

void PutMoment(std::string& out, const std::optional<Instant>& at) {
  PutFlag(out, at.has_value());
  if (at) PutInstant(out, *at);
}

std::optional<Instant> ReadMoment(BinaryReader& reader) {
  if (reader.Byte() == 0) return std::nullopt;
  return ReadInstant(reader);
}

void PutTexts(std::string& out, const std::vector<std::string>& texts) {
  PutVarint(out, texts.size());
  for (const std::string& text : texts) PutBytes(out, text);
}

std::vector<std::string> ReadTexts(BinaryReader& reader) {
  std::vector<std::string> texts;
  for (uint64_t left = reader.Varint(); left > 0 && reader.ok(); --left) {
    texts.emplace_back(reader.Bytes());
  }
  return texts;
}

void PutProof(std::string& out, const IdProof& proof) {
  PutInstant(out, proof.at);
  PutInstant(out, proof.as_of);
  for (const uint64_t count :
       {proof.held, proof.listed, proof.missing, proof.extra, proof.set_aside}) {
    PutVarint(out, count);
  }
}

IdProof ReadProof(BinaryReader& reader) {
  IdProof proof;
  proof.at = ReadInstant(reader);
  proof.as_of = ReadInstant(reader);
  for (uint64_t* count :
       {&proof.held, &proof.listed, &proof.missing, &proof.extra, &proof.set_aside}) {
    *count = reader.Varint();
  }
  return proof;
}

void PutTally(std::string& out, const ContentsTally& tally) {
  for (const uint64_t count : {tally.compared, tally.differing, tally.set_aside}) {
    PutVarint(out, count);
  }
}

ContentsTally ReadTally(BinaryReader& reader) {
  ContentsTally tally;
  for (uint64_t* count : {&tally.compared, &tally.differing, &tally.set_aside}) {
    *count = reader.Varint();
  }
  return tally;
}

void PutDelivered(std::string& out, const std::map<std::string, Hash128>& delivered) {
  PutVarint(out, delivered.size());
  for (const auto& [id, content] : delivered) {
    PutBytes(out, id);
    PutVarint(out, content.high);
    PutVarint(out, content.low);
  }
}

std::map<std::string, Hash128> ReadDelivered(BinaryReader& reader) {
  std::map<std::string, Hash128> delivered;
  for (uint64_t left = reader.Varint(); left > 0 && reader.ok(); --left) {
    Hash128& content = delivered[std::string(reader.Bytes())];
    content.high = reader.Varint();
    content.low = reader.Varint();
  }
  return delivered;
}

}  // namespace

void AuditRecord::Encode(std::string& out) const {
  PutFlag(out, proof.has_value());
  if (proof) PutProof(out, *proof);
  PutBytes(out, error);
  PutMoment(out, next);
  PutVarint(out, troubles);
  PutTexts(out, missing);
  PutTexts(out, extra);
  PutTexts(out, stated);
}

Result<AuditRecord> AuditRecord::Decode(std::string_view bytes) {
  BinaryReader reader(bytes);
  AuditRecord record;
  if (reader.Byte() != 0) record.proof = ReadProof(reader);
  record.error = reader.Bytes();
  record.next = ReadMoment(reader);
  record.troubles = static_cast<uint32_t>(reader.Varint());
  record.missing = ReadTexts(reader);
  record.extra = ReadTexts(reader);
  record.stated = ReadTexts(reader);
  TRUEUP_RETURN_IF_ERROR(reader.Check("the record of an audit"));
  return record;
}

void ContentsRecord::Encode(std::string& out) const {
  PutFlag(out, proof.has_value());
  if (proof) {
    PutInstant(out, proof->begun);
    PutInstant(out, proof->at);
    PutTally(out, proof->tally);
  }
  PutFlag(out, pass.has_value());
  if (pass) {
    PutInstant(out, pass->begun);
    PutBytes(out, pass->after);
    PutTally(out, pass->tally);
  }
  PutBytes(out, error);
  PutBytes(out, waits);
  PutMoment(out, next);
  PutVarint(out, troubles);
  PutDelivered(out, delivered);
  PutTexts(out, stated);
}

Result<ContentsRecord> ContentsRecord::Decode(std::string_view bytes) {
  BinaryReader reader(bytes);
  ContentsRecord record;
  if (reader.Byte() != 0) {
    record.proof.emplace();
    record.proof->begun = ReadInstant(reader);
    record.proof->at = ReadInstant(reader);
    record.proof->tally = ReadTally(reader);
  }
  if (reader.Byte() != 0) {
    record.pass.emplace();
    record.pass->begun = ReadInstant(reader);
    record.pass->after = reader.Bytes();
    record.pass->tally = ReadTally(reader);
  }
  record.error = reader.Bytes();
  record.waits = reader.Bytes();
  record.next = ReadMoment(reader);
  record.troubles = static_cast<uint32_t>(reader.Varint());
  record.delivered = ReadDelivered(reader);
  record.stated = ReadTexts(reader);
  TRUEUP_RETURN_IF_ERROR(reader.Check("the record of an audit of contents"));
  return record;
}

}  // namespace trueup::daemon
