#pragma once

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace trueup::pipeline {

// Where a record of the log stands: offsets count records from 0 within one partition of one topic.
struct TopicPartition {
  std::string topic;  // letters, digits, '.', '-', '_'
  int partition = 0;

  friend auto operator<=>(const TopicPartition&, const TopicPartition&) = default;
};

struct LogEntry {
  std::string key;
  std::string value;
};

struct LogRecord {
  uint64_t offset = 0;
  std::string key;
  std::string value;
};

// An append-only log of records. The only way between connectors and pipeline, and from the
// pipeline to reports. Safe from any thread.
//
// Durability: what Append returned offsets for is not yet durable; Sync makes it so. A reader never
// sees a record that is not durable, so no state can be ahead of the log.
class Log {
 public:
  virtual ~Log() = default;

  // Appends in order; the offset of the first entry. The topic is made on first use. A full disk is
  // kTransient and nothing of the call is then in the log.
  virtual Result<uint64_t> Append(const TopicPartition& where,
                                  const std::vector<LogEntry>& entries) = 0;

  // Returns when everything appended to `where` before the call is durable. Many callers share one
  // fsync. One that fails is kUncertain, and so is every later Append and Sync of that partition
  // until the log is opened anew: what was not durable may be gone, End() then says from where on.
  virtual Status Sync(const TopicPartition& where) = 0;

  // Durable records from `offset` on, at most `max_records` and about `max_bytes` (but at least
  // one, if there is one). Empty at the end. An offset below begin() or beyond end() is kInvalid:
  // the caller's position is lost and must not be guessed.
  virtual Result<std::vector<LogRecord>> Read(const TopicPartition& where, uint64_t offset,
                                              size_t max_records, size_t max_bytes) = 0;

  // First kept offset, and the offset behind the last durable record (0 for a topic that is not
  // there).
  virtual Result<uint64_t> Begin(const TopicPartition& where) = 0;
  virtual Result<uint64_t> End(const TopicPartition& where) = 0;

  // Waits until End() > `offset`; false where the time was over or `stop` was requested first.
  virtual bool WaitFor(const TopicPartition& where, uint64_t offset,
                       std::chrono::milliseconds timeout, std::stop_token stop) = 0;

  // Drops whole segments whose records are all below `offset`. Never drops a record at or above it.
  virtual Status Trim(const TopicPartition& where, uint64_t offset) = 0;

  // Names this log's content for good: a cursor or state kept for one log must not be used with
  // another.
  virtual const std::string& id() const = 0;
};

}  // namespace trueup::pipeline
