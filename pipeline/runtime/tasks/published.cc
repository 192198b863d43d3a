#include "pipeline/runtime/tasks/published.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/hash.h"
#include "base/logging.h"
#include "pipeline/accounts/reconcile.h"
#include "pipeline/stages/changes.h"
#include "pipeline/stages/messages.h"

namespace trueup::pipeline {
namespace {

constexpr size_t kBatchRecords = 10'000;
constexpr size_t kBatchBytes = 16 << 20;

Result<std::string> HashOf(const std::string& topic, std::string json) {
  if (topic == kAccountsTopic) {
    TRUEUP_ASSIGN(json, WithoutOffsets(std::move(json)));
  }
  return HashBytes(json).ToBytes();
}

Status ReadPartition(const TopicPartition& where, Log& log,
                     std::map<std::string, PublishedDocument>& documents) {
  TRUEUP_ASSIGN(uint64_t next, log.Begin(where));
  TRUEUP_ASSIGN(const uint64_t end, log.End(where));
  while (next < end) {
    TRUEUP_ASSIGN(auto records, log.Read(where, next, kBatchRecords, kBatchBytes));
    if (records.empty()) break;  // the rest was compacted away
    for (LogRecord& record : records) {
      next = record.offset + 1;
      PublishedDocument& document = documents[DocumentKey(where.topic, record.key)];
      if (record.version < document.version) continue;
      document.version = record.version;
      document.hash.clear();
      if (record.value.empty()) continue;
      TRUEUP_ASSIGN(document.hash, HashOf(where.topic, std::move(record.value)));
    }
  }
  return {};
}

}  // namespace

Result<std::map<std::string, PublishedDocument>> ReadPublished(Log& log) {
  std::map<std::string, PublishedDocument> documents;
  for (const char* topic : {kAccountsTopic, kConditionsTopic, kFactsTopic}) {
    TRUEUP_ASSIGN(const int partitions, log.Partitions(topic));
    for (int partition = 0; partition < partitions; ++partition) {
      TRUEUP_RETURN_IF_ERROR(ReadPartition({topic, partition}, log, documents));
    }
  }
  return documents;
}

Status SweepEarlierGenerations(const GenerationPlan& plan, Log& log) {
  TRUEUP_ASSIGN(const auto documents, ReadPublished(log));
  std::set<TopicPartition> touched;
  for (const auto& [key, document] : documents) {
    if (document.hash.empty() || document.version >= plan.VersionAt(0)) continue;
    const size_t end = key.find('\0');
    std::string own = key.substr(end + 1);
    TRUEUP_ASSIGN(const int partitions, log.Partitions(key.substr(0, end)));
    const TopicPartition where{key.substr(0, end), PartitionOf(own, partitions)};
    TRUEUP_RETURN_IF_ERROR(log.Append(where, {{std::move(own), {}, plan.VersionAt(0)}}));
    touched.insert(where);
  }
  for (const TopicPartition& where : touched) TRUEUP_RETURN_IF_ERROR(log.Sync(where));
  return {};
}

}  // namespace trueup::pipeline
