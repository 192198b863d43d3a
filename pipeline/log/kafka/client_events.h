#pragma once

#include <librdkafka/rdkafka.h>

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "pipeline/log/kafka/options.h"

namespace trueup::pipeline::kafka {

// What a client's owner wants to hear. Called by the client's thread; `opaque` is theirs alone.
// Null: nothing.
struct ClientCallbacks {
  void (*on_delivery)(rd_kafka_t*, const rd_kafka_message_t*, void* opaque) = nullptr;
  void (*on_rebalance)(rd_kafka_t*, rd_kafka_resp_err_t, rd_kafka_topic_partition_list_t*,
                       void* opaque) = nullptr;
  void* opaque = nullptr;
};

// What librdkafka's threads tell of one client, and ask of it: errors, certificates, tokens. They
// may do so until the client has ended, so the object has to outlive that. Safe from any thread.
class ClientEvents {
 public:
  ClientEvents(const KafkaOptions& options, const ClientCallbacks& callbacks)
      : options_(options), callbacks_(callbacks) {}

  // Has a client of this configuration call the object.
  void Listen(rd_kafka_conf_t* conf);
  // Lets a client that was made of it fetch its tokens.
  Status ServeTokens(rd_kafka_t* handle) const;
  // The client is about to end: who fetches a token for it stops.
  void End() { ended_.request_stop(); }

  // An error with this code of what was being done, and with what went wrong last at the brokers,
  // if something did (librdkafka says only "timed out" where a password is wrong), and where the
  // properties that it is about are set.
  Error Failure(rd_kafka_resp_err_t code, const std::string& doing) const;

 private:
  static void OnError(rd_kafka_t* handle, int code, const char* reason, void* opaque) noexcept;
  static void OnTokenWanted(rd_kafka_t* handle, const char* config, void* opaque) noexcept;
  static int OnCertificate(rd_kafka_t* handle, const char* broker, int32_t id, int* x509_error,
                           int depth, const char* der, size_t size, char* text, size_t text_size,
                           void* opaque) noexcept;
  // Fetches a token and hands it over.
  Status BringToken(rd_kafka_t* handle) const;

  const KafkaOptions options_;
  const ClientCallbacks callbacks_;
  std::stop_source ended_;

  mutable std::mutex mutex_;
  rd_kafka_resp_err_t problem_ = RD_KAFKA_RESP_ERR_NO_ERROR;  // the last one
  std::string reason_;
  std::optional<ErrorKind> token_failure_;  // why there is no new token, where the last try failed
  std::string certificate_;                 // the last one that was refused, and why
};

}  // namespace trueup::pipeline::kafka
