#include "pipeline/log/memory/memory_log.h"

#include <algorithm>
#include <utility>

namespace trueup::pipeline {

MemoryLog::Partition& MemoryLog::Find(const TopicPartition& where) {
  auto& partitions = topics_[where.topic];
  const auto index = static_cast<size_t>(where.partition);
  if (partitions.size() <= index) partitions.resize(index + 1);
  return partitions[index];
}

Status MemoryLog::Append(const TopicPartition& where, const std::vector<LogEntry>& entries) {
  TRUEUP_RETURN_IF_ERROR(CheckName(where));
  const std::lock_guard lock(mutex_);
  Partition& partition = Find(where);
  for (const LogEntry& entry : entries) {
    partition.records.push_back({partition.end(), entry.key, entry.value, entry.version});
  }
  appended_.notify_all();
  return {};
}

Result<std::vector<LogRecord>> MemoryLog::Read(const TopicPartition& where, uint64_t offset,
                                               size_t max_records, size_t max_bytes) {
  const std::lock_guard lock(mutex_);
  const Partition& partition = Find(where);
  if (offset < partition.begin || offset > partition.end()) {
    return Error(ErrorKind::kInvalid, where.topic + " has no offset " + std::to_string(offset));
  }
  std::vector<LogRecord> records;
  size_t bytes = 0;
  for (uint64_t next = offset; next < partition.end() && records.size() < max_records; ++next) {
    const LogRecord& record = partition.records[next - partition.begin];
    bytes += record.key.size() + record.value.size();
    if (!records.empty() && bytes > max_bytes) break;
    records.push_back(record);
  }
  return records;
}

Status MemoryLog::MakeTopic(const std::string& topic, const TopicSettings& settings) {
  const std::lock_guard lock(mutex_);
  auto& partitions = topics_[topic];
  if (!partitions.empty() && partitions.size() != static_cast<size_t>(settings.partitions)) {
    return Error(ErrorKind::kConflict, "topic " + topic + " has other partitions");
  }
  partitions.resize(static_cast<size_t>(settings.partitions));
  return {};
}

Result<int> MemoryLog::Partitions(const std::string& topic) {
  const std::lock_guard lock(mutex_);
  const auto found = topics_.find(topic);
  return found == topics_.end() ? 0 : static_cast<int>(found->second.size());
}

Result<uint64_t> MemoryLog::Begin(const TopicPartition& where) {
  const std::lock_guard lock(mutex_);
  return Find(where).begin;
}

Result<uint64_t> MemoryLog::End(const TopicPartition& where) {
  const std::lock_guard lock(mutex_);
  return Find(where).end();
}

bool MemoryLog::WaitFor(const TopicPartition& where, uint64_t offset,
                        std::chrono::milliseconds timeout, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  return appended_.wait_for(lock, stop, timeout, [&] { return Find(where).end() > offset; });
}

Status MemoryLog::Trim(const TopicPartition& where, uint64_t offset) {
  const std::lock_guard lock(mutex_);
  Partition& partition = Find(where);
  const uint64_t to = std::min(std::max(offset, partition.begin), partition.end());
  partition.records.erase(partition.records.begin(),
                          partition.records.begin() + static_cast<ptrdiff_t>(to - partition.begin));
  partition.begin = to;
  return {};
}

void MemoryLog::LoseTail(const TopicPartition& where, uint64_t offset) {
  const std::lock_guard lock(mutex_);
  Partition& partition = Find(where);
  partition.records.resize(offset - partition.begin);
}

}  // namespace trueup::pipeline
