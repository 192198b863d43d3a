#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "pipeline/log/log.h"

namespace trueup::pipeline {

// What the inputs of one batch send, in order. Of a key the last content counts, and it is sent
// even where it equals what was sent before the batch: another run of this task may have cut its
// batches elsewhere and sent something in between (promise 2).
class Outbound {
 public:
  // The whole value of a key; takes the place of an earlier one of this batch, behind everything
  // that was added until now.
  void Put(const TopicPartition& where, LogEntry entry);
  // One of many entries of its key.
  void Add(const TopicPartition& where, LogEntry entry);

  // Hands everything to the log, once.
  Status Send(Log& log);
  // Waits until the log has what was sent.
  Status Await(Log& log) const;

  // What Send handed over: keys and values.
  uint64_t sent_bytes() const { return sent_bytes_; }

 private:
  struct Queue {
    std::vector<std::optional<LogEntry>> entries;  // nothing where a later one took its place
    std::unordered_map<std::string, size_t> by_key;
  };

  std::map<TopicPartition, Queue> queues_;
  uint64_t sent_bytes_ = 0;
};

}  // namespace trueup::pipeline
