#include "pipeline/log/kafka/client_events.h"

#include <openssl/x509_vfy.h>

#include <array>
#include <chrono>
#include <vector>

#include "base/clock.h"
#include "base/logging.h"
#include "pipeline/log/kafka/client.h"
#include "pipeline/log/kafka/properties.h"

namespace trueup::pipeline::kafka {
namespace {

// How long a token counts whose service does not tell: soon enough to be replaced in time.
constexpr std::chrono::minutes kTokenLife{5};

// librdkafka before 2.6.1 sends the client's nonce twice, which Kafka 4 does not let pass.
std::string ScramHint(const KafkaOptions& options) {
  constexpr int kMended = 0x020601ff;
  const auto mechanism = options.properties.find("sasl.mechanism");
  if (mechanism == options.properties.end() || !mechanism->second.starts_with("SCRAM") ||
      rd_kafka_version() >= kMended) {
    return {};
  }
  return std::string("; librdkafka ") + rd_kafka_version_str() +
         " cannot sign in by SCRAM at Kafka 4 and newer, 2.6.1 can";
}

}  // namespace

void ClientEvents::Listen(rd_kafka_conf_t* conf) {
  rd_kafka_conf_set_opaque(conf, this);
  rd_kafka_conf_set_error_cb(conf, OnError);
  rd_kafka_conf_set_ssl_cert_verify_cb(conf, OnCertificate);
  if (options_.tokens.fetch) {
    rd_kafka_conf_set_oauthbearer_token_refresh_cb(conf, OnTokenWanted);
    rd_kafka_conf_enable_sasl_queue(conf, 1);
  }
  // They get the owner's opaque, not ours.
  if (callbacks_.on_delivery != nullptr) {
    rd_kafka_conf_set_dr_msg_cb(
        conf, [](rd_kafka_t* handle, const rd_kafka_message_t* message, void* opaque) {
          const ClientCallbacks& its = static_cast<ClientEvents*>(opaque)->callbacks_;
          its.on_delivery(handle, message, its.opaque);
        });
  }
  if (callbacks_.on_rebalance != nullptr) {
    rd_kafka_conf_set_rebalance_cb(
        conf, [](rd_kafka_t* handle, rd_kafka_resp_err_t code,
                 rd_kafka_topic_partition_list_t* partitions, void* opaque) {
          const ClientCallbacks& its = static_cast<ClientEvents*>(opaque)->callbacks_;
          its.on_rebalance(handle, code, partitions, its.opaque);
        });
  }
}

// By a thread of librdkafka's own: nobody polls while a question waits for its answer.
Status ClientEvents::ServeTokens(rd_kafka_t* handle) const {
  if (!options_.tokens.fetch) return {};
  const ErrorHandle failed(rd_kafka_sasl_background_callbacks_enable(handle));
  if (!failed) return {};
  return Error(ErrorKind::kInvalid, rd_kafka_error_string(failed.get()));
}

Error ClientEvents::Failure(rd_kafka_resp_err_t code, const std::string& doing) const {
  const Error error = ToError(code, doing);
  const bool no_answer =
      code == RD_KAFKA_RESP_ERR__TIMED_OUT || code == RD_KAFKA_RESP_ERR__TRANSPORT ||
      code == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT || code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
  const std::lock_guard lock(mutex_);
  if (!no_answer || problem_ == RD_KAFKA_RESP_ERR_NO_ERROR) {
    return {error.kind(), error.message() + WhereSet(options_, code, "")};
  }
  std::string reason = reason_;
  if (problem_ == RD_KAFKA_RESP_ERR__SSL && !certificate_.empty()) reason += "; " + certificate_;
  if (problem_ == RD_KAFKA_RESP_ERR__AUTHENTICATION) reason += ScramHint(options_);
  const bool no_token = problem_ == RD_KAFKA_RESP_ERR__AUTHENTICATION && token_failure_;
  return {no_token ? *token_failure_ : KindOf(problem_),
          error.message() + " (" + reason + ")" + WhereSet(options_, problem_, reason)};
}

void ClientEvents::OnError(rd_kafka_t* /*handle*/, int code, const char* reason,
                           void* opaque) noexcept {
  auto* const self = static_cast<ClientEvents*>(opaque);
  const std::lock_guard lock(self->mutex_);
  // That all are down says less than why the last one is.
  const bool more = code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
  if (!more && self->problem_ != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  self->problem_ = static_cast<rd_kafka_resp_err_t>(code);
  self->reason_ = reason;
}

Status ClientEvents::BringToken(rd_kafka_t* handle) const {
  const KafkaTokens& tokens = options_.tokens;
  TRUEUP_ASSIGN(const KafkaToken token, tokens.fetch(ended_.get_token()));
  const Instant expires = token.expires.value_or(SystemClock().Now() + kTokenLife);
  std::vector<const char*> extensions;
  for (const auto& [name, value] : tokens.extensions) {
    extensions.insert(extensions.end(), {name.c_str(), value.c_str()});
  }
  const auto until = std::chrono::floor<std::chrono::milliseconds>(expires.time_since_epoch());
  std::array<char, 512> text{};
  if (rd_kafka_oauthbearer_set_token(handle, token.value.c_str(), until.count(),
                                     tokens.principal.c_str(), extensions.data(), extensions.size(),
                                     text.data(), text.size()) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    return {};
  }
  return Error(ErrorKind::kInvalid, text.data());
}

void ClientEvents::OnTokenWanted(rd_kafka_t* handle, const char* /*config*/,
                                 void* opaque) noexcept {
  auto* const self = static_cast<ClientEvents*>(opaque);
  const Status brought = self->BringToken(handle);
  {
    const std::lock_guard lock(self->mutex_);
    self->token_failure_.reset();
    if (!brought.ok()) self->token_failure_ = brought.error().kind();
  }
  // It comes back in OnError, and is tried again in 10 s.
  if (!brought.ok()) {
    rd_kafka_oauthbearer_set_token_failure(handle, brought.error().message().c_str());
  }
}

int ClientEvents::OnCertificate(rd_kafka_t* /*handle*/, const char* broker, int32_t /*id*/,
                                int* x509_error, int depth, const char* /*der*/, size_t /*size*/,
                                char* /*text*/, size_t /*text_size*/, void* opaque) noexcept {
  if (*x509_error == X509_V_OK) return 1;
  // librdkafka says of every refusal that ssl.ca.location may be wrong.
  const std::string why = std::string(depth == 0 ? "the certificate of " : "an issuer of ") +
                          broker + ": " + X509_verify_cert_error_string(*x509_error);
  auto* const self = static_cast<ClientEvents*>(opaque);
  const std::lock_guard lock(self->mutex_);
  if (self->certificate_ != why) LogWarning("kafka", why);
  self->certificate_ = why;
  return 0;
}

}  // namespace trueup::pipeline::kafka
