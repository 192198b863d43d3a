#include "pipeline/log/kafka/testing/broker.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "pipeline/log/kafka/client.h"

namespace trueup::pipeline::kafka {

KafkaOptions OptionsOfTest() {
  const char* const broker = std::getenv("TRUEUP_KAFKA");
  if (broker == nullptr) ADD_FAILURE() << "TRUEUP_KAFKA names no broker";
  KafkaOptions options;
  options.brokers = {broker == nullptr ? "" : broker};
  options.prefix = "test-" + std::to_string(std::random_device()()) + ".";
  return options;
}

void DeleteTopic(const KafkaOptions& options, const std::string& topic) {
  const auto client = Client::Open(options, {});
  const QueueHandle answers(rd_kafka_queue_new(client.value()->get()));
  rd_kafka_DeleteTopic_t* doomed = rd_kafka_DeleteTopic_new((options.prefix + topic).c_str());
  rd_kafka_DeleteTopics(client.value()->get(), &doomed, 1, nullptr, answers.get());
  const EventHandle answer(rd_kafka_queue_poll(answers.get(), client.value()->timeout_ms()));
  EXPECT_TRUE(answer && rd_kafka_event_error(answer.get()) == RD_KAFKA_RESP_ERR_NO_ERROR);
  rd_kafka_DeleteTopic_destroy(doomed);
}

}  // namespace trueup::pipeline::kafka
