#include "connectors/salesforce/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trueup::connectors::salesforce {
namespace {

class FakeSecrets : public config::SecretReader {
 public:
  Result<std::string> FromEnvironment(const std::string&) const override {
    return std::string("s3cret");
  }
  Result<std::string> FromFile(const std::string&) const override { return std::string("pem"); }
};

std::string ProblemsOf(const std::string& yaml) {
  Problems problems;
  const YamlNode node = ParseYaml(yaml, "t.yaml", problems);
  const FakeSecrets secrets;
  config::ParseContext context{problems, secrets, ""};
  SalesforceSettings settings;
  SalesforceSettings::Settings().Parse(node, settings, context);
  return problems.ToText();
}

constexpr const char* kGood =
    "instance_url: https://acme.my.salesforce.com\n"
    "auth: {client_id: key, client_secret: {env: SECRET}}\n";

TEST(SalesforceSettings, NeedOnlyAnAddressAndCredentials) { EXPECT_EQ(ProblemsOf(kGood), ""); }

struct SettingsCase {
  const char* name;
  std::string yaml;
  const char* problem;
};

class SalesforceSettingsProblem : public testing::TestWithParam<SettingsCase> {};

TEST_P(SalesforceSettingsProblem, IsReportedWithItsPlace) {
  EXPECT_THAT(ProblemsOf(GetParam().yaml), testing::HasSubstr(GetParam().problem));
}

INSTANTIATE_TEST_SUITE_P(
    Table, SalesforceSettingsProblem,
    testing::Values(
        SettingsCase{"NoAddress", "auth: {client_id: key, client_secret: {env: S}}",
                     "1:1: error: neither \"instance_url\" nor \"login_url\" is given"},
        SettingsCase{"NoAuth", "instance_url: https://a", "1:1: error: \"auth\" is missing"},
        SettingsCase{"NoSecretForTheFlow", "instance_url: https://a\nauth: {client_id: key}",
                     "2:7: error: \"client_secret\" is missing (the flow client_credentials"},
        SettingsCase{"NoKeyForJwt",
                     "instance_url: https://a\nauth: {flow: jwt_bearer, client_id: key}",
                     "2:7: error: \"private_key\" is missing (the flow jwt_bearer needs it)"},
        SettingsCase{"AddressWithAPath", std::string(kGood) + "login_url: https://a/services",
                     "3:12: error: expected only a scheme and a host"},
        SettingsCase{"AddressWithoutAScheme", std::string(kGood) + "login_url: acme.com",
                     "3:12: error: \"acme.com\" is no usable address: it has no scheme"},
        SettingsCase{"ObjectThatIsNoName",
                     std::string(kGood) + "objects: {\"Account WHERE x\": {}}",
                     "is no object name"},
        SettingsCase{"FieldThatIsNoName", std::string(kGood) + "objects: {Account: {fields: a b}}",
                     "3:20: error: \"a b\" is no field name"},
        SettingsCase{"NoObjects", std::string(kGood) + "objects: {}", "no objects to pull"},
        SettingsCase{"OddVersion", std::string(kGood) + "api_version: v62",
                     "3:14: error: expected a version such as \"62.0\""},
        SettingsCase{"ResultPageOfNothing", std::string(kGood) + "bulk: {page_rows: 0}",
                     "3:19: error: expected 1 to 1000000"},
        SettingsCase{"NegativeRows", std::string(kGood) + "bulk: {from_rows: -1}", "3:19: error:"},
        SettingsCase{"PageTooSmall", std::string(kGood) + "page_size: 10",
                     "3:12: error: expected 200 to 2000"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace trueup::connectors::salesforce
