#pragma once

#include <librdkafka/rdkafka_mock.h>

#include <array>
#include <cstdint>

#include "pipeline/log/kafka/options.h"

namespace trueup::pipeline::kafka {

// Kinds of requests.
inline constexpr int16_t kProduceRequest = 0;
inline constexpr int16_t kListOffsetsRequest = 2;

// Librdkafka's mock cluster: one broker with a topic "t" of two partitions. It shows how errors are
// taken and nothing else.
class MockCluster {
 public:
  MockCluster() {
    std::array<char, 512> text{};
    rd_kafka_conf_t* const conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "socket.nagle.disable", "true", text.data(), text.size());
    rd_kafka_conf_set(conf, "bootstrap.servers", "127.0.0.1:1", text.data(), text.size());
    rd_kafka_conf_set(conf, "log_level", "0", text.data(), text.size());
    host_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text.data(), text.size());
    cluster_ = rd_kafka_mock_cluster_new(host_, 1);
    rd_kafka_mock_topic_create(cluster_, "t", 2, 1);
  }
  ~MockCluster() {
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(host_);
  }
  MockCluster(const MockCluster&) = delete;
  MockCluster& operator=(const MockCluster&) = delete;

  KafkaOptions options() const {
    KafkaOptions options;
    options.brokers = {rd_kafka_mock_cluster_bootstraps(cluster_)};
    return options;
  }

  // The next request of this kind is answered so.
  void AnswerNext(int16_t request, rd_kafka_resp_err_t code) {
    rd_kafka_mock_push_request_errors(cluster_, request, 1, code);
  }

 private:
  rd_kafka_t* host_ = nullptr;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
};

}  // namespace trueup::pipeline::kafka
