#pragma once

#include <chrono>
#include <cstdint>
#include <map>
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

// kInvalid where it is no name of a topic of at most 200 letters and a partition of 0 or above.
Status CheckName(const TopicPartition& where);

// `version` orders the contents of one key where several writers may write it (a task that was
// restored elsewhere, and the one that it took over from): readers let the highest count. The
// embedded log has one writer and does not keep it; 0 is "none".
struct LogEntry {
  std::string key;
  std::string value;  // empty: the key is removed
  uint64_t version = 0;
};

struct LogRecord {
  uint64_t offset = 0;
  std::string key;
  std::string value;
  uint64_t version = 0;
};

struct TopicSettings {
  int partitions = 1;
  bool compacted = false;  // the log may forget all but the newest record of a key
};

// An append-only log of records. The only way between connectors and pipeline, and from the
// pipeline to reports. Safe from any thread.
//
// Durability: what Append took is not yet durable; Sync makes it so. A reader never sees a record
// that is not durable, so no state can be ahead of the log.
class Log {
 public:
  virtual ~Log() = default;

  // Appends in order. REQUIRES: MakeTopic made the topic; the embedded log makes what is not there
  // on the way, Kafka refuses it (kInvalid). kTransient: nothing of the call is in the log.
  // kUncertain: some of it may be or come to be.
  virtual Status Append(const TopicPartition& where, const std::vector<LogEntry>& entries) = 0;

  // Returns when everything appended to `where` before the call is durable. A failure is told to
  // the thread that appended what failed, once: it repeats all since its last good Sync, as some of
  // it may be in the log. Where the embedded log fails, so does every later Append and Sync of that
  // partition until the log is opened anew: what was not durable may be gone, End() then says from
  // where on.
  virtual Status Sync(const TopicPartition& where) = 0;

  // Durable records from `offset` on, at most `max_records` and about `max_bytes`; it may be fewer
  // than there are, but none only at the end. Offsets may be skipped in a compacted topic. An
  // offset below begin() or beyond end() is kInvalid: the caller's position is lost and must not be
  // guessed.
  virtual Result<std::vector<LogRecord>> Read(const TopicPartition& where, uint64_t offset,
                                              size_t max_records, size_t max_bytes) = 0;

  // Makes the topic, unless it is there. kConflict where it is there with another number of
  // partitions: records of one key would then lie in two of them.
  virtual Status MakeTopic(const std::string& topic, const TopicSettings& settings) = 0;

  // How many partitions the topic has; 0 for one that is not there.
  virtual Result<int> Partitions(const std::string& topic) = 0;

  // First kept offset, and the offset behind the last durable record (0 for a topic that is not
  // there).
  virtual Result<uint64_t> Begin(const TopicPartition& where) = 0;
  virtual Result<uint64_t> End(const TopicPartition& where) = 0;

  // The ends of all of these, by one question where somebody has to be asked.
  virtual Result<std::map<TopicPartition, uint64_t>> Ends(const std::vector<TopicPartition>& of);

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
