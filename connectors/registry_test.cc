#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "connectors/connector.h"

namespace trueup::connectors {
namespace {

TEST(Registry, HoldsEveryKindUnderItsOwnName) {
  std::vector<std::string> names;
  for (const auto& [name, kind] : Registry()) {
    EXPECT_EQ(name, kind.name);
    names.push_back(name);
  }
  EXPECT_THAT(names, testing::ElementsAre("files", "netsuite", "rest", "salesforce", "singer"));
}

TEST(Registry, DescribesTheSettingsOfEveryKind) {
  for (const auto& [name, kind] : Registry()) {
    const auto schema = JsonDocument::Parse(kind.schema());
    ASSERT_TRUE(schema.ok()) << name << ": " << schema.error().message();
    EXPECT_EQ(schema->root()["type"].text(), "object") << name;
    EXPECT_THAT(kind.reference(), testing::StartsWith("| setting |")) << name;
  }
}

TEST(Registry, RefusesWrongSettingsWithoutMakingAConnector) {
  for (const auto& [name, kind] : Registry()) {
    Problems problems;
    const YamlNode settings = ParseYaml("no_such_setting: 1", "t.yaml", problems);
    ConnectorContext context{name, settings, "", std::make_shared<SystemClock>(),
                             std::make_shared<config::ProcessSecrets>()};
    EXPECT_EQ(kind.make(context, problems), nullptr) << name;
    EXPECT_THAT(problems.ToText(), testing::HasSubstr("unknown setting \"no_such_setting\""));
  }
}

}  // namespace
}  // namespace trueup::connectors
