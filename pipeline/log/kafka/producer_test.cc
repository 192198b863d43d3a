#include "pipeline/log/kafka/producer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "pipeline/log/kafka/testing/mock_cluster.h"

namespace trueup::pipeline::kafka {
namespace {

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
  cluster_.AnswerNext(kProduceRequest, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS);
  const Status written = Write(kWhere);
  EXPECT_TRUE(written.ok()) << written.error().message();
  EXPECT_EQ(producer_.AcknowledgedEnd(kWhere), 2U);
}

TEST_F(ProducerTest, AFatalErrorFailsWhatWasNotAcknowledgedAndTheNextAppendBeginsAnew) {
  ASSERT_TRUE(Write(kWhere).ok());
  cluster_.AnswerNext(kProduceRequest, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH);
  const Status failed = Write(kWhere);
  ASSERT_FALSE(failed.ok());
  EXPECT_THAT(failed.error().message(), ::testing::HasSubstr("writing to t 0"));
  const Status again = Write(kWhere);
  EXPECT_TRUE(again.ok()) << again.error().message();
  EXPECT_EQ(producer_.AcknowledgedEnd(kWhere), 4U);
}

TEST_F(ProducerTest, RightsThatAreMissingAreDenied) {
  cluster_.AnswerNext(kProduceRequest, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
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
  cluster_.AnswerNext(kProduceRequest, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
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
  for (int i = 0; i < 100; ++i)
    cluster_.AnswerNext(kProduceRequest, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS);
  ASSERT_TRUE(producer.Append(kWhere, {{"k", "v"}}).ok());
  const Status given_up = producer.Sync(kWhere);
  ASSERT_FALSE(given_up.ok());
  EXPECT_THAT(given_up.error().kind(),
              ::testing::AnyOf(ErrorKind::kTransient, ErrorKind::kUncertain));
}

TEST_F(ProducerTest, WhatIsOpenAtTheEndHoldsNobodyUp) {
  cluster_.AnswerNext(kProduceRequest, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS);
  Producer producer(cluster_.options());
  ASSERT_TRUE(producer.Append(kWhere, std::vector<LogEntry>(1000, {"k", "v"})).ok());
}

}  // namespace
}  // namespace trueup::pipeline::kafka
