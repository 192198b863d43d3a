#include "connectors/singer/tap_config.h"

#include <gmock/gmock.h>

namespace trueup::connectors::singer {
namespace {

class FixedSecrets : public config::SecretReader {
 public:
  Result<std::string> FromEnvironment(const std::string& name) const override {
    if (name == "KEY") return std::string("s3cret/1");
    return Error(ErrorKind::kInvalid, "the environment variable " + name + " is not set");
  }
  Result<std::string> FromFile(const std::string&) const override {
    return std::string("-----BEGIN\nbG9uZ2xpbmU\nab\n");
  }
  std::optional<std::string> Variable(const std::string& name) const override {
    return name == "PATH" ? std::optional<std::string>("/bin") : std::nullopt;
  }
};

struct Made {
  TapConfig config;
  std::string problems;
};
Made Make(const std::string& yaml) {
  Problems problems;
  const FixedSecrets secrets;
  const YamlNode node = ParseYaml(yaml, "t.yaml", problems);
  config::ParseContext context{problems, secrets, "/etc"};
  Made made;
  made.config = MakeTapConfig(node["config"], node["environment"], context);
  made.problems = problems.ToText();
  return made;
}

TEST(TapConfig, KeepsTheTypesOfYaml) {
  const Made made = Make(
      "config: {a: 1, b: 1.50, c: '1', d: true, e: null, f: [x, -2e3], g: {h: 007, i: "
      "2026-01-01}}");
  EXPECT_EQ(made.problems, "");
  EXPECT_EQ(made.config.json, R"({"a":1,"b":1.50,"c":"1","d":true,"e":null,"f":["x",-2e3],)"
                              R"("g":{"h":"007","i":"2026-01-01"}})");
}

TEST(TapConfig, TakesSecretsByReferenceOnly) {
  const Made made = Make("config: {api_key: {env: KEY}}\nenvironment: {X: {env: KEY}, Y: z}");
  EXPECT_EQ(made.problems, "");
  EXPECT_EQ(made.config.json, R"({"api_key":"s3cret/1"})");
  EXPECT_THAT(made.config.environment, testing::ElementsAre("X=s3cret/1", "Y=z", "PATH=/bin"));
  const Made refused = Make("config: {auth: {refresh_token: abc}, k: {env: NO}}\nenvironment: [1]");
  EXPECT_THAT(refused.problems,
              testing::HasSubstr("t.yaml:1:32: error: \"refresh_token\" looks like a secret"));
  EXPECT_THAT(refused.problems, testing::HasSubstr("NO is not set"));
  EXPECT_THAT(refused.problems,
              testing::HasSubstr("t.yaml:2:14: error: environment must be a map"));
}

TEST(TapConfig, HidesSecretsInTheirForms) {
  const Made made = Make("config: {a: {env: KEY}, b: {file: key.pem}}");
  const Mask& mask = made.config.mask;
  EXPECT_EQ(mask.Hide("x s3cret/1, s3cret%2F1 y"), "x (secret), (secret) y");
  EXPECT_EQ(mask.Hide("-----BEGIN and bG9uZ2xpbmU and ab"), "(secret) and (secret) and ab");
  EXPECT_EQ(mask.Hide("'-----BEGIN\\nbG9uZ2xpbmU\\nab\\n'"), "'(secret)'");
}

}  // namespace
}  // namespace trueup::connectors::singer
