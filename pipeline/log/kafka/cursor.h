#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/error.h"
#include "pipeline/log/kafka/client.h"
#include "pipeline/log/log.h"

namespace trueup::pipeline::kafka {

// The one place in a partition at which this process reads. librdkafka fetches ahead of it, so
// going on where the last Read ended is fast; any other offset costs a round trip or two. Safe from
// any thread.
class Cursor {
 public:
  // `topic` is the full name. The client outlives the cursor.
  static Result<std::unique_ptr<Cursor>> Open(Client& client, const std::string& topic,
                                              int partition);
  ~Cursor();
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;

  // As Log::Read. Whoever knows of records below `known_end` is not told that there are none.
  Result<std::vector<LogRecord>> Read(uint64_t offset, size_t max_records, size_t max_bytes,
                                      uint64_t known_end);

  // Waits at most `timeout` for a record at or behind `offset`, going there if need be; whether
  // there is one.
  Result<bool> Await(uint64_t offset, std::chrono::milliseconds timeout);

 private:
  Cursor(Client& client, std::string name, int partition, TopicHandle topic)
      : client_(client), name_(std::move(name)), partition_(partition), topic_(std::move(topic)) {}

  Status Seek(uint64_t offset);
  void Stop();
  // Takes what librdkafka has fetched; where that is nothing, waits.
  Status Fetch(std::chrono::milliseconds timeout);
  Status Take(MessageHandle message);

  Client& client_;
  const std::string name_;
  const int partition_;

  std::mutex mutex_;
  const TopicHandle topic_;
  bool started_ = false;
  uint64_t position_ = 0;          // of the next record to give
  std::deque<LogRecord> fetched_;  // at and behind it
  bool at_end_ = false;            // behind what is in fetched_ nothing was there ...
  uint64_t end_ = 0;               // ... and this was the end
};

}  // namespace trueup::pipeline::kafka
