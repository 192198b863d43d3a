#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "pipeline/log/log.h"

namespace trueup::pipeline {

// The log as a standby sees it (docs/decisions/0013): of each inbox it shows what the owner has
// told that it has worked off, whose outputs are in the log therefore, and nothing that is written
// to it gets anywhere. So a task over it is never ahead of what was sent. Safe from any thread.
class FollowerLog : public Log {
 public:
  // `log` must outlive the object.
  explicit FollowerLog(Log& log) : log_(log) {}

  // How far the owners have worked off these inboxes. Before the first time, nothing is shown.
  void Show(const std::map<TopicPartition, uint64_t>& worked_off);
  // Up to where an inbox is shown.
  uint64_t shown(const TopicPartition& where) const;

  Status Append(const TopicPartition& /*where*/,
                const std::vector<LogEntry>& /*entries*/) override {
    return {};
  }
  Status Sync(const TopicPartition& /*where*/) override { return {}; }
  Status Trim(const TopicPartition& /*where*/, uint64_t /*offset*/) override { return {}; }
  Status MakeTopic(const std::string& /*topic*/, const TopicSettings& /*settings*/) override {
    return {};
  }

  Result<std::vector<LogRecord>> Read(const TopicPartition& where, uint64_t offset,
                                      size_t max_records, size_t max_bytes) override;

  Result<int> Partitions(const std::string& topic) override { return log_.Partitions(topic); }
  Result<uint64_t> Begin(const TopicPartition& where) override { return log_.Begin(where); }
  Result<uint64_t> End(const TopicPartition& where) override { return log_.End(where); }
  Result<std::map<TopicPartition, uint64_t>> Ends(const std::vector<TopicPartition>& of) override {
    return log_.Ends(of);
  }
  bool WaitFor(const TopicPartition& where, uint64_t offset, std::chrono::milliseconds timeout,
               std::stop_token stop) override {
    return log_.WaitFor(where, offset, timeout, stop);
  }
  const std::string& id() const override { return log_.id(); }

 private:
  Log& log_;
  mutable std::mutex mutex_;
  std::map<TopicPartition, uint64_t> shown_;
};

}  // namespace trueup::pipeline
