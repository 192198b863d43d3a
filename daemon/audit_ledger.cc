#include "daemon/audit_ledger.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/binary.h"
#include "pipeline/stages/documents.h"
#include "pipeline/stages/messages.h"

namespace trueup::daemon {
namespace {

std::string KeyOf(const std::string& system, const std::string& object) {
  return system + '\0' + object;
}

// Who holds the findings of an object.
std::string ScopeOf(const std::string& system, const std::string& object) {
  return "audit:" + system + "/" + object;
}

void PutInstant(std::string& out, Instant at) { PutSigned(out, ToMicros(at)); }
Instant ReadInstant(BinaryReader& reader) { return FromMicros(reader.Signed()); }

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

pipeline::LogEntry EntryOf(pipeline::Document document) {
  return {std::move(document.key), std::move(document.json)};
}

}  // namespace

void AuditRecord::Encode(std::string& out) const {
  out.push_back(proof ? 1 : 0);
  if (proof) PutProof(out, *proof);
  PutBytes(out, error);
  out.push_back(next ? 1 : 0);
  if (next) PutInstant(out, *next);
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
  if (reader.Byte() != 0) record.next = ReadInstant(reader);
  record.troubles = static_cast<uint32_t>(reader.Varint());
  record.missing = ReadTexts(reader);
  record.extra = ReadTexts(reader);
  record.stated = ReadTexts(reader);
  TRUEUP_RETURN_IF_ERROR(reader.Check("the record of an audit"));
  return record;
}

Result<AuditRecord> AuditLedger::Find(const std::string& system, const std::string& object) const {
  std::string bytes;
  if (shared_ != nullptr) {
    TRUEUP_ASSIGN(bytes, shared_->Find(system + "/" + object));
  } else {
    TRUEUP_ASSIGN(auto stored, store_.Get(family_, KeyOf(system, object)));
    bytes = std::move(stored).value_or("");
  }
  if (bytes.empty()) return AuditRecord();
  auto record = AuditRecord::Decode(bytes);
  if (!record.ok()) return std::move(record).error().In(system + "/" + object);
  return record;
}

Status AuditLedger::Note(const std::string& system, const std::string& object,
                         const AuditRecord& record) {
  std::string bytes;
  record.Encode(bytes);
  if (shared_ != nullptr) return shared_->Put(system + "/" + object, bytes);
  pipeline::StoreBatch batch;
  batch.Put(family_, KeyOf(system, object), bytes);
  return store_.Commit(batch);
}

Status AuditLedger::State(const std::string& system, const std::string& object, AuditRecord record,
                          const std::vector<pipeline::Condition>& gaps) {
  const std::string scope = ScopeOf(system, object);
  std::map<std::string, pipeline::Document> documents;
  for (const std::string& id : record.stated) {
    documents[id] = pipeline::WithdrawnCondition(scope, id);
  }
  std::vector<std::string> now;
  for (const pipeline::Condition& gap : gaps) {
    documents[gap.id] = pipeline::ConditionDocument(scope, gap);
    now.push_back(gap.id);
  }
  if (documents.empty()) return Note(system, object, record);
  // What may be stated is known before it is: so a crash leaves nothing that nobody withdraws.
  record.stated.clear();
  std::vector<pipeline::LogEntry> entries;
  for (auto& [id, document] : documents) {
    record.stated.push_back(id);
    entries.push_back(EntryOf(std::move(document)));
  }
  TRUEUP_RETURN_IF_ERROR(Note(system, object, record));
  const pipeline::TopicPartition where{pipeline::kAuditsTopic, 0};
  TRUEUP_RETURN_IF_ERROR(log_.Append(where, entries));
  TRUEUP_RETURN_IF_ERROR(log_.Sync(where));
  record.stated = std::move(now);
  return Note(system, object, record);
}

Status AuditLedger::MakeDue(const std::string& system, const std::string& object) {
  TRUEUP_ASSIGN(AuditRecord record, Find(system, object));
  record.next.reset();
  return Note(system, object, record);
}

Status AuditLedger::ForgetProofs() {
  pipeline::StoreBatch batch;
  Status damage;
  TRUEUP_RETURN_IF_ERROR(
      store_.Scan(family_, {}, [&](std::string_view key, std::string_view value) {
        auto record = AuditRecord::Decode(value);
        if (!record.ok()) {
          damage = std::move(record).error();
          return false;
        }
        AuditRecord left;
        left.stated = std::move(record->stated);
        std::string bytes;
        left.Encode(bytes);
        batch.Put(family_, key, bytes);
        return true;
      }));
  TRUEUP_RETURN_IF_ERROR(damage);
  return store_.Commit(batch);
}

}  // namespace trueup::daemon
