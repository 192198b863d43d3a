#include "pipeline/runtime/outbox.h"

#include <map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/binary.h"
#include "pipeline/stages/changes.h"

namespace trueup::pipeline {
namespace {

// In kMeta: the first sequence number that was not sent yet.
constexpr const char* kSentMark = "outbox_sent";

std::string SequenceKey(uint64_t sequence) {
  std::string key;
  PutBigEndian64(key, sequence);
  return key;
}

// A waiting entry: topic and key, and the content of an observation.
std::string EncodeEntry(std::string_view topic, std::string_view key, std::string_view content) {
  std::string entry;
  PutBytes(entry, topic);
  PutBytes(entry, key);
  PutBytes(entry, content);
  return entry;
}

struct Waiting {
  std::string sequence_key;
  std::string topic;
  std::string key;
  std::string content;  // empty: a document
};

Result<std::vector<Waiting>> ReadWaiting(const Store& store, uint64_t from, size_t limit) {
  std::vector<Waiting> waiting;
  Status damage;
  const auto visit = [&](std::string_view key, std::string_view value) {
    BinaryReader reader(value);
    Waiting entry{std::string(key), std::string(reader.Bytes()), std::string(reader.Bytes()),
                  std::string(reader.Bytes())};
    damage = reader.Check("an outbox entry");
    if (!damage.ok()) return false;
    waiting.push_back(std::move(entry));
    return waiting.size() < limit;
  };
  TRUEUP_RETURN_IF_ERROR(store.ScanFrom(kOutbox, SequenceKey(from), visit));
  TRUEUP_RETURN_IF_ERROR(damage);
  return waiting;
}

// Fills in the newest content of the documents: one look-up for all. A document that is gone is
// sent empty.
Status FillDocuments(const Store& store, std::vector<Waiting>& waiting) {
  std::vector<std::string> keys;
  std::vector<size_t> positions;
  for (size_t i = 0; i < waiting.size(); ++i) {
    if (!waiting[i].content.empty()) continue;
    keys.push_back(DocumentKey(waiting[i].topic, waiting[i].key));
    positions.push_back(i);
  }
  TRUEUP_ASSIGN(auto documents, store.MultiGet(kPublished, keys));
  for (size_t i = 0; i < positions.size(); ++i) {
    if (documents[i]) waiting[positions[i]].content = DecodeDocument(*documents[i]).json;
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Outbox>> Outbox::Open(const Store& store) {
  TRUEUP_ASSIGN(const auto mark, store.Get(kMeta, kSentMark));
  const uint64_t sent = mark ? GetBigEndian64(*mark) : 0;
  uint64_t next = sent;
  TRUEUP_RETURN_IF_ERROR(
      store.ScanFrom(kOutbox, SequenceKey(sent), [&](std::string_view key, std::string_view) {
        next = GetBigEndian64(key) + 1;
        return true;
      }));
  return std::unique_ptr<Outbox>(new Outbox(sent, next));
}

void Outbox::Write(const Effects& effects, View& view) {
  std::unordered_set<std::string> seen;
  for (auto document = effects.documents.rbegin(); document != effects.documents.rend();
       ++document) {
    std::string key = DocumentKey(document->topic, document->key);
    if (!seen.insert(key).second) continue;
    if (document->json.empty()) {
      view.Delete(kPublished, key);
    } else {
      view.Put(kPublished, std::move(key), EncodeDocument(*document));
    }
    view.Put(kOutbox, SequenceKey(next_++), EncodeEntry(document->topic, document->key, {}));
  }
  for (const Observation& observation : effects.observations) {
    view.Put(kOutbox, SequenceKey(next_++),
             EncodeEntry(observation.topic, observation.key, observation.json));
  }
}

Result<size_t> Outbox::Send(Store& store, Log& log, size_t limit) {
  TRUEUP_ASSIGN(std::vector<Waiting> waiting, ReadWaiting(store, sent_, limit));
  if (waiting.empty()) return size_t{0};
  // One content a key and round: the newest, which all entries of that key would read.
  std::vector<Waiting> distinct;
  std::unordered_set<std::string> seen;
  for (const Waiting& entry : waiting) {
    if (!entry.content.empty() || seen.insert(DocumentKey(entry.topic, entry.key)).second) {
      distinct.push_back(entry);
    }
  }
  TRUEUP_RETURN_IF_ERROR(FillDocuments(store, distinct));
  std::map<std::string, std::vector<LogEntry>> by_topic;
  for (Waiting& entry : distinct) {
    by_topic[entry.topic].push_back({std::move(entry.key), std::move(entry.content)});
  }
  for (const auto& [topic, entries] : by_topic) {
    TRUEUP_RETURN_IF_ERROR(log.Append({topic, 0}, entries));
  }
  for (const auto& [topic, entries] : by_topic) {
    TRUEUP_RETURN_IF_ERROR(log.Sync({topic, 0}));
  }
  StoreBatch done;
  for (const Waiting& entry : waiting) done.Delete(kOutbox, entry.sequence_key);
  const uint64_t sent = GetBigEndian64(waiting.back().sequence_key) + 1;
  done.Put(kMeta, kSentMark, SequenceKey(sent));
  TRUEUP_RETURN_IF_ERROR(store.Commit(done));
  sent_ = sent;
  return waiting.size();
}

}  // namespace trueup::pipeline
