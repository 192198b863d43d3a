#include "pipeline/log/kafka/client.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <future>
#include <string_view>
#include <utility>
#include <vector>

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

LogLevel LevelOf(int syslog_level, std::string_view facility) {
  // A property that is for the other kind of client only, of which it says so; and a certificate of
  // which we have said why it is refused.
  if (facility == "CONFWARN" || facility == "SSLCERTVRFY" || syslog_level > 6)
    return LogLevel::kDebug;
  // No error: it goes on trying, and who waits for it gets the error in the end.
  return syslog_level <= 4 ? LogLevel::kWarning : LogLevel::kInfo;
}

void OnLog(const rd_kafka_t* /*handle*/, int level, const char* facility, const char* text) {
  Log(LevelOf(level, facility), "kafka", text);
}

using ConfHandle = std::unique_ptr<rd_kafka_conf_t, DestroyWith<rd_kafka_conf_destroy>>;

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
  TRUEUP_RETURN_IF_ERROR(Apply(options_, settings.tuning, invariants, conf));
  rd_kafka_conf_set_log_cb(conf, OnLog);
  events_->Listen(conf);
  return {};
}

Status Client::Start(const ClientSettings& settings) {
  events_ = std::make_shared<ClientEvents>(options_, settings.callbacks);
  ConfHandle conf(rd_kafka_conf_new());
  TRUEUP_RETURN_IF_ERROR(Configure(conf.get(), settings));
  std::array<char, 512> text{};
  handle_ = rd_kafka_new(settings.type, conf.get(), text.data(), text.size());
  if (handle_ == nullptr) {
    return Error(ErrorKind::kInvalid,
                 std::string("kafka client: ") + text.data() +
                     WhereSet(options_, RD_KAFKA_RESP_ERR_NO_ERROR, text.data()));
  }
  (void)conf.release();  // the client's, now
  TRUEUP_RETURN_IF_ERROR(events_->ServeTokens(handle_));
  // A member of a group is polled by its owner: librdkafka counts that as a sign of life.
  if (settings.callbacks.on_rebalance != nullptr) return {};
  poller_ = std::jthread([handle = handle_](const std::stop_token& stop) {
    while (!stop.stop_requested()) rd_kafka_poll(handle, kPollMs);
  });
  return {};
}

Client::~Client() {
  poller_.request_stop();
  if (poller_.joinable()) poller_.join();
  if (handle_ == nullptr) return;
  events_->End();
  // Its thread outlives us where it hangs, and with it those who still call our events.
  std::packaged_task<void()> destroy([handle = handle_, events = events_] {
    rd_kafka_destroy_flags(handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  });
  std::future<void> done = destroy.get_future();
  std::thread(std::move(destroy)).detach();
  if (done.wait_for(kMaxDestroy) != std::future_status::ready) {
    LogError("kafka", "a client does not end and is left behind");
  }
}

Error Client::Failure(rd_kafka_resp_err_t code, const std::string& doing) const {
  return events_->Failure(code, doing + " at " + Joined(options_.brokers));
}

void CheckProperties(const KafkaOptions& options, const Place& elsewhere, Problems& problems) {
  ConfHandle conf(rd_kafka_conf_new());
  Problems found;
  ApplyAll(options, elsewhere, conf.get(), found);
  for (const Problem& problem : found.list()) problems.Add(problem.place, problem.message);
  if (!found.empty()) return;
  ClientEvents events(options, {});
  rd_kafka_conf_set_log_cb(conf.get(), OnLog);
  events.Listen(conf.get());
  std::array<char, 512> text{};
  // Without brokers it speaks to nobody.
  rd_kafka_t* const client = rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), text.data(), text.size());
  if (client != nullptr) {
    (void)conf.release();  // the client's, now
    rd_kafka_destroy(client);
    return;
  }
  const std::string said = text.data();
  for (const auto& [name, place] : options.places) {
    if (said.find(name) != said.npos) return problems.Add(place, "kafka client: " + said);
  }
  problems.Add(elsewhere, "kafka client: " + said);
}

}  // namespace trueup::pipeline::kafka
