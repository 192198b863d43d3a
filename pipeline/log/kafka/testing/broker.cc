#include "pipeline/log/kafka/testing/broker.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

namespace trueup::pipeline::kafka {

KafkaOptions OptionsOfTest() {
  const char* const broker = std::getenv("TRUEUP_KAFKA");
  if (broker == nullptr) ADD_FAILURE() << "TRUEUP_KAFKA names no broker";
  KafkaOptions options;
  options.brokers = {broker == nullptr ? "" : broker};
  options.prefix = "test-" + std::to_string(std::random_device()()) + ".";
  return options;
}

}  // namespace trueup::pipeline::kafka
