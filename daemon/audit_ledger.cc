#include "daemon/audit_ledger.h"

#include <map>
#include <utility>

#include "pipeline/stages/documents.h"
#include "pipeline/stages/messages.h"

namespace trueup::daemon {
namespace {

std::string KeyOf(const std::string& system, const std::string& object) {
  return system + '\0' + object;
}

template <class Record>
std::string SharedKeyOf(const std::string& system, const std::string& object) {
  return std::string(Record::kSharedKey) + system + "/" + object;
}

// Who holds the findings of an object.
template <class Record>
std::string ScopeOf(const std::string& system, const std::string& object) {
  return std::string(Record::kScope) + system + "/" + object;
}

pipeline::LogEntry EntryOf(pipeline::Document document) {
  return {std::move(document.key), std::move(document.json)};
}

}  // namespace

template <class Record>
Result<Record> Ledger<Record>::Find(const std::string& system, const std::string& object) const {
  std::string bytes;
  if (shared_ != nullptr) {
    TRUEUP_ASSIGN(bytes, shared_->Find(SharedKeyOf<Record>(system, object)));
  } else {
    TRUEUP_ASSIGN(auto stored, store_.Get(family_, KeyOf(system, object)));
    bytes = std::move(stored).value_or("");
  }
  if (bytes.empty()) return Record();
  auto record = Record::Decode(bytes);
  if (!record.ok()) return std::move(record).error().In(system + "/" + object);
  return record;
}

template <class Record>
Status Ledger<Record>::Note(const std::string& system, const std::string& object,
                            const Record& record) {
  std::string bytes;
  record.Encode(bytes);
  if (shared_ != nullptr) return shared_->Put(SharedKeyOf<Record>(system, object), bytes);
  pipeline::StoreBatch batch;
  batch.Put(family_, KeyOf(system, object), bytes);
  return store_.Commit(batch);
}

template <class Record>
Status Ledger<Record>::State(const std::string& system, const std::string& object, Record record,
                             const std::vector<pipeline::Condition>& gaps) {
  const std::string scope = ScopeOf<Record>(system, object);
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

template <class Record>
Status Ledger<Record>::MakeDue(const std::string& system, const std::string& object) {
  TRUEUP_ASSIGN(Record record, Find(system, object));
  record.next.reset();
  return Note(system, object, record);
}

template <class Record>
Status Ledger<Record>::ForgetProofs() {
  pipeline::StoreBatch batch;
  Status damage;
  TRUEUP_RETURN_IF_ERROR(
      store_.Scan(family_, {}, [&](std::string_view key, std::string_view value) {
        auto record = Record::Decode(value);
        if (!record.ok()) {
          damage = std::move(record).error();
          return false;
        }
        Record left;
        left.stated = std::move(record->stated);
        std::string bytes;
        left.Encode(bytes);
        batch.Put(family_, key, bytes);
        return true;
      }));
  TRUEUP_RETURN_IF_ERROR(damage);
  return store_.Commit(batch);
}

template class Ledger<AuditRecord>;
template class Ledger<ContentsRecord>;

}  // namespace trueup::daemon
