#include "connectors/netsuite/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "connectors/netsuite/fake_netsuite.h"
#include "connectors/netsuite/netsuite_connector.h"

namespace trueup::connectors::netsuite {
namespace {

using testing::HasSubstr;

TEST(NetsuiteSettingsTable, ReportsWhatIsWrongWithItsPlace) {
  struct Case {
    std::string yaml;
    std::string expected;
  };
  const Case cases[] = {
      {"{auth: {flow: m2m}}", "\"account\""},
      {"{account: x, auth: {flow: m2m, client_id: a}}", "\"certificate_id\" is required"},
      {"{account: x, auth: {flow: tba}}", "\"consumer_key\" is required for flow tba"},
      {"{account: x, auth: {flow: oauth}}", "oauth"},
      {"{account: x, auth: {algorithm: RS256}}", "RS256"},
      {"{account: x, auth: {algorithm: HS256}}", "HS256"},
      {"{account: x, page_size: 5000}", "expected 1 to 1000"},
      {"{account: x, base_url: 'ftp://x'}", "ftp://x"},
      {"{account: x, objects: {customer: {columns: ['id; DROP']}}}",
       "\"id; DROP\" is no name of a table or column"},
      {"{account: x, auth: {private_key: abc}}", "a secret must be a reference"},
  };
  for (const Case& c : cases) {
    Problems problems;
    const YamlNode node = ParseYaml(c.yaml, "trueup.yaml", problems);
    const auto connector =
        NetsuiteKind().make({"erp", node, "", std::make_shared<ManualClock>(Instant()),
                             std::make_shared<config::ProcessSecrets>()},
                            problems);
    EXPECT_FALSE(connector) << c.yaml;
    EXPECT_THAT(problems.ToText(), HasSubstr(c.expected));
    EXPECT_THAT(problems.ToText(), HasSubstr("trueup.yaml:1:"));
  }
}

TEST(NetsuiteSettingsTable, RefusesAKeyThatDoesNotSignWithTheAlgorithm) {
  const std::string file = testing::TempDir() + "netsuite_settings_test.pem";
  std::ofstream(file) << kTestKey;
  for (const std::string algorithm : {"ES256", "ES384", "PS256"}) {
    Problems problems;
    const YamlNode node = ParseYaml(
        "account: x\nauth:\n  client_id: a\n  certificate_id: b\n"
        "  algorithm: " +
            algorithm + "\n  private_key: {file: " + file + "}\n",
        "trueup.yaml", problems);
    const auto connector =
        NetsuiteKind().make({"erp", node, "", std::make_shared<ManualClock>(Instant()),
                             std::make_shared<config::ProcessSecrets>()},
                            problems);
    EXPECT_EQ(connector != nullptr, algorithm == "ES256") << problems.ToText();
    if (connector) continue;
    EXPECT_THAT(problems.ToText(), HasSubstr("trueup.yaml:6:"));
    EXPECT_THAT(problems.ToText(), HasSubstr("not of the type that " + algorithm + " signs with"));
  }
}

}  // namespace
}  // namespace trueup::connectors::netsuite
