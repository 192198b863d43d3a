#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/yaml.h"
#include "connectors/rest/rest_connector.h"

// What the tests in this folder share.
namespace trueup::connectors::rest {

class FixedSecrets : public config::SecretReader {
 public:
  Result<std::string> FromEnvironment(const std::string&) const override {
    return std::string("fixed");
  }
  Result<std::string> FromFile(const std::string&) const override { return std::string("fixed"); }
};

inline RestSettings Read(const std::string& yaml, Problems& problems) {
  const FixedSecrets secrets;
  config::ParseContext context{problems, secrets, ""};
  const YamlNode node = ParseYaml(yaml, "trueup.yaml", problems);
  return ReadSettings(config::Without(node, {"connector"}), context);
}

// The YAML examples of the README, in order.
inline std::vector<std::string> Examples() {
  const auto readme = ReadFile(std::string(TRUEUP_SOURCE_DIR) + "/connectors/rest/README.md");
  EXPECT_TRUE(readme.ok());
  std::vector<std::string> examples;
  const std::string fence = "```yaml\n";
  for (size_t at = readme->find(fence); at != readme->npos; at = readme->find(fence, at)) {
    at += fence.size();
    examples.push_back(readme->substr(at, readme->find("```", at) - at));
  }
  return examples;
}
// That of Sky, which the tests speak to.
inline std::string Example() { return Examples().front(); }

inline Instant At(const char* text) { return ParseInstant(text)->at; }

class Rest : public testing::Test {
 protected:
  std::unique_ptr<Connector> Connect(const std::string& yaml, std::shared_ptr<HttpClient> http) {
    Problems problems;
    RestSettings settings = Read(yaml, problems);
    EXPECT_TRUE(problems.empty()) << problems.ToText();
    return MakeConnector({"sky", std::move(settings), std::move(http), clock_, [] { return 0.5; }});
  }

  // Pulls to the end; gives "id@modified" or "-id@modified" per event.
  static std::vector<std::string> PullAll(Connector& connector, const std::string& object,
                                          std::string& cursor) {
    std::vector<std::string> events;
    for (int pages = 0; pages < 100; ++pages) {
      const auto page = connector.Pull(object, cursor, {});
      EXPECT_TRUE(page.ok()) << page.error().message();
      if (!page.ok()) return events;
      EXPECT_FALSE(page->gap) << *page->gap;
      for (const ChangeEvent& event : page->events) {
        events.push_back((event.deleted ? "-" : "") + std::string(event.ref.id()) + "@" +
                         FormatInstant(event.modified));
      }
      cursor = page->next_cursor;
      if (page->done) return events;
    }
    ADD_FAILURE() << "no end";
    return events;
  }

  std::shared_ptr<ManualClock> clock_ = std::make_shared<ManualClock>(At("2026-06-01T00:00:00Z"));
};

}  // namespace trueup::connectors::rest
