#include "config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trueup::config {
namespace {

constexpr const char* kGood = R"(data_dir: data
mappings: /etc/trueup/mappings
systems:
  crm: {connector: salesforce, base_url: "https://example.com"}
  erp: {connector: files}
cycle: {interval: 5m}
audit: {ids: 12h}
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

TEST(Config, AMissingFileIsAProblem) {
  Problems problems;
  Load("/nowhere/trueup.yaml", problems);
  EXPECT_FALSE(problems.empty());
}

}  // namespace
}  // namespace trueup::config
