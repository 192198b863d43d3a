#include "daemon/kafka.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trueup::daemon {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

config::Config WithProperties(std::map<std::string, std::string> properties) {
  config::Config config;
  config.base_folder = "/etc/trueup";
  config.log.type = config::LogType::kKafka;
  config.log.properties = std::move(properties);
  return config;
}

TEST(KafkaOptions, PathsStartAtTheFolderOfTheConfig) {
  const auto options = KafkaOptionsOf(WithProperties({{"linger.ms", "1"},
                                                      {"ssl.ca.location", "probe"},
                                                      {"ssl.certificate.location", "certs/me.pem"},
                                                      {"ssl.key.location", "/run/me.key"}}));
  EXPECT_THAT(options.properties,
              ElementsAre(Pair("linger.ms", "1"), Pair("ssl.ca.location", "probe"),
                          Pair("ssl.certificate.location", "/etc/trueup/certs/me.pem"),
                          Pair("ssl.key.location", "/run/me.key")));
  EXPECT_FALSE(options.tokens.fetch);
}

TEST(KafkaOptions, TokensOfAServiceAreOurWork) {
  config::Config config =
      WithProperties({{"sasl.mechanism", "OAUTHBEARER"},
                      {"sasl.oauthbearer.client.id", "me"},
                      {"sasl.oauthbearer.extensions", "logicalCluster=lkc-1,identityPoolId=p=2"},
                      {"sasl.oauthbearer.method", "oidc"},
                      {"sasl.oauthbearer.scope", "kafka"},
                      {"sasl.oauthbearer.token.endpoint.url", "https://sso/token"},
                      {"https.ca.location", "sso.pem"}});
  config.log.secrets["sasl.oauthbearer.client.secret"] = config::Secret("hush");
  const auto options = KafkaOptionsOf(config);
  EXPECT_THAT(options.properties, ElementsAre(Pair("sasl.mechanism", "OAUTHBEARER")));
  EXPECT_TRUE(options.tokens.fetch);
  EXPECT_EQ(options.tokens.principal, "me");
  EXPECT_THAT(options.tokens.extensions,
              ElementsAre(Pair("identityPoolId", "p=2"), Pair("logicalCluster", "lkc-1")));
}

TEST(KafkaOptions, OtherTokensAreLeftToLibrdkafka) {
  const auto options = KafkaOptionsOf(WithProperties({{"sasl.oauthbearer.method", "default"}}));
  EXPECT_EQ(options.properties.size(), 1U);
  EXPECT_FALSE(options.tokens.fetch);
}

}  // namespace
}  // namespace trueup::daemon
