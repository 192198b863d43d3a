#include "pipeline/log/kafka/admin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/log/kafka/testing/mock_cluster.h"

namespace trueup::pipeline::kafka {
namespace {

using ::testing::HasSubstr;

class AskOffsetsTest : public ::testing::Test {
 protected:
  Result<std::map<TopicPartition, uint64_t>> Ask() {
    return AskOffsets(*client_, {{"t", 0}, {"t", 1}}, RD_KAFKA_OFFSET_END);
  }

  MockCluster cluster_;
  const std::unique_ptr<Client> client_ = Client::Open(cluster_.options(), {}).value();
};

TEST_F(AskOffsetsTest, AsksAgainWhileALeaderMoves) {
  cluster_.AnswerNext(kListOffsetsRequest, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION);
  cluster_.AnswerNext(kListOffsetsRequest, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE);
  const auto ends = Ask();
  ASSERT_TRUE(ends.ok()) << ends.error().message();
  EXPECT_EQ(ends->size(), 2U);
}

TEST_F(AskOffsetsTest, SaysWhatElseTheBrokersAnswer) {
  cluster_.AnswerNext(kListOffsetsRequest, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
  const auto ends = Ask();
  ASSERT_FALSE(ends.ok());
  EXPECT_EQ(ends.error().kind(), ErrorKind::kDenied);
  EXPECT_THAT(ends.error().message(),
              HasSubstr("asking for the ends of t 0 and 1 more partitions"));
}

}  // namespace
}  // namespace trueup::pipeline::kafka
