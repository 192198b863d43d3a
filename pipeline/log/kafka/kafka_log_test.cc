// Needs a broker, of which TRUEUP_KAFKA says where it is: kafka_log_test.py in tests/kafka brings
// it up.
#include "pipeline/log/kafka/kafka_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/log/kafka/testing/broker.h"
#include "pipeline/log/log_contract.h"

namespace trueup::pipeline {
namespace {

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

}  // namespace
}  // namespace trueup::pipeline
