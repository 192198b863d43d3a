#pragma once

#include <librdkafka/rdkafka.h>

#include <memory>
#include <string>
#include <thread>

#include "base/error.h"
#include "pipeline/log/kafka/client_events.h"
#include "pipeline/log/kafka/options.h"
#include "pipeline/log/kafka/properties.h"

namespace trueup::pipeline::kafka {

// Owners of librdkafka's handles. It hangs in rd_kafka_destroy while any message, queue or topic of
// the client is alive: declare them behind the Client that they are of.
template <auto Destroy>
struct DestroyWith {
  template <class T>
  void operator()(T* handle) const noexcept {
    Destroy(handle);
  }
};
using MessageHandle = std::unique_ptr<rd_kafka_message_t, DestroyWith<rd_kafka_message_destroy>>;
using QueueHandle = std::unique_ptr<rd_kafka_queue_t, DestroyWith<rd_kafka_queue_destroy>>;
using TopicHandle = std::unique_ptr<rd_kafka_topic_t, DestroyWith<rd_kafka_topic_destroy>>;
using EventHandle = std::unique_ptr<rd_kafka_event_t, DestroyWith<rd_kafka_event_destroy>>;
using ErrorHandle = std::unique_ptr<rd_kafka_error_t, DestroyWith<rd_kafka_error_destroy>>;
using PartitionsHandle = std::unique_ptr<rd_kafka_topic_partition_list_t,
                                         DestroyWith<rd_kafka_topic_partition_list_destroy>>;

// Under which a record's version travels, in decimal digits.
inline constexpr const char* kVersionHeader = "version";

// What the caller can do about an error of librdkafka or of a broker.
ErrorKind KindOf(rd_kafka_resp_err_t code);

// "doing: <librdkafka's text>" with its kind.
Error ToError(rd_kafka_resp_err_t code, const std::string& doing);

struct ClientSettings {
  rd_kafka_type_t type = RD_KAFKA_PRODUCER;
  Properties tuning;      // what an installation may set otherwise
  Properties invariants;  // what it may not
  ClientCallbacks callbacks;
};

// One connection to the cluster: librdkafka's client with the settings that all of ours share. Its
// log lines become ours. Safe from any thread.
class Client {
 public:
  static Result<std::unique_ptr<Client>> Open(const KafkaOptions& options,
                                              const ClientSettings& settings);
  // Takes at most 5 s: a client that does not end (librdkafka has ways) is left behind.
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  rd_kafka_t* get() const { return handle_; }
  const KafkaOptions& options() const { return options_; }
  int timeout_ms() const { return static_cast<int>(options_.request_timeout.count()); }
  std::string TopicName(const std::string& topic) const { return options_.prefix + topic; }

  // As ClientEvents has it, naming the brokers.
  Error Failure(rd_kafka_resp_err_t code, const std::string& doing) const;

  // Nothing can be done with this client any more.
  bool dead() const { return rd_kafka_fatal_error(handle_, nullptr, 0) != 0; }

 private:
  explicit Client(const KafkaOptions& options) : options_(options) {}
  Status Start(const ClientSettings& settings);
  Status Configure(rd_kafka_conf_t* conf, const ClientSettings& settings);

  const KafkaOptions options_;
  std::shared_ptr<ClientEvents> events_;
  rd_kafka_t* handle_ = nullptr;
  std::jthread poller_;
};

// As CheckKafkaProperties (kafka_log.h).
void CheckProperties(const KafkaOptions& options, const Place& elsewhere, Problems& problems);

}  // namespace trueup::pipeline::kafka
