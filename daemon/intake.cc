#include "daemon/intake.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/binary.h"
#include "base/logging.h"
#include "pipeline/runtime/tasks/topics.h"
#include "pipeline/runtime/topics.h"

namespace trueup::daemon {
namespace {

using pipeline::FamilyId;
using pipeline::StoreBatch;

enum IntakeFamily : FamilyId {
  kCursors,   // (system, object) -> cursor
  kSeen,      // ref -> hash of the version that the log holds
  kCounts,    // (system, object) -> IntakeCounts
  kLogId,     // "log" -> Log::id
  kAudits,    // (system, object) -> AuditRecord
  kContents,  // (system, object) -> ContentsRecord
};

std::string ObjectKey(const std::string& system, const std::string& object) {
  return system + '\0' + object;
}

std::string SharedKey(const std::string& system, const std::string& object) {
  return system + "/" + object;
}

std::string EncodeCounts(const IntakeCounts& counts) {
  std::string bytes;
  PutVarint(bytes, counts.received);
  PutVarint(bytes, counts.published);
  PutVarint(bytes, counts.repeats);
  return bytes;
}

// The events of a page that the log does not hold yet, and what to remember of them.
struct News {
  std::vector<pipeline::LogEntry> entries;
  std::vector<std::pair<std::string_view, Hash128>> seen;  // by ref; views into the page
};

// The events of a page by ref, those of one ref in the order in which they came. The store reads
// and writes keys that are in order in a fraction of the time.
std::vector<const ChangeEvent*> ByRef(const connectors::Page& page) {
  std::vector<const ChangeEvent*> events;
  events.reserve(page.events.size());
  for (const ChangeEvent& event : page.events) events.push_back(&event);
  const auto before = [](const ChangeEvent* a, const ChangeEvent* b) { return a->ref < b->ref; };
  if (!std::is_sorted(events.begin(), events.end(), before)) {
    std::stable_sort(events.begin(), events.end(), before);
  }
  return events;
}

// The hash of the version that the log holds of each ref, where it holds one. Of a snapshot in
// order of ids, it holds none from the page's first to its last, as a single look tells.
Result<std::vector<std::optional<std::string>>> HashesHeld(
    const pipeline::Store& store, const std::vector<std::string_view>& keys) {
  bool any = false;
  const auto note_any = [&](std::string_view key, std::string_view) {
    any = key <= keys.back();
    return false;
  };
  if (!keys.empty()) TRUEUP_RETURN_IF_ERROR(store.ScanFrom(kSeen, keys.front(), note_any));
  if (!any) return std::vector<std::optional<std::string>>(keys.size());
  return store.MultiGet(kSeen, {keys.begin(), keys.end()});
}

Result<News> FindNews(const connectors::Page& page, const pipeline::Store& store, bool as_json) {
  const std::vector<const ChangeEvent*> events = ByRef(page);
  std::vector<std::string_view> keys;
  keys.reserve(events.size());
  for (const ChangeEvent* event : events) {
    if (keys.empty() || keys.back() != event->ref.text()) keys.push_back(event->ref.text());
  }
  TRUEUP_ASSIGN(const auto held, HashesHeld(store, keys));
  News news;
  std::vector<bool> is_new(page.events.size());
  auto event = events.begin();
  for (size_t i = 0; i < keys.size(); ++i) {
    std::optional<Hash128> known;
    if (held[i]) known = Hash128::FromBytes(*held[i]);
    bool any = false;
    for (; event != events.end() && (*event)->ref.text() == keys[i]; ++event) {
      const Hash128 hash = (*event)->ContentHash();
      if (known == hash) continue;
      known = hash;
      any = is_new[static_cast<size_t>(*event - page.events.data())] = true;
    }
    if (any) news.seen.emplace_back(keys[i], *known);
  }
  for (size_t i = 0; i < is_new.size(); ++i) {
    if (!is_new[i]) continue;
    pipeline::LogEntry& entry = news.entries.emplace_back();
    entry.key = page.events[i].ref.text();
    if (as_json) {
      entry.value = page.events[i].EncodeJson();
    } else {
      page.events[i].Encode(entry.value);
    }
  }
  return news;
}

}  // namespace

Intake::Intake(std::unique_ptr<pipeline::Store> store, pipeline::Log& log, Sharing sharing)
    : store_(std::move(store)),
      log_(log),
      shared_(sharing == Sharing::kCluster ? std::make_unique<Shared>(log) : nullptr),
      audits_(*store_, kAudits, log, shared_ ? &shared_->audits : nullptr),
      contents_(*store_, kContents, log, shared_ ? &shared_->audits : nullptr) {}

Result<std::unique_ptr<Intake>> Intake::Open(const std::string& folder, pipeline::Log& log,
                                             Sharing sharing) {
  pipeline::StoreOptions options;
  options.families = {"cursors", "seen", "counts", "log_id", "audits", "contents"};
  options.cache_bytes = 64 << 20;
  options.write_buffer_bytes = 2 << 20;
  TRUEUP_ASSIGN(auto store, pipeline::Store::Open(folder, options));
  TRUEUP_ASSIGN(const auto log_id, store->Get(kLogId, "log"));
  std::unique_ptr<Intake> intake(new Intake(std::move(store), log, sharing));
  if (log_id != log.id()) {
    if (log_id) LogWarning("intake", "the log is another one than before: pulling everything anew");
    TRUEUP_RETURN_IF_ERROR(intake->Forget());
  }
  return intake;
}

Result<std::string> Intake::CursorOf(const std::string& system, const std::string& object) {
  if (shared_) return shared_->cursors.Find(SharedKey(system, object));
  TRUEUP_ASSIGN(auto cursor, store_->Get(kCursors, ObjectKey(system, object)));
  return cursor.value_or("");
}

Result<IntakeCounts> Intake::CountsOf(const std::string& system, const std::string& object) const {
  TRUEUP_ASSIGN(const auto bytes, store_->Get(kCounts, ObjectKey(system, object)));
  IntakeCounts counts;
  if (!bytes) return counts;
  BinaryReader reader(*bytes);
  counts = {reader.Varint(), reader.Varint(), reader.Varint()};
  TRUEUP_RETURN_IF_ERROR(reader.Check("the counts of " + system + "/" + object));
  return counts;
}

// Each record's versions stay in one partition, and so in order.
Status Intake::Publish(const std::string& topic, std::vector<pipeline::LogEntry> entries) {
  TRUEUP_ASSIGN(const int partitions, log_.Partitions(topic));
  std::map<int, std::vector<pipeline::LogEntry>> by_partition;
  for (pipeline::LogEntry& entry : entries) {
    const int partition = partitions <= 1 ? 0 : pipeline::PartitionOf(entry.key, partitions);
    by_partition[partition].push_back(std::move(entry));
  }
  for (const auto& [partition, some] : by_partition) {
    TRUEUP_RETURN_IF_ERROR(log_.Append({topic, partition}, some));
  }
  for (const auto& [partition, some] : by_partition) {
    TRUEUP_RETURN_IF_ERROR(log_.Sync({topic, partition}));
  }
  return {};
}

Result<IntakeCounts> Intake::Append(const std::string& system, const std::string& object,
                                    const connectors::Page& page, StoreBatch& batch) {
  TRUEUP_ASSIGN(News news, FindNews(page, *store_, shared_ != nullptr));
  IntakeCounts added;
  // Rows that the connector folded into one event repeat it.
  added.received = std::max<uint64_t>(page.received, page.events.size());
  added.published = news.entries.size();
  added.repeats = added.received - added.published;
  TRUEUP_RETURN_IF_ERROR(Publish(pipeline::SourceTopic(system), std::move(news.entries)));
  TRUEUP_ASSIGN(IntakeCounts total, CountsOf(system, object));
  total.received += added.received;
  total.published += added.published;
  total.repeats += added.repeats;
  for (const auto& [ref, hash] : news.seen) batch.Put(kSeen, ref, hash.ToBytes());
  batch.Put(kCounts, ObjectKey(system, object), EncodeCounts(total));
  return added;
}

Result<IntakeCounts> Intake::Deliver(const std::string& system, const std::string& object,
                                     const connectors::Page& page) {
  StoreBatch batch;
  TRUEUP_ASSIGN(const IntakeCounts added, Append(system, object, page, batch));
  if (shared_) {
    TRUEUP_RETURN_IF_ERROR(shared_->cursors.Put(SharedKey(system, object), page.next_cursor));
  } else {
    batch.Put(kCursors, ObjectKey(system, object), page.next_cursor);
  }
  TRUEUP_RETURN_IF_ERROR(store_->Commit(batch));
  return added;
}

Result<IntakeCounts> Intake::DeliverFetched(const std::string& system, const std::string& object,
                                            std::vector<ChangeEvent> events) {
  connectors::Page page;
  page.received = events.size();
  page.events = std::move(events);
  StoreBatch batch;
  TRUEUP_ASSIGN(const IntakeCounts added, Append(system, object, page, batch));
  TRUEUP_RETURN_IF_ERROR(store_->Commit(batch));
  return added;
}

Status Intake::Clear(FamilyId family) {
  constexpr size_t kKeysPerBatch = 10'000;
  for (bool more = true; more;) {
    StoreBatch batch;
    size_t keys = 0;
    TRUEUP_RETURN_IF_ERROR(store_->Scan(family, {}, [&](std::string_view key, std::string_view) {
      batch.Delete(family, key);
      return ++keys < kKeysPerBatch;
    }));
    more = keys > 0;
    TRUEUP_RETURN_IF_ERROR(store_->Commit(batch));
  }
  return {};
}

Status Intake::ForgetCursors() { return shared_ ? shared_->cursors.Clear() : Clear(kCursors); }

Status Intake::Forget() {
  TRUEUP_RETURN_IF_ERROR(Clear(kCursors));
  TRUEUP_RETURN_IF_ERROR(Clear(kSeen));
  if (!shared_) {
    TRUEUP_RETURN_IF_ERROR(audits_.ForgetProofs());
    TRUEUP_RETURN_IF_ERROR(contents_.ForgetProofs());
  }
  StoreBatch batch;
  batch.Put(kLogId, "log", log_.id());
  return store_->Commit(batch, true);
}

}  // namespace trueup::daemon
