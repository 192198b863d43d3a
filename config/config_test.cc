#include "config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing/generated.h"
#include "base/testing/temporary_folder.h"

namespace trueup::config {
namespace {

constexpr const char* kGood = R"(data_dir: data
mappings: /etc/trueup/mappings
systems:
  crm: {connector: salesforce, base_url: "https://example.com"}
  erp: {connector: files}
cycle: {interval: 5m}
audit: {ids: 12h, counts: 5m, contents: 30d}
)";

TEST(Config, ReadsPathsRelativeToTheFileAndKeepsConnectorSettings) {
  Problems problems;
  const Config config = Parse(kGood, "/etc/trueup/trueup.yaml", problems);
  EXPECT_TRUE(problems.empty()) << problems.ToText();
  EXPECT_EQ(config.data_dir, "/etc/trueup/data");
  EXPECT_EQ(config.mappings, "/etc/trueup/mappings");
  EXPECT_EQ(config.base_folder, "/etc/trueup");
  EXPECT_EQ(config.cycle.interval, std::chrono::minutes(5));
  EXPECT_EQ(config.audit.ids, std::chrono::hours(12));
  EXPECT_EQ(config.audit.counts, std::chrono::minutes(5));
  EXPECT_EQ(config.audit.contents, std::chrono::hours(30 * 24));
  ASSERT_EQ(config.systems.size(), 2U);
  EXPECT_EQ(config.systems[0].name, "crm");
  EXPECT_EQ(config.systems[0].connector, "salesforce");
  EXPECT_FALSE(config.systems[0].settings["connector"].exists());
  EXPECT_EQ(config.systems[0].settings["base_url"].text, "https://example.com");
}

TEST(Config, AFileBesideTheCallerGivesPathsFromHere) {
  Problems problems;
  EXPECT_EQ(Parse(kGood, "trueup.yaml", problems).data_dir, "./data");
}

TEST(Config, ReportsEveryProblemAtOnceWithItsPlace) {
  Problems problems;
  Parse(
      "data_dirr: x\nsystems:\n  Bad Name: {connector: files}\n  erp: {}\n  sky: 5\n"
      "cycle: {interval: 1}\naudit: {ids: never}\n",
      "trueup.yaml", problems);
  const std::string text = problems.ToText();
  for (const char* expected :
       {"trueup.yaml:1:1: error: ", "did you mean \"data_dir\"?", "\"mappings\"",
        "trueup.yaml:3:3: error: \"Bad Name\" cannot name a system",
        "trueup.yaml:4:3: error: system \"erp\" has no \"connector\"",
        "trueup.yaml:5:8: error: system \"sky\" must be a map",
        "trueup.yaml:6:19: error: ", "trueup.yaml:7:14: error: "}) {
    EXPECT_THAT(text, ::testing::HasSubstr(expected));
  }
}

constexpr const char* kSystems = "data_dir: d\nmappings: m\nsystems: {erp: {connector: files}}\n";

TEST(Config, TheLogIsEmbeddedUnlessItSaysOtherwise) {
  Problems problems;
  EXPECT_EQ(Parse(kSystems, "trueup.yaml", problems).log.type, LogType::kEmbedded);
  Parse(kSystems + std::string("log: {brokers: \"k:9092\"}\n"), "trueup.yaml", problems);
  EXPECT_EQ(problems.ToText(), "trueup.yaml:4:7: error: \"brokers\" is for \"type: kafka\" only\n");
}

TEST(Config, ListensWhereItIsTold) {
  Problems problems;
  Config config = Parse(kSystems, "trueup.yaml", problems);
  EXPECT_EQ(config.monitor.listen, "");
  EXPECT_EQ(DataAgeLimit(config), std::chrono::minutes(10));
  config = Parse(kSystems + std::string("cycle: {interval: 1s}\nmonitor: {listen: '[::1]:0'}\n"),
                 "trueup.yaml", problems);
  EXPECT_EQ(config.monitor.listen, "[::1]:0");
  EXPECT_EQ(DataAgeLimit(config), std::chrono::minutes(5));
  config = Parse(kSystems + std::string("monitor: {data_age: 30s}\n"), "trueup.yaml", problems);
  EXPECT_EQ(DataAgeLimit(config), std::chrono::seconds(30));
  EXPECT_TRUE(problems.empty()) << problems.ToText();
  Parse(kSystems + std::string("monitor: {listen: 9464}\n"), "trueup.yaml", problems);
  EXPECT_THAT(problems.ToText(),
              ::testing::HasSubstr("trueup.yaml:4:19: error: expected host:port, got \"9464\""));
}

TEST(Config, ReadsALogOverKafka) {
  const TemporaryFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder / "password", "hush\n").ok());
  Problems problems;
  const LogSettings log = Parse(kSystems + std::string(R"(log:
  type: kafka
  brokers: [k1:9092, "[::1]:9093"]
  instance: one
  replication: 1
  min_insync: 1
  checkpoints: shared
  properties: {security.protocol: SASL_SSL, linger.ms: 1}
  secrets: {sasl.password: {file: password}}
)"),
                                folder / "trueup.yaml", problems)
                              .log;
  EXPECT_TRUE(problems.empty()) << problems.ToText();
  EXPECT_EQ(log.type, LogType::kKafka);
  EXPECT_THAT(log.brokers, ::testing::ElementsAre("k1:9092", "[::1]:9093"));
  EXPECT_EQ(log.prefix, "trueup.");
  EXPECT_EQ(log.instance, "one");
  EXPECT_EQ(log.checkpoints.path, folder / "shared");
  EXPECT_EQ(log.properties.at("linger.ms"), "1");
  EXPECT_EQ(log.secrets.at("sasl.password").reveal(), "hush");
}

TEST(Config, SaysWhatIsWrongWithALogOverKafka) {
  Problems problems;
  Parse(kSystems + std::string(R"(log:
  type: kafka
  brokers: [k1, "k2:9092"]
  prefix: "true up"
  replication: 1
  session_timeout: 1s
  properties: {sasl.password: hush}
)"),
        "trueup.yaml", problems);
  const std::string text = problems.ToText();
  for (const char* expected :
       {"trueup.yaml:6:13: error: expected host:port, got \"k1\"",
        "trueup.yaml:7:11: error: \"true up\" cannot begin the name of a topic",
        "\"instance\" is missing",
        "trueup.yaml:8:16: error: no record would ever be acknowledged: min_insync is 2, "
        "replication 1",
        "trueup.yaml:9:20: error: expected 6s to 30m",
        "trueup.yaml:10:16: error: \"sasl.password\" is a secret"}) {
    EXPECT_THAT(text, ::testing::HasSubstr(expected));
  }
  EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr("hush")));
  problems = {};
  Parse(kSystems + std::string("log: {type: kafka, instance: a/b}\n"), "trueup.yaml", problems);
  EXPECT_THAT(problems.ToText(),
              ::testing::HasSubstr("trueup.yaml:4:6: error: there is no broker"));
  EXPECT_THAT(problems.ToText(), ::testing::HasSubstr("\"a/b\" cannot name an instance"));
}

TEST(Config, KnowsWhereThePropertiesOfALogAreSet) {
  ASSERT_EQ(::setenv("TRUEUP_CONFIG_TEST", "hush", 1), 0);  // once read, it is gone
  Problems problems;
  const LogSettings log = Parse(kSystems + std::string(R"(log:
  type: kafka
  brokers: k:9092
  instance: one
  properties: {security.protocol: SASL_SSL}
  secrets:
    sasl.password: {env: TRUEUP_CONFIG_TEST}
)"),
                                "trueup.yaml", problems)
                              .log;
  EXPECT_TRUE(problems.empty()) << problems.ToText();
  EXPECT_EQ(log.place.ToText(), "trueup.yaml:5:3");
  EXPECT_EQ(log.places.at("security.protocol").ToText(), "trueup.yaml:8:16");
  EXPECT_EQ(log.places.at("sasl.password").ToText(), "trueup.yaml:10:5");
}

TEST(Config, SaysWhatTokensOfALogOverKafkaLack) {
  ASSERT_EQ(::setenv("TRUEUP_CONFIG_TEST", "hush", 1), 0);  // once read, it is gone
  Problems problems;
  Parse(kSystems + std::string(R"(log:
  type: kafka
  brokers: k:9092
  instance: one
  properties:
    sasl.oauthbearer.method: oidc
    sasl.oauthbearer.token.endpoint.url: https://sso/token
    sasl.username: me
  secrets: {sasl.username: {env: TRUEUP_CONFIG_TEST}}
)"),
        "trueup.yaml", problems);
  const std::string text = problems.ToText();
  for (const char* expected :
       {"trueup.yaml:9:30: error: oidc needs \"sasl.oauthbearer.client.id\", too",
        "trueup.yaml:9:30: error: oidc needs \"sasl.oauthbearer.client.secret\", too",
        "trueup.yaml:11:5: error: \"sasl.username\" is among the secrets, too"}) {
    EXPECT_THAT(text, ::testing::HasSubstr(expected));
  }
  EXPECT_EQ(problems.list().size(), 3U);
}

TEST(Config, TheReferenceIsOfThisCode) {
  ExpectGenerated("docs/reference/config.md",
                  "# The config\n\nWhat `trueup.yaml` may say. [Each system]"
                  "(../../connectors/README.md) has the settings of its connector, "
                  "besides.\n\n" +
                      ConfigReference());
  ExpectGenerated("docs/reference/config.schema.json", ConfigSchema() + "\n");
}

TEST(Config, AMissingFileIsAProblem) {
  Problems problems;
  Load("/nowhere/trueup.yaml", problems);
  EXPECT_FALSE(problems.empty());
}

}  // namespace
}  // namespace trueup::config
