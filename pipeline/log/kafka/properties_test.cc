#include "pipeline/log/kafka/properties.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/log/kafka/client.h"

namespace trueup::pipeline::kafka {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const Place kElsewhere{"trueup.yaml", 4, 1};

std::string ProblemsOf(const KafkaOptions& options) {
  Problems problems;
  CheckProperties(options, kElsewhere, problems);
  return problems.ToText();
}

TEST(KafkaProperties, EachThatIsWrongHasItsPlaceAndKeepsItsValueToItself) {
  KafkaOptions options;
  options.properties = {{"security.protocol", "hush"}, {"linger", "hush"}, {"sasl.username", "me"}};
  options.places = {{"security.protocol", {"trueup.yaml", 7, 5}}};
  EXPECT_THAT(
      ProblemsOf(options),
      AllOf(HasSubstr("trueup.yaml:7:5: error: kafka property security.protocol: "),
            HasSubstr("trueup.yaml:4:1: error: kafka property linger: "), Not(HasSubstr("hush"))));
}

TEST(KafkaProperties, WhatOnlyAClientSeesHasThePlaceOfWhatItNames) {
  KafkaOptions options;
  options.properties = {{"security.protocol", "SSL"}, {"ssl.ca.location", "/nowhere/ca.pem"}};
  options.places = {{"security.protocol", {"trueup.yaml", 7, 5}},
                    {"ssl.ca.location", {"trueup.yaml", 8, 5}}};
  EXPECT_THAT(ProblemsOf(options), HasSubstr("trueup.yaml:8:5: error: kafka client: "));
  options.properties["ssl.ca.location"] = "probe";
  EXPECT_EQ(ProblemsOf(options), "");
}

TEST(KafkaProperties, AnErrorSaysWhereItMayBeMended) {
  KafkaOptions options;
  options.places = {{"sasl.password", {"trueup.yaml", 9, 5}},
                    {"sasl.username", {"trueup.yaml", 8, 5}},
                    {"ssl.ca.location", {"trueup.yaml", 7, 5}}};
  EXPECT_EQ(WhereSet(options, RD_KAFKA_RESP_ERR__AUTHENTICATION, "no"),
            "; sasl.password is set in trueup.yaml:9:5, sasl.username is set in trueup.yaml:8:5");
  EXPECT_EQ(WhereSet(options, RD_KAFKA_RESP_ERR__SSL, "no"),
            "; ssl.ca.location is set in trueup.yaml:7:5");
  EXPECT_EQ(WhereSet(options, RD_KAFKA_RESP_ERR__TRANSPORT, "error:0A000412:SSL routines::alert"),
            "; ssl.ca.location is set in trueup.yaml:7:5");
  EXPECT_EQ(WhereSet(options, RD_KAFKA_RESP_ERR__TRANSPORT, "Connection refused"), "");
}

}  // namespace
}  // namespace trueup::pipeline::kafka
