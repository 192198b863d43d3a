// Needs a broker, of which TRUEUP_KAFKA says where it is: kafka_log_test.py in tests/kafka brings
// it up.
#include "pipeline/log/kafka/kafka_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/log/kafka/kafka_positions.h"
#include "pipeline/log/kafka/kafka_slot_group.h"
#include "pipeline/log/kafka/testing/broker.h"
#include "pipeline/log/log_contract.h"

namespace trueup::pipeline {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::unique_ptr<Log> Open(const KafkaOptions& options) {
  auto log = OpenKafkaLog(options);
  EXPECT_TRUE(log.ok()) << log.error().message();
  return log.ok() ? std::move(log).value() : nullptr;
}

class KafkaLogUnderTest : public LogUnderTest {
 public:
  KafkaLogUnderTest() { Reopen(); }
  Log& log() override { return *log_; }
  void Reopen() override {
    log_.reset();
    log_ = Open(options_);
  }

 private:
  const KafkaOptions options_ = kafka::OptionsOfTest();
  std::unique_ptr<Log> log_;
};

INSTANTIATE_TEST_SUITE_P(Kafka, LogContract,
                         ::testing::Values([] { return std::make_unique<KafkaLogUnderTest>(); }));

TEST(KafkaLog, KeepsVersions) {
  const auto log = Open(kafka::OptionsOfTest());
  ASSERT_TRUE(log->MakeTopic("t", {1, true}).ok());
  ASSERT_TRUE(log->Append({"t", 0}, {{"k", "v", 0}, {"k", "", 18446744073709551615U}}).ok());
  ASSERT_TRUE(log->Sync({"t", 0}).ok());
  const auto records = log->Read({"t", 0}, 0, 10, 1000).value();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].version, 0U);
  EXPECT_EQ(records[1].version, 18446744073709551615U);
}

TEST(KafkaLog, SaysWhichTopicOrPartitionIsMissing) {
  const KafkaOptions options = kafka::OptionsOfTest();
  const auto log = Open(options);
  const Status nowhere = log->Append({"nowhere", 0}, {{"k", "v"}});
  EXPECT_EQ(nowhere.error().kind(), ErrorKind::kInvalid);
  EXPECT_EQ(nowhere.error().message(), "there is no topic " + options.prefix + "nowhere");
  EXPECT_EQ(log->Read({"nowhere", 0}, 1, 1, 1).error().kind(), ErrorKind::kInvalid);
  ASSERT_TRUE(log->MakeTopic("t", {2, false}).ok());
  const std::string text = "topic " + options.prefix + "t has 2 partitions, no number 2";
  EXPECT_EQ(log->Append({"t", 2}, {{"k", "v"}}).error().message(), text);
  EXPECT_EQ(log->Read({"t", 2}, 0, 1, 1).error().message(), text);
  EXPECT_EQ(log->End({"t", 2}).error().message(), text);
}

TEST(KafkaLog, RefusesATopicThatWouldLoseRecords) {
  const KafkaOptions options = kafka::OptionsOfTest();
  const auto log = Open(options);
  ASSERT_TRUE(log->MakeTopic("t", {1, true}).ok());
  const Status other = log->MakeTopic("t", {1, false});
  EXPECT_EQ(other.error().kind(), ErrorKind::kConflict);
  EXPECT_EQ(other.error().message(),
            "topic " + options.prefix + "t has cleanup.policy=compact, which must be delete");
  KafkaOptions safer = options;
  safer.min_insync = 2;
  const auto opened = OpenKafkaLog(safer);
  EXPECT_THAT(opened.error().message(),
              HasSubstr("log has min.insync.replicas=1, which must be 2"));
}

TEST(KafkaLog, RefusesARecordThatIsTooLargeButTakesTheLargest) {
  const auto log = Open(kafka::OptionsOfTest());
  ASSERT_TRUE(log->MakeTopic("t", {1, false}).ok());
  const std::string largest((16 << 20) - 1, 'x');
  EXPECT_EQ(log->Append({"t", 0}, {{"kk", largest}}).error().kind(), ErrorKind::kRejected);
  ASSERT_TRUE(log->Append({"t", 0}, {{"k", largest}}).ok());
  ASSERT_TRUE(log->Sync({"t", 0}).ok());
  const auto records = log->Read({"t", 0}, 0, 10, 1).value();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].value, largest);
}

TEST(KafkaLog, InstancesShareTheIdAndOtherLogsHaveAnother) {
  const KafkaOptions options = kafka::OptionsOfTest();
  const auto one = Open(options);
  const auto two = Open(options);
  EXPECT_EQ(one->id(), two->id());
  EXPECT_NE(one->id(), Open(kafka::OptionsOfTest())->id());
}

TEST(KafkaLog, SeesWhatAnotherInstanceWrites) {
  const KafkaOptions options = kafka::OptionsOfTest();
  const auto reader = Open(options);
  const auto writer = Open(options);
  ASSERT_TRUE(writer->MakeTopic("t", {1, false}).ok());
  const TopicPartition where{"t", 0};
  for (uint64_t round = 0; round < 3; ++round) {
    EXPECT_THAT(reader->Read(where, round, 10, 1000).value(), IsEmpty());
    ASSERT_TRUE(writer->Append(where, {{"k", std::to_string(round)}}).ok());
    ASSERT_TRUE(writer->Sync(where).ok());
    ASSERT_TRUE(reader->WaitFor(where, round, std::chrono::minutes(1), {}));
    EXPECT_EQ(reader->Read(where, round, 10, 1000).value().size(), 1U);
    EXPECT_EQ(reader->End(where).value(), round + 1);
  }
}

TEST(KafkaLog, SaysThatATopicHasVanished) {
  KafkaOptions options = kafka::OptionsOfTest();
  options.delivery_timeout = std::chrono::seconds(3);
  options.request_timeout = std::chrono::seconds(3);
  const auto log = Open(options);
  ASSERT_TRUE(log->MakeTopic("t", {1, false}).ok());
  const TopicPartition where{"t", 0};
  ASSERT_TRUE(log->Append(where, std::vector<LogEntry>(1000, {"k", "v"})).ok());
  ASSERT_TRUE(log->Sync(where).ok());
  ASSERT_EQ(log->Read(where, 0, 10, 1000).value().size(), 10U);
  kafka::DeleteTopic(options, "t");
  // What was fetched before may still be read.
  uint64_t next = 10;
  Result<std::vector<LogRecord>> read = log->Read(where, next, 100, 1000);
  while (read.ok() && next < 1000) {
    next += read->size();
    read = log->Read(where, next, 100, 1000);
  }
  ASSERT_FALSE(read.ok());
  EXPECT_THAT(read.error().message(), HasSubstr(options.prefix + "t"));
  Status written = log->Append(where, {{"k", "v"}});
  if (written.ok()) written = log->Sync(where);
  ASSERT_FALSE(written.ok());
  EXPECT_THAT(written.error().message(), HasSubstr(options.prefix + "t"));
}

TEST(KafkaLog, SaysThatNobodyIsThere) {
  KafkaOptions options = kafka::OptionsOfTest();
  options.brokers = {"127.0.0.1:1"};
  options.request_timeout = std::chrono::milliseconds(500);
  const auto opened = OpenKafkaLog(options);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().kind(), ErrorKind::kTransient);
  EXPECT_THAT(opened.error().message(),
              AllOf(HasSubstr("127.0.0.1:1"), HasSubstr("Connection refused")));
}

TEST(KafkaLog, RefusesPropertiesThatAreWrongOrOurs) {
  KafkaOptions options = kafka::OptionsOfTest();
  options.properties = {{"acks", "1"}};
  EXPECT_EQ(OpenKafkaLog(options).error().kind(), ErrorKind::kInvalid);
  options.properties = {{"linger", "1"}};
  const auto wrong = OpenKafkaLog(options);
  EXPECT_EQ(wrong.error().kind(), ErrorKind::kInvalid);
  EXPECT_THAT(wrong.error().message(), HasSubstr("kafka property linger: "));
}

TEST(KafkaPositions, KnowsWhatWasCommittedFromWhatWasNot) {
  const KafkaOptions options = kafka::OptionsOfTest();
  const auto log = Open(options);
  ASSERT_TRUE(log->MakeTopic("inbox", {3, false}).ok());
  const auto positions = OpenKafkaPositions(options, "positions.g1").value();
  ASSERT_TRUE(positions->Commit({}).ok());
  const std::vector<TopicPartition> all{{"inbox", 0}, {"inbox", 1}, {"inbox", 2}};
  EXPECT_THAT(positions->Committed(all).value(), IsEmpty());
  const Status committed = positions->Commit({{{"inbox", 0}, 0}, {{"inbox", 2}, 7}});
  ASSERT_TRUE(committed.ok()) << committed.error().message();
  const std::map<TopicPartition, uint64_t> expected{{{"inbox", 0}, 0}, {{"inbox", 2}, 7}};
  EXPECT_EQ(positions->Committed(all).value(), expected);
  // Another instance sees them, too, and another generation has its own.
  EXPECT_EQ(OpenKafkaPositions(options, "positions.g1").value()->Committed(all).value(), expected);
  EXPECT_THAT(OpenKafkaPositions(options, "positions.g2").value()->Committed(all).value(),
              IsEmpty());
  ASSERT_TRUE(positions->Commit({{{"inbox", 2}, 3}}).ok());
  EXPECT_EQ(positions->Committed({{"inbox", 2}}).value().at({"inbox", 2}), 3U);
}

// A member whose Poll is called here.
class Member {
 public:
  explicit Member(const KafkaOptions& options, const std::string& name)
      : group_(OpenKafkaSlotGroup(options, {.name = "slots",
                                            .slots = 2,
                                            .instance = name,
                                            .session_timeout = std::chrono::milliseconds(6000)})
                   .value()) {}
  Slots Poll() {
    const Result<Slots> slots = group_->Poll(std::chrono::milliseconds(50));
    EXPECT_TRUE(slots.ok()) << slots.error().message();
    return slots.ok() ? *slots : Slots{};
  }

 private:
  std::unique_ptr<SlotGroup> group_;
};

TEST(KafkaSlotGroup, NobodyGetsASlotBeforeItsOwnerHasLetGoOfIt) {
  const KafkaOptions options = kafka::OptionsOfTest();
  Member old(options, "a");
  Slots change;
  while (change.assigned.empty()) change = old.Poll();
  EXPECT_THAT(change.assigned, ElementsAre(0, 1));
  Member young(options, "b");
  do {
    EXPECT_TRUE(young.Poll().empty());
    change = old.Poll();
  } while (change.revoked.empty());
  EXPECT_THAT(change.revoked, ElementsAre(0, 1));
  EXPECT_FALSE(change.lost);
  for (int i = 0; i < 40; ++i) EXPECT_TRUE(young.Poll().empty());
  Slots taken;
  change = {};
  while (change.assigned.empty() || taken.assigned.empty()) {
    if (change.assigned.empty()) change = old.Poll();
    if (taken.assigned.empty()) taken = young.Poll();
  }
  EXPECT_THAT(change.assigned, ElementsAre(0));
  EXPECT_THAT(taken.assigned, ElementsAre(1));
}

}  // namespace
}  // namespace trueup::pipeline
