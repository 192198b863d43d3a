#pragma once

#include <condition_variable>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "pipeline/log/kafka/client.h"
#include "pipeline/log/log.h"

namespace trueup::pipeline::kafka {

// Writes to partitions, and knows what the brokers acknowledged. Safe from any thread.
//
// librdkafka's idempotent producer is one session: no record twice, none out of order, however
// often it has to send it. Where a session ends (librdkafka calls that fatal) what is not
// acknowledged fails, and the next Append begins a new one.
class Producer {
 public:
  explicit Producer(KafkaOptions options) : options_(std::move(options)) {}
  ~Producer();
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  // Begins a session, so that wrong properties show at start.
  Status Start();

  // As Log has them; `where` with the topic's full name, which exists.
  Status Append(const TopicPartition& where, const std::vector<LogEntry>& entries);
  Status Sync(const TopicPartition& where);

  // Behind the highest record that was acknowledged; 0 for none.
  uint64_t AcknowledgedEnd(const TopicPartition& where);

 private:
  struct Session;
  struct Partition;

  // The records of one Append. Ends when each was acknowledged or failed.
  struct Batch {
    Partition* partition = nullptr;
    const Session* session = nullptr;
    std::thread::id writer;
    uint64_t number = 0;
    size_t waiting = 0;  // records that have not ended; and 1 until all were handed over
    std::optional<Error> failure;
  };

  struct Partition {
    TopicPartition where;
    uint64_t batches = 0;
    std::list<Batch> open;  // by number
    uint64_t acknowledged_end = 0;
    std::map<std::thread::id, Error> failures;  // not told yet
  };

  static void OnDelivery(rd_kafka_t* handle, const rd_kafka_message_t* message,
                         void* opaque) noexcept;

  Result<std::shared_ptr<Session>> LiveSession();
  Batch& Begin(const TopicPartition& where, const Session& session, size_t records);
  void End(Batch& batch, size_t records);
  void EndAll(const Session& session);

  const KafkaOptions options_;

  std::mutex session_mutex_;
  std::shared_ptr<Session> session_;

  std::mutex mutex_;  // guards all below, and the batches
  std::condition_variable ended_;
  std::map<TopicPartition, Partition> partitions_;
};

}  // namespace trueup::pipeline::kafka
