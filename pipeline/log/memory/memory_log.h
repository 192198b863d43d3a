#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "pipeline/log/log.h"

namespace trueup::pipeline {

// A log in memory, for tests of what runs over one: several tasks, and zombies of them, may write
// to it, as to Kafka. What is appended is durable at once.
class MemoryLog : public Log {
 public:
  Status Append(const TopicPartition& where, const std::vector<LogEntry>& entries) override;
  Status Sync(const TopicPartition& /*where*/) override { return {}; }
  Result<std::vector<LogRecord>> Read(const TopicPartition& where, uint64_t offset,
                                      size_t max_records, size_t max_bytes) override;
  Status MakeTopic(const std::string& topic, const TopicSettings& settings) override;
  Result<int> Partitions(const std::string& topic) override;
  Result<uint64_t> Begin(const TopicPartition& where) override;
  Result<uint64_t> End(const TopicPartition& where) override;
  bool WaitFor(const TopicPartition& where, uint64_t offset, std::chrono::milliseconds timeout,
               std::stop_token stop) override;
  Status Trim(const TopicPartition& where, uint64_t offset) override;
  const std::string& id() const override { return id_; }

  // What a log must never do: forgets acknowledged records, from `offset` on.
  void LoseTail(const TopicPartition& where, uint64_t offset);

 private:
  struct Partition {
    uint64_t begin = 0;
    std::vector<LogRecord> records;  // from `begin` on
    uint64_t end() const { return begin + records.size(); }
  };

  std::mutex mutex_;
  std::condition_variable_any appended_;
  std::map<std::string, std::vector<Partition>> topics_;
  const std::string id_ = "memory";

  // REQUIRES: mutex_ is held.
  Partition& Find(const TopicPartition& where);
};

}  // namespace trueup::pipeline
