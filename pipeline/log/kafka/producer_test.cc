// What the brokers answer is played by librdkafka's mock cluster, which shows how errors are taken
// and nothing else.
#include "pipeline/log/kafka/producer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <librdkafka/rdkafka_mock.h>

#include <array>
#include <thread>

namespace trueup::pipeline::kafka {
namespace {

constexpr int16_t kProduceRequest = 0;

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

  // The next Produce request is answered so.
  void AnswerNext(rd_kafka_resp_err_t code) {
    rd_kafka_mock_push_request_errors(cluster_, kProduceRequest, 1, code);
  }

 private:
  rd_kafka_t* host_ = nullptr;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
};

class ProducerTest : public ::testing::Test {
 protected:
  Status Write(const TopicPartition& where) {
    TRUEUP_RETURN_IF_ERROR(producer_.Append(where, {{"k", "v", 1}, {"k", "w", 2}}));
    return producer_.Sync(where);
  }

  MockCluster cluster_;
  Producer producer_{cluster_.options()};
  const TopicPartition kWhere{"t", 0};
};

TEST_F(ProducerTest, ATransientErrorIsNotSeen) {
  cluster_.AnswerNext(RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS);
  const Status written = Write(kWhere);
  EXPECT_TRUE(written.ok()) << written.error().message();
  EXPECT_EQ(producer_.AcknowledgedEnd(kWhere), 2U);
}

TEST_F(ProducerTest, AFatalErrorFailsWhatWasNotAcknowledgedAndTheNextAppendBeginsAnew) {
  ASSERT_TRUE(Write(kWhere).ok());
  cluster_.AnswerNext(RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH);
  const Status failed = Write(kWhere);
  ASSERT_FALSE(failed.ok());
  EXPECT_THAT(failed.error().message(), ::testing::HasSubstr("writing to t 0"));
  const Status again = Write(kWhere);
  EXPECT_TRUE(again.ok()) << again.error().message();
  EXPECT_EQ(producer_.AcknowledgedEnd(kWhere), 4U);
}

TEST_F(ProducerTest, RightsThatAreMissingAreDenied) {
  cluster_.AnswerNext(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
  const Status denied = Write(kWhere);
  ASSERT_FALSE(denied.ok());
  EXPECT_EQ(denied.error().kind(), ErrorKind::kDenied);
}

TEST_F(ProducerTest, APartitionThatIsNotThereIsAnError) {
  ASSERT_TRUE(Write(kWhere).ok());
  const Status nowhere = Write({"t", 7});
  ASSERT_FALSE(nowhere.ok());
  EXPECT_THAT(nowhere.error().message(), ::testing::HasSubstr("writing to t 7"));
}

TEST_F(ProducerTest, AFailureIsToldOnceToTheThreadWhoseRecordsFailed) {
  cluster_.AnswerNext(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
  ASSERT_TRUE(producer_.Append(kWhere, {{"k", "v"}}).ok());
  std::jthread([this] {
    // Waits for all, and is told of its own.
    EXPECT_TRUE(producer_.Sync(kWhere).ok());
    EXPECT_TRUE(Write(kWhere).ok());
  }).join();
  EXPECT_TRUE(Write({"t", 1}).ok());
  EXPECT_FALSE(producer_.Sync(kWhere).ok());
  EXPECT_TRUE(producer_.Sync(kWhere).ok());
}

TEST_F(ProducerTest, WhatNobodyAcknowledgesIsGivenUp) {
  KafkaOptions options = cluster_.options();
  options.delivery_timeout = std::chrono::milliseconds(300);
  Producer producer(options);
  for (int i = 0; i < 100; ++i) cluster_.AnswerNext(RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS);
  ASSERT_TRUE(producer.Append(kWhere, {{"k", "v"}}).ok());
  const Status given_up = producer.Sync(kWhere);
  ASSERT_FALSE(given_up.ok());
  EXPECT_THAT(given_up.error().kind(),
              ::testing::AnyOf(ErrorKind::kTransient, ErrorKind::kUncertain));
}

TEST_F(ProducerTest, WhatIsOpenAtTheEndHoldsNobodyUp) {
  cluster_.AnswerNext(RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS);
  Producer producer(cluster_.options());
  ASSERT_TRUE(producer.Append(kWhere, std::vector<LogEntry>(1000, {"k", "v"})).ok());
}

}  // namespace
}  // namespace trueup::pipeline::kafka
