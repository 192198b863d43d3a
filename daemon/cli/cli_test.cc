#include "daemon/cli/cli.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/file.h"
#include "base/testing/temporary_folder.h"
#include "daemon/cli/output.h"

namespace trueup::daemon {
namespace {

using ::testing::HasSubstr;

struct Outcome {
  int code = 0;
  std::string out;
  std::string error;
};

Outcome RunLine(std::vector<const char*> words) {
  words.insert(words.begin(), "trueup");
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  const int code = RunCli(static_cast<int>(words.size()), words.data());
  return {code, ::testing::internal::GetCapturedStdout(), ::testing::internal::GetCapturedStderr()};
}

TEST(CommandLine, WrongUsageEndsWithTwo) {
  for (const std::vector<const char*>& words : std::vector<std::vector<const char*>>{
           {},
           {"runn"},
           {"accounts", "--format", "xml"},
           {"accounts", "--format", "html"},
           {"report", "--format", "csv"},
           {"findings", "--status", "opened"},
           {"account"},
           {"explain", "a-1"},
           {"digest", "--limit", "3"},
           {"--config", "/nowhere/trueup.yaml", "accounts"},
       }) {
    const Outcome outcome = RunLine(words);
    EXPECT_EQ(outcome.code, 2) << ::testing::PrintToString(words);
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.error, "");
  }
}

TEST(CommandLine, HelpAndVersionEndWithZero) {
  EXPECT_EQ(RunLine({"--help"}).code, 0);
  EXPECT_EQ(RunLine({"findings", "--help"}).code, 0);
  EXPECT_THAT(RunLine({"--version"}).out, HasSubstr("0."));
}

// A config whose mappings are those that ship and whose data folder is empty.
class CommandLineWithConfig : public ::testing::Test {
 protected:
  void SetUp() override {
    Write(
        "systems:\n  sky: {connector: files, path: exports, objects: {accounts: {file: a.csv, id: "
        "id}}}\n");
  }
  void Write(const std::string& more) {
    const std::string mappings = std::string(TRUEUP_SOURCE_DIR) + "/mappings/default";
    ASSERT_TRUE(
        WriteFileAtomically(config_, "data_dir: data\nmappings: " + mappings + "\n" + more).ok());
  }
  Outcome RunWithConfig(std::vector<const char*> words) {
    words.insert(words.end(), {"--config", config_.c_str()});
    return RunLine(words);
  }

  TemporaryFolder folder_;
  const std::string config_ = folder_ / "trueup.yaml";
};

TEST_F(CommandLineWithConfig, CheckRunsTheExamplesOfTheMappings) {
  const Outcome outcome = RunWithConfig({"check"});
  EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr(" is fine: sky with "));
}

TEST_F(CommandLineWithConfig, CheckSaysEverythingThatIsWrongWithItsPlace) {
  Write("cycle: {intervall: 5m}\nsystems:\n  skyy: {connector: file}\n");
  const Outcome text = RunWithConfig({"check"});
  EXPECT_EQ(text.code, 2);
  for (const char* expected : {"trueup.yaml:3:9: error: ", "did you mean \"interval\"?",
                               "trueup.yaml:5:3: error: there is no connector \"file\"",
                               "system \"skyy\" has no mapping in ", "did you mean \"sky\"?"}) {
    EXPECT_THAT(text.out, HasSubstr(expected));
  }
  const Outcome json = RunWithConfig({"check", "--format", "jsonl"});
  EXPECT_EQ(json.code, 2);
  EXPECT_THAT(json.out, HasSubstr(R"("line":3,"column":9,"message":)"));
}

TEST_F(CommandLineWithConfig, BeforeTheFirstRunEveryQuestionSaysWhatToDo) {
  for (const std::vector<const char*>& words :
       std::vector<std::vector<const char*>>{{"status"},
                                             {"report"},
                                             {"findings"},
                                             {"accounts"},
                                             {"account", "a-1"},
                                             {"explain", "a-1", "name"},
                                             {"digest"},
                                             {"audit"}}) {
    const Outcome outcome = RunWithConfig(words);
    EXPECT_EQ(outcome.code, 2) << words.front();
    EXPECT_THAT(outcome.error, HasSubstr("run \"trueup run\" first")) << words.front();
  }
}

TEST_F(CommandLineWithConfig, AFilterThatNamesNothingIsRefused) {
  EXPECT_THAT(RunWithConfig({"findings", "--kind", "gaps"}).error,
              HasSubstr("did you mean \"gap\"?"));
  EXPECT_THAT(RunWithConfig({"accounts", "--stage", "activ"}).error,
              HasSubstr("did you mean \"active\"?"));
  EXPECT_THAT(RunWithConfig({"explain", "a-1", "nam"}).error, HasSubstr("did you mean \"name\"?"));
}

TEST(Output, EveryFormatHasEveryRow) {
  Shown shown;
  shown.table = {{{"id"}, {"n", true}}, {{"a", "1"}, {"b,c", "22"}}};
  shown.items = {R"({"id":"a"})", R"({"id":"b,c"})"};
  EXPECT_EQ(Render(shown, Format::kText, 0), "id    n\na     1\nb,c  22\n");
  EXPECT_EQ(Render(shown, Format::kCsv, 0), "id,n\r\na,1\r\n\"b,c\",22\r\n");
  EXPECT_EQ(Render(shown, Format::kJsonl, 0), "{\"id\":\"a\"}\n{\"id\":\"b,c\"}\n");
  EXPECT_EQ(Render(shown, Format::kJson, 0), "[\n{\"id\":\"a\"},\n{\"id\":\"b,c\"}\n]\n");
}

TEST(Output, AnEmptyListingIsAnEmptyArray) { EXPECT_EQ(Render({}, Format::kJson, 0), "[\n]\n"); }

}  // namespace
}  // namespace trueup::daemon
