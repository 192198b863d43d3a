#include "config/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace trueup::config {
namespace {

using std::chrono::milliseconds;

enum class Colour { kRed, kBlue };

struct Inner {
  std::string name;
  std::vector<std::string> fields = {"all"};
  static const Table<Inner>& Settings() {
    static const auto table = Table<Inner>()
                                  .Add("name", &Inner::name, "What it is called.", Required())
                                  .Add("fields", &Inner::fields, "What to read.");
    return table;
  }
};

struct Outer {
  std::string mode = "fast";
  int64_t size = 10;
  milliseconds wait = std::chrono::minutes(10);
  bool on = false;
  Percent share{25};
  Secret key;
  FilePath file;
  Colour colour = Colour::kRed;
  std::optional<Inner> inner;
  std::map<std::string, Inner> objects;
  std::vector<Inner> steps;
  static const Table<Outer>& Settings() {
    static const auto table =
        Table<Outer>()
            .Add("mode", &Outer::mode, "How.", OneOf({"fast", "slow"}))
            .Add("size", &Outer::size, "How many.", Between(1, 100))
            .Add("wait", &Outer::wait, "How long.", AtLeast(1'000))
            .Add("on", &Outer::on, "Whether.")
            .Add("share", &Outer::share, "How much.")
            .Add("key", &Outer::key, "The key.")
            .Add("file", &Outer::file, "Where.")
            .Add("colour", &Outer::colour, "Which.",
                 Choices<Colour>{{"red", Colour::kRed}, {"blue", Colour::kBlue}})
            .Add("inner", &Outer::inner, "A section.")
            .Add("objects", &Outer::objects, "By name.")
            .Add("steps", &Outer::steps, "In order.")
            .Check([](const Outer& outer, const YamlNode& node, Problems& problems) {
              if (outer.size == 13) problems.Add(node["size"].place, "13 brings bad luck");
            });
    return table;
  }
};

class FakeSecrets : public SecretReader {
 public:
  Result<std::string> FromEnvironment(const std::string& name) const override {
    if (name == "KEY") return std::string("s3cret");
    return Error(ErrorKind::kInvalid, "the environment variable " + name + " is not set");
  }
  Result<std::string> FromFile(const std::string& path) const override { return "from " + path; }
};

std::string ParseInto(const std::string& yaml, Outer& outer) {
  Problems problems;
  const YamlNode node = ParseYaml(yaml, "t.yaml", problems);
  const FakeSecrets secrets;
  ParseContext context{problems, secrets, "/etc/base"};
  Outer::Settings().Parse(node, outer, context);
  return problems.ToText();
}

TEST(Settings, ReadEveryTypeOfValue) {
  Outer outer;
  EXPECT_EQ(ParseInto("mode: slow\nsize: 7\nwait: 90s\non: true\nshare: 80 %\nkey: {env: KEY}\n"
                      "file: a/b.pem\ncolour: blue\ninner: {name: x, fields: Id}\n"
                      "objects: {A: {name: y, fields: [P, Q]}}\nsteps: [{name: z}]\n",
                      outer),
            "");
  EXPECT_EQ(outer.mode, "slow");
  EXPECT_EQ(outer.size, 7);
  EXPECT_EQ(outer.wait, std::chrono::seconds(90));
  EXPECT_TRUE(outer.on);
  EXPECT_EQ(outer.share.value, 80);
  EXPECT_EQ(outer.key.reveal(), "s3cret");
  EXPECT_EQ(outer.file.path, "/etc/base/a/b.pem");
  EXPECT_EQ(outer.colour, Colour::kBlue);
  EXPECT_THAT(outer.inner->fields, testing::ElementsAre("Id"));
  EXPECT_THAT(outer.objects["A"].fields, testing::ElementsAre("P", "Q"));
  EXPECT_EQ(outer.steps.at(0).name, "z");
}

TEST(Settings, KeepTheirDefaultsWhereNothingIsGiven) {
  Outer outer;
  EXPECT_EQ(ParseInto("{}", outer), "");
  EXPECT_EQ(outer.mode, "fast");
  EXPECT_EQ(outer.wait, std::chrono::minutes(10));
  EXPECT_FALSE(outer.inner.has_value());
}

struct ProblemCase {
  const char* name;
  const char* yaml;
  const char* problem;
};

class SettingsProblem : public testing::TestWithParam<ProblemCase> {};

TEST_P(SettingsProblem, IsReportedWithItsPlace) {
  Outer outer;
  EXPECT_EQ(ParseInto(GetParam().yaml, outer), GetParam().problem);
}

INSTANTIATE_TEST_SUITE_P(
    Table, SettingsProblem,
    testing::Values(
        ProblemCase{"UnknownKey", "moed: slow",
                    "t.yaml:1:1: error: unknown setting \"moed\" (did you mean \"mode\"?)\n"},
        ProblemCase{"WrongChoice", "mode: fsat",
                    "t.yaml:1:7: error: expected one of \"fast\", \"slow\", got \"fsat\" (did you "
                    "mean \"fast\"?)\n"},
        ProblemCase{"WrongEnum", "colour: bleu",
                    "t.yaml:1:9: error: expected one of \"red\", \"blue\", got \"bleu\" (did you "
                    "mean \"blue\"?)\n"},
        ProblemCase{"NoNumber", "size: many",
                    "t.yaml:1:7: error: expected a whole number, got \"many\"\n"},
        ProblemCase{"OutOfRange", "size: 101",
                    "t.yaml:1:7: error: expected 1 to 100, got \"101\"\n"},
        ProblemCase{"NoDuration", "wait: 10 minutes",
                    "t.yaml:1:7: error: expected a duration such as 250ms, 10s, 5m, 2h or 1d, got "
                    "\"10 minutes\"\n"},
        ProblemCase{"DurationTooShort", "wait: 250ms",
                    "t.yaml:1:7: error: expected at least 1s, got \"250ms\"\n"},
        ProblemCase{"NoBool", "on: yes",
                    "t.yaml:1:5: error: expected true or false, got \"yes\"\n"},
        ProblemCase{"NoShare", "share: 120 %",
                    "t.yaml:1:8: error: expected a share such as \"25 %\", got \"120 %\"\n"},
        ProblemCase{"LiteralSecretIsNotRepeated", "key: hunter2",
                    "t.yaml:1:6: error: a secret must be a reference: {env: NAME} or {file: "
                    "PATH}\n"},
        ProblemCase{"SecretNotSet", "key: {env: OTHER}",
                    "t.yaml:1:12: error: the environment variable OTHER is not set\n"},
        ProblemCase{"MissingInSection", "inner: {fields: [a]}",
                    "t.yaml:1:8: error: \"name\" is missing (What it is called.)\n"},
        ProblemCase{"ListForMap", "objects: [a]",
                    "t.yaml:1:10: error: expected a map, got a list\n"},
        ProblemCase{"Rule", "size: 13", "t.yaml:1:7: error: 13 brings bad luck\n"},
        ProblemCase{"AllAtOnce", "size: x\non: 1\nobjects: {A: {nam: b}}",
                    "t.yaml:1:7: error: expected a whole number, got \"x\"\n"
                    "t.yaml:2:5: error: expected true or false, got \"1\"\n"
                    "t.yaml:3:14: error: \"name\" is missing (What it is called.)\n"
                    "t.yaml:3:15: error: unknown setting \"nam\" (did you mean \"name\"?)\n"}),
    [](const auto& test) { return test.param.name; });

TEST(Settings, AreDescribedAsMarkdown) {
  const std::string text = Outer::Settings().Reference();
  EXPECT_THAT(text, testing::HasSubstr("| `wait` | duration, at least 1s | `10m` | How long. |\n"));
  EXPECT_THAT(text, testing::HasSubstr("| `inner.name` | text | required | What it is called. |"));
  EXPECT_THAT(text, testing::HasSubstr("| `objects.<name>.fields` | list of text | `all` |"));
  EXPECT_THAT(text, testing::HasSubstr("| `colour` | `red`, `blue` | `red` | Which. |"));
}

TEST(Settings, AreDescribedAsJsonSchema) {
  const auto schema = JsonDocument::Parse(Outer::Settings().Schema());
  ASSERT_TRUE(schema.ok()) << schema.error().message();
  const JsonValue root = schema->root();
  EXPECT_EQ(root.At("/properties/size/maximum").integer(), 100);
  EXPECT_EQ(root.At("/properties/size/description").text(), "How many.");
  EXPECT_EQ(root.At("/properties/inner/required/0").text(), "name");
  EXPECT_FALSE(root.At("/additionalProperties").boolean());
}

TEST(Settings, WithoutDropsTheKeysOfOthers) {
  Problems problems;
  const YamlNode node = ParseYaml("{connector: x, mode: slow}", "t.yaml", problems);
  EXPECT_EQ(Without(node, {"connector"}).members.size(), 1U);
}

TEST(ProcessSecrets, TakesASecretOutOfTheEnvironmentAndRemembersIt) {
  constexpr const char* kName = "TRUEUP_SETTINGS_TEST";
  ASSERT_EQ(::setenv(kName, "hunter2", 1), 0);
  const ProcessSecrets secrets;
  EXPECT_EQ(secrets.Variable(kName), "hunter2") << "to look is not to take";
  EXPECT_EQ(*secrets.FromEnvironment(kName), "hunter2");
  EXPECT_EQ(secrets.Variable(kName), std::nullopt);
  EXPECT_EQ(*secrets.FromEnvironment(kName), "hunter2") << "whoever asks again";
  EXPECT_FALSE(ProcessSecrets().FromEnvironment(kName).ok()) << "of another reader";
}

TEST(Secret, NeverPrintsItself) {
  std::ostringstream out;
  out << Secret("hunter2");
  EXPECT_EQ(out.str(), "(secret)");
}

}  // namespace
}  // namespace trueup::config
