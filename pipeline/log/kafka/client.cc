#include "pipeline/log/kafka/client.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <future>
#include <string_view>
#include <utility>

#include "base/logging.h"

namespace trueup::pipeline::kafka {
namespace {

constexpr std::chrono::seconds kMaxDestroy{5};
constexpr int kPollMs = 50;

std::string Joined(const std::vector<std::string>& parts) {
  std::string all;
  for (const std::string& part : parts) all += (all.empty() ? "" : ",") + part;
  return all;
}

Status Set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  std::array<char, 512> text{};
  if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), text.data(), text.size()) ==
      RD_KAFKA_CONF_OK) {
    return {};
  }
  return Error(ErrorKind::kInvalid, "kafka property " + name + ": " + text.data());
}

LogLevel LevelOf(int syslog_level, std::string_view facility) {
  // A property that is for the other kind of client only, of which it says so.
  if (facility == "CONFWARN" || syslog_level > 6) return LogLevel::kDebug;
  // No error: it goes on trying, and who waits for it gets the error in the end.
  return syslog_level <= 4 ? LogLevel::kWarning : LogLevel::kInfo;
}

}  // namespace

ErrorKind KindOf(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR__SSL:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM:
    case RD_KAFKA_RESP_ERR_ILLEGAL_SASL_STATE:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_SECURITY_DISABLED: return ErrorKind::kDenied;
    case RD_KAFKA_RESP_ERR__INVALID_ARG:
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR__FENCED:
    case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
    case RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR:
    case RD_KAFKA_RESP_ERR_INVALID_PARTITIONS:
    case RD_KAFKA_RESP_ERR_INVALID_CONFIG:
    case RD_KAFKA_RESP_ERR_INVALID_REQUEST:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION: return ErrorKind::kInvalid;
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD: return ErrorKind::kRejected;
    case RD_KAFKA_RESP_ERR__BAD_MSG:
    case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
    case RD_KAFKA_RESP_ERR_INVALID_MSG: return ErrorKind::kCorrupt;
    case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS: return ErrorKind::kConflict;
    default: return ErrorKind::kTransient;
  }
}

Error ToError(rd_kafka_resp_err_t code, const std::string& doing) {
  return {KindOf(code), doing + ": " + rd_kafka_err2str(code)};
}

Result<std::unique_ptr<Client>> Client::Open(const KafkaOptions& options,
                                             const ClientSettings& settings) {
  std::unique_ptr<Client> client(new Client(options));
  TRUEUP_RETURN_IF_ERROR(client->Start(settings));
  return client;
}

Status Client::Configure(rd_kafka_conf_t* conf, const ClientSettings& settings) {
  Properties invariants = settings.invariants;
  invariants["bootstrap.servers"] = Joined(options_.brokers);
  for (const auto& [name, value] : options_.properties) {
    if (invariants.contains(name)) {
      return Error(ErrorKind::kInvalid, "kafka property " + name + " is not for setting");
    }
  }
  Properties all = settings.tuning;
  all.insert({"client.id", "trueup"});
  all.insert({"socket.nagle.disable", "true"});
  all.insert({"reconnect.backoff.max.ms", "1000"});
  // How long rights that were granted, or a topic that is there again, go unnoticed.
  all.insert({"topic.metadata.refresh.interval.ms", "30000"});
  for (const auto& [name, value] : options_.properties) all[name] = value;
  all.merge(invariants);
  for (const auto& [name, value] : all) TRUEUP_RETURN_IF_ERROR(Set(conf, name, value));
  rd_kafka_conf_set_opaque(conf, this);
  rd_kafka_conf_set_error_cb(conf, OnError);
  rd_kafka_conf_set_log_cb(conf, OnLog);
  // They get the owner's opaque, not ours.
  if (settings.on_delivery != nullptr) {
    rd_kafka_conf_set_dr_msg_cb(
        conf, [](rd_kafka_t* handle, const rd_kafka_message_t* message, void* opaque) {
          const ClientSettings& its = static_cast<Client*>(opaque)->settings_;
          its.on_delivery(handle, message, its.opaque);
        });
  }
  if (settings.on_rebalance != nullptr) {
    rd_kafka_conf_set_rebalance_cb(
        conf, [](rd_kafka_t* handle, rd_kafka_resp_err_t code,
                 rd_kafka_topic_partition_list_t* partitions, void* opaque) {
          const ClientSettings& its = static_cast<Client*>(opaque)->settings_;
          its.on_rebalance(handle, code, partitions, its.opaque);
        });
  }
  return {};
}

Status Client::Start(const ClientSettings& settings) {
  settings_ = settings;
  std::unique_ptr<rd_kafka_conf_t, DestroyWith<rd_kafka_conf_destroy>> conf(rd_kafka_conf_new());
  TRUEUP_RETURN_IF_ERROR(Configure(conf.get(), settings));
  std::array<char, 512> text{};
  handle_ = rd_kafka_new(settings.type, conf.get(), text.data(), text.size());
  if (handle_ == nullptr) {
    return Error(ErrorKind::kInvalid, std::string("kafka client: ") + text.data());
  }
  (void)conf.release();  // the client's, now
  // A member of a group is polled by its owner: librdkafka counts that as a sign of life.
  if (settings.on_rebalance != nullptr) return {};
  poller_ = std::jthread([handle = handle_](const std::stop_token& stop) {
    while (!stop.stop_requested()) rd_kafka_poll(handle, kPollMs);
  });
  return {};
}

Client::~Client() {
  poller_.request_stop();
  if (poller_.joinable()) poller_.join();
  if (handle_ == nullptr) return;
  // Its thread outlives us where it hangs.
  std::packaged_task<void()> destroy(
      [handle = handle_] { rd_kafka_destroy_flags(handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE); });
  std::future<void> done = destroy.get_future();
  std::thread(std::move(destroy)).detach();
  if (done.wait_for(kMaxDestroy) != std::future_status::ready) {
    LogError("kafka", "a client does not end and is left behind");
  }
}

Error Client::Failure(rd_kafka_resp_err_t code, const std::string& doing) const {
  Error error = ToError(code, doing + " at " + Joined(options_.brokers));
  const bool no_answer =
      code == RD_KAFKA_RESP_ERR__TIMED_OUT || code == RD_KAFKA_RESP_ERR__TRANSPORT ||
      code == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT || code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
  const std::lock_guard lock(mutex_);
  if (!no_answer || last_problem_ == RD_KAFKA_RESP_ERR_NO_ERROR) return error;
  return {KindOf(last_problem_), error.message() + " (" + last_reason_ + ")"};
}

void Client::OnError(rd_kafka_t* /*handle*/, int code, const char* reason, void* opaque) {
  auto* const client = static_cast<Client*>(opaque);
  const std::lock_guard lock(client->mutex_);
  // That all are down says less than why the last one is.
  const bool more = code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
  if (!more && client->last_problem_ != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  client->last_problem_ = static_cast<rd_kafka_resp_err_t>(code);
  client->last_reason_ = reason;
}

void Client::OnLog(const rd_kafka_t* /*handle*/, int level, const char* facility,
                   const char* text) {
  trueup::Log(LevelOf(level, facility), "kafka", text);
}

}  // namespace trueup::pipeline::kafka
