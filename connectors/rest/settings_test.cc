#include "connectors/rest/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/rest/test_rest.h"

namespace trueup::connectors::rest {
namespace {

using testing::HasSubstr;

TEST(RestSettingsTable, ReportsWhatIsWrongWithItsPlaceOnce) {
  struct Case {
    std::string yaml;
    std::string expected;
  };
  const std::string head = "base_url: https://x.example\nauth: {kind: none}\n";
  const Case cases[] = {
      {head + "objects: {a: {path: /a, data: rows}}",
       "trueup.yaml:3:31: error: \"data\" is no JSON pointer (\"/a/b\" names member b of member "
       "a)\n"},
      {head + "defaults: {path: /x, id: 'a~'}\nobjects: {a: , b: }",
       "trueup.yaml:3:26: error: \"id\" is no JSON pointer (\"/a/b\" names member b of member "
       "a)\n"},
      {head + "objects: {a: {id: /id}}",
       "trueup.yaml:3:14: error: object \"a\" has no \"path\" (give it here or in \"defaults\")\n"},
      {head + "objects: {a: {path: /a, fetch: /a/1}}",
       "trueup.yaml:3:32: error: \"fetch\" is required to hold \"{id}\"\n"},
      {head + "objects: {a: {path: /a, paging: {kind: cursor, parameter: c}}}",
       "trueup.yaml:3:33: error: \"pointer\" is required for this kind of paging\n"},
      {"base_url: https://x.example\nauth: {kind: bearer}\nobjects: {a: {path: /a}}",
       "trueup.yaml:2:7: error: \"token\" is required for bearer\n"},
      {head + "objects: {a: {pahts: /a}}", "pahts"},
      {"base_url: https://x.example\nauth: {kind: baerer}\nobjects: {a: {path: /a}}",
       "2:14: error: expected one of \"none\", \"bearer\", \"basic\", \"header\", "
       "\"client_credentials\", got \"baerer\" (did you mean \"bearer\"?)"},
      {head + "objects: {a: {path: /a, modified: /m, updated_since: s, etag: true}}",
       "3:63: error: \"etag\" is for lists that are read whole"},
      {head + "objects: {a: {path: /a, etag: true, paging: {kind: page, parameter: p}}}",
       "3:31: error: \"etag\" cannot say that a list in numbered pages is unchanged"},
      {head + "objects: {a: {path: /a, etag: true, paging: {kind: link_header}}}",
       "3:31: error: \"etag\" cannot say that there is no next page"},
      {head + "objects: {a: {path: /a}}\nrate_limit: {per: 1s}",
       "4:13: error: \"requests\" is missing"},
      {head + "objects: {a: {path: /a}}\nrate_limit: {requests: 0}",
       "4:24: error: expected 1 to 1000000"},
      {head + "objects: {a: {path: /a}}\nrate_limit: {requets: 5}",
       "4:14: error: unknown setting \"requets\" (did you mean \"requests\"?)"},
      {head + "objects: {a: {path: /a}}\ndeletions: {since: s}",
       "4:12: error: \"path\" is required for a feed of deletions"},
      {head + "objects: {a: {path: /a}}\ndeletions: {path: /d}",
       "4:12: error: \"deleted_at\" is required for a feed of deletions"},
      {head + "objects: {a: {path: /a}}\ndeletions: {by: ids, path: /d}",
       "4:28: error: \"path\" belongs to a feed"},
      {head + "objects: {a: {path: /a}}\ndeletions: {path: /d, deleted_at: /a, differences: 20}",
       "4:52: error: \"differences\" goes with \"by: ids\""},
      {head + "objects: {a: {path: /a}}\ndeletions: {by: id}",
       "4:17: error: expected one of \"feed\", \"ids\", got \"id\""},
  };
  for (const Case& c : cases) {
    Problems problems;
    Read(c.yaml, problems);
    EXPECT_THAT(problems.ToText(), HasSubstr(c.expected)) << c.yaml;
  }
}

TEST(RestSettingsTable, LaysObjectsOverTheDefaults) {
  Problems problems;
  const RestSettings settings = Read(Example(), problems);
  EXPECT_TRUE(problems.empty()) << problems.ToText();
  ASSERT_EQ(settings.objects.size(), 5u);
  EXPECT_EQ(settings.objects.at("tasks").paging.pointer, "/next_cursor");
  EXPECT_EQ(settings.auth.token.reveal(), "fixed");
}

TEST(RestSettingsTable, LoadsEveryExampleOfTheReadme) {
  EXPECT_EQ(Examples().size(), 4u);
  for (const std::string& example : Examples()) {
    Problems problems;
    Read(example, problems);
    EXPECT_TRUE(problems.empty()) << problems.ToText() << example;
  }
}

}  // namespace
}  // namespace trueup::connectors::rest
