#include "base/yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing/temporary_folder.h"

namespace trueup {
namespace {

using ::testing::HasSubstr;

TEST(Yaml, GivesEveryNodeItsPlace) {
  Problems problems;
  const YamlNode root = ParseYaml("name: x\nlist:\n  - one\n  - {a: 1}\n", "f.yaml", problems);
  EXPECT_TRUE(problems.empty()) << problems.ToText();
  EXPECT_EQ(root["name"].place.ToText(), "f.yaml:1:7");
  EXPECT_EQ(root["list"].items[1].place.ToText(), "f.yaml:4:5");
  EXPECT_EQ(root["list"].items[1]["a"].place.ToText(), "f.yaml:4:9");
  EXPECT_EQ(root.members[1].key.place.ToText(), "f.yaml:2:1");
}

TEST(Yaml, TellsQuotedTextFromWordsAndNothingFromEmpty) {
  Problems problems;
  const YamlNode root = ParseYaml("a: no\nb: 'no'\nc: \"\"\nd:\ne: ~\nf: null\n", "f", problems);
  EXPECT_EQ(root["a"].text, "no");
  EXPECT_FALSE(root["a"].quoted);
  EXPECT_TRUE(root["b"].quoted);
  EXPECT_TRUE(root["c"].is_scalar());
  EXPECT_EQ(root["c"].text, "");
  for (const char* key : {"d", "e", "f"}) EXPECT_TRUE(root[key].is_null()) << key;
  EXPECT_FALSE(root["g"].exists());
  EXPECT_FALSE(root["g"]["h"].exists());
}

TEST(Yaml, ReportsAllThatIsWrongWithItsPlace) {
  const struct {
    const char* text;
    const char* problem;
  } rows[] = {
      {"a: 1\nb: 2\na: 3\n", "f:3:1: error: \"a\" is given twice"},
      {"x:\n  a: 1\n  a: 2\n", "f:3:3: error: \"a\" is given twice"},
      {"? [a, b]\n: 1\n", "a key must be a plain word"},
      {"a: [1, 2\n", "not YAML"},
      {"a: b: c\n", "f:1:5: error: not YAML"},
      {"a: *nobody\n", "not YAML"},
      {"a: 1\n---\nb: 2\n", "a second document in one file"},
  };
  for (const auto& row : rows) {
    Problems problems;
    static_cast<void>(ParseYaml(row.text, "f", problems));
    EXPECT_THAT(problems.ToText(), HasSubstr(row.problem)) << row.text;
  }
}

TEST(Yaml, TheFirstOfTwoKeysCounts) {
  Problems problems;
  EXPECT_EQ(ParseYaml("a: 1\na: 2\n", "f", problems)["a"].text, "1");
}

TEST(Yaml, AnEmptyFileIsNothing) {
  for (const char* text : {"", "# only a remark\n", "---\n"}) {
    Problems problems;
    EXPECT_TRUE(ParseYaml(text, "f", problems).is_null()) << text;
    EXPECT_TRUE(problems.empty());
  }
}

TEST(Yaml, AliasesOfAliasesAreBounded) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string alias = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + alias;
    for (int k = 0; k < 9; ++k) text += ", " + alias;
    text += "]\n";
  }
  Problems problems;
  static_cast<void>(ParseYaml(text, "f", problems));
  EXPECT_THAT(problems.ToText(), HasSubstr("too many values"));
}

TEST(Yaml, DeepNestingIsAProblemNotACrash) {
  Problems problems;
  static_cast<void>(ParseYaml(std::string(100, '[') + std::string(100, ']'), "f", problems));
  EXPECT_THAT(problems.ToText(), HasSubstr("nested too deeply"));
  Problems more;
  static_cast<void>(ParseYaml(std::string(100'000, '['), "f", more));
  EXPECT_FALSE(more.empty());
}

TEST(Yaml, AFileThatCannotBeReadIsAProblem) {
  const TemporaryFolder folder;
  Problems problems;
  EXPECT_FALSE(LoadYaml(folder / "absent.yaml", problems).exists());
  EXPECT_THAT(problems.ToText(), HasSubstr("absent.yaml"));
  ASSERT_TRUE(WriteFileAtomically(folder / "there.yaml", "a: 1\n").ok());
  Problems none;
  EXPECT_EQ(LoadYaml(folder / "there.yaml", none)["a"].text, "1");
  EXPECT_TRUE(none.empty());
}

}  // namespace
}  // namespace trueup
