#include "connectors/files/files_connector.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "base/file.h"
#include "base/yaml.h"

namespace trueup::connectors {
namespace {

class Files : public testing::Test {
 protected:
  Files()
      : folder_(std::filesystem::temp_directory_path() /
                ("trueup_files_test_" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~Files() override { std::filesystem::remove_all(folder_); }

  // Replaces a file as exporters do: a new inode.
  void Write(const std::string& name, const std::string& content) {
    const auto path = folder_ / name;
    std::ofstream(path.string() + ".new", std::ios::binary) << content;
    std::filesystem::rename(path.string() + ".new", path);
  }

  std::unique_ptr<Connector> Make(const std::string& yaml) {
    Problems problems;
    const YamlNode node = ParseYaml(yaml, "trueup.yaml", problems);
    auto connector =
        FilesKind().make({"crm", node, folder_.string(), std::make_shared<ManualClock>(Instant()),
                          std::make_shared<config::ProcessSecrets>()},
                         problems);
    problems_ = problems.ToText();
    return connector;
  }

  std::filesystem::path folder_;
  std::string problems_;
};

constexpr char kSites[] = "{path: ., objects: {site: {file: sites.csv, id: id, modified: at}}}";

// Pulls to the end: every page's cursor and events.
struct Pulled {
  std::vector<ChangeEvent> events;
  std::vector<std::string> cursors;
};
Pulled PullAll(Connector& connector, const std::string& object, std::string cursor) {
  Pulled pulled;
  for (;;) {
    auto page = connector.Pull(object, cursor, {});
    EXPECT_TRUE(page.ok()) << page.error().message();
    if (!page.ok()) return pulled;
    EXPECT_FALSE(page->gap);
    EXPECT_EQ(page->received, page->events.size());
    for (auto& event : page->events) pulled.events.push_back(std::move(event));
    cursor = page->next_cursor;
    pulled.cursors.push_back(cursor);
    if (page->done) return pulled;
  }
}

TEST_F(Files, GivesRowsWithStampsAndNulls) {
  Write("sites.csv", "id,name,at\n7,\"Zürich\nHB\",2026-01-31T10:00:00+01:00\n8,,2026-01-01\n");
  const auto connector = Make(kSites);
  ASSERT_TRUE(connector) << problems_;
  const Pulled pulled = PullAll(*connector, "site", "");
  ASSERT_EQ(pulled.events.size(), 2u);
  EXPECT_EQ(pulled.events[0].ref.text(), "crm/site/7");
  EXPECT_EQ(FormatInstant(pulled.events[0].modified), "2026-01-31T09:00:00Z");
  EXPECT_EQ(pulled.events[0].row.Find("name")->text, "Zürich\nHB");
  EXPECT_EQ(FormatInstant(pulled.events[1].modified), "2026-01-01T00:00:00Z");
  EXPECT_EQ(pulled.events[1].row.Find("name")->kind, FieldKind::kNull);
  EXPECT_EQ(*connector->Count("site", {}), 2u);
}

TEST_F(Files, GoesOnFromEveryCursorAlsoInANewProcess) {
  std::string text = "id,name,at\n";
  for (int i = 0; i < 7001; ++i) text += std::to_string(i) + ",\"line\nbreak\",\n";
  Write("sites.csv", text);
  const auto connector = Make(kSites);
  const Pulled whole = PullAll(*connector, "site", "");
  ASSERT_EQ(whole.events.size(), 7001u);
  ASSERT_GT(whole.cursors.size(), 3u);
  size_t left = whole.events.size();
  for (const std::string& cursor : whole.cursors) {
    left -= std::min<size_t>(left, 2000);
    const auto restarted = Make(kSites);
    EXPECT_EQ(PullAll(*restarted, "site", cursor).events.size(), left);
  }
}

TEST_F(Files, ReadsAChangedFileFromItsBeginning) {
  Write("sites.csv", "id,name,at\n1,a,\n2,b,\n");
  const auto connector = Make(kSites);
  const std::string done = PullAll(*connector, "site", "").cursors.back();
  EXPECT_TRUE(PullAll(*connector, "site", done).events.empty());
  Write("sites.csv", "id,name,at\n1,a,\n3,c,\n");
  const Pulled again = PullAll(*connector, "site", done);
  ASSERT_EQ(again.events.size(), 2u);
  EXPECT_EQ(again.events[1].ref.id(), "3");
  const auto ids = connector->ListIds("site", "", {});
  ASSERT_TRUE(ids.ok());
  EXPECT_EQ(ids->ids, (std::vector<std::string>{"1", "3"}));
  EXPECT_TRUE(ids->next.empty());
}

TEST_F(Files, TakesAllFilesThatFitAPattern) {
  Write("sites-1.csv", "id,at\n1,\n");
  Write("sites-2.csv", "id,at\n2,\n");
  Write("other.csv", "id,at\n3,\n");
  const auto connector = Make("{path: ., objects: {site: {file: 'sites-*.csv', id: id}}}");
  EXPECT_EQ(PullAll(*connector, "site", "").events.size(), 2u);
  const auto fetched = connector->Fetch("site", {"2", "3"}, {});
  ASSERT_TRUE(fetched.ok());
  ASSERT_EQ(fetched->size(), 1u);
  EXPECT_EQ(fetched->front().ref.id(), "2");
}

TEST_F(Files, ReadsJsonLinesWithNestedMembers) {
  Write("s.jsonl", "{\"key\":{\"id\":7},\"address\":{\"city\":\"Bern\"},\"n\":1.50}\n\n");
  const auto connector = Make("{path: s.jsonl, objects: {site: {format: jsonl, id: key.id}}}");
  ASSERT_TRUE(connector) << problems_;
  const Pulled pulled = PullAll(*connector, "site", "");
  ASSERT_EQ(pulled.events.size(), 1u);
  EXPECT_EQ(pulled.events[0].ref.id(), "7");
  EXPECT_EQ(pulled.events[0].row.Find("address.city")->text, "Bern");
  EXPECT_EQ(pulled.events[0].row.Find("n")->text, "1.50");
}

TEST_F(Files, GivesNothingOfABrokenFile) {
  struct Case {
    std::string format;
    std::string text;
    std::string expected;
  };
  const Case cases[] = {
      {"csv", "", "s:1:1: the file is empty: it has no header"},
      {"csv", "id,a,a\n", "s:1:6: column \"a\" is twice in the header"},
      {"csv", "id,,a\n", "s:1:4: a column of the header has no name"},
      {"csv", "idd,a\n", "s:1:1: the header has no column \"id\"; did you mean \"idd\"?"},
      {"csv", "id,a\n1,2\n3\n", "s:3:1: the record has 1 cells, the header 2"},
      {"csv", "id,a\n1,2,3\n", "s:2:1: the record has 3 cells, the header 2"},
      {"csv", "id,a\n1,2\n,3\n", "s:3:1: the id column \"id\" is empty"},
      {"csv", "id,a\n1,2\n2,3\n1,4\n", "s:4:1: the id of this record comes twice; first in "},
      {"csv", "id,at\n1,yesterday\n",
       "s:2:3: column \"at\" holds \"yesterday\", which is no ISO 8601 time"},
      {"jsonl", "{\"id\":1}\n{\"id\":\n", "s:2:1: the line is not JSON"},
      {"jsonl", "[1]\n", "s:1:1: the line holds no JSON object"},
      {"jsonl", "{\"a\":1}\n", "s:1:1: the id member \"id\" is missing or empty"},
      {"jsonl", "{\"id\":1,\"id\":2}\n", "s:1:1: member \"id\" comes twice"},
      {"jsonl", "{\"id\":\"\xFC\"}\n", "s:1:8: not UTF-8"},
  };
  for (const Case& c : cases) {
    Write("s", c.text);
    const std::string stamp = c.text.find("yesterday") == std::string::npos ? "" : ", modified: at";
    const auto connector =
        Make("{path: s, objects: {site: {id: id, format: " + c.format + stamp + "}}}");
    ASSERT_TRUE(connector) << problems_;
    const auto page = connector->Pull("site", "", {});
    ASSERT_FALSE(page.ok()) << c.expected;
    EXPECT_EQ(page.error().kind(), ErrorKind::kInvalid);
    EXPECT_NE(page.error().message().find(c.expected), std::string::npos) << page.error().message();
  }
}

TEST_F(Files, SaysWhatIsMissing) {
  const auto connector = Make(kSites);
  const auto page = connector->Pull("site", "", {});
  ASSERT_FALSE(page.ok());
  EXPECT_NE(page.error().message().find("crm/site: pull: cannot read"), std::string::npos);
  EXPECT_NE(page.error().message().find("No such file"), std::string::npos);
}

TEST_F(Files, ReportsACursorThatItCannotReadAsAGap) {
  Write("sites.csv", "id,name,at\n1,a,\n");
  const auto page = Make(kSites)->Pull("site", "{\"what\":1}", {});
  ASSERT_TRUE(page.ok());
  EXPECT_TRUE(page->gap);
  EXPECT_EQ(page->next_cursor, "");
}

TEST_F(Files, ObeysAStop) {
  Write("sites.csv", "id,name,at\n1,a,\n");
  std::stop_source stop;
  stop.request_stop();
  const auto page = Make(kSites)->Pull("site", "", stop.get_token());
  ASSERT_FALSE(page.ok());
  EXPECT_EQ(page.error().kind(), ErrorKind::kCancelled);
}

TEST_F(Files, ReportsEverySettingThatIsWrong) {
  EXPECT_FALSE(Make("{path: ., objects: {site: {fiel: x, id: id, delimiter: '::'}}}"));
  EXPECT_NE(problems_.find("fiel"), std::string::npos) << problems_;
  EXPECT_NE(problems_.find("delimiter must be one ASCII character"), std::string::npos);
}

TEST_F(Files, LoadsEveryExampleOfTheReadme) {
  const std::string readme =
      ReadFile(std::string(TRUEUP_SOURCE_DIR) + "/connectors/files/README.md").value();
  const std::string fence = "```yaml\nconnector: files\n";
  int examples = 0;
  for (size_t at = readme.find(fence); at != readme.npos; at = readme.find(fence, at)) {
    at += fence.size();
    EXPECT_TRUE(Make(readme.substr(at, readme.find("```", at) - at))) << problems_;
    ++examples;
  }
  EXPECT_EQ(examples, 2);
}

TEST_F(Files, LoadsTheChicagoSet) {
  const std::filesystem::path chicago =
      std::filesystem::path(TRUEUP_SHARED_DATA) / "matching" / "chicago";
  if (!std::filesystem::exists(chicago)) GTEST_SKIP() << "no data set at " << chicago;
  const auto connector =
      Make("{path: " + chicago.string() +
           ", objects: {site: {file: csv_example_input_with_true_ids.csv, id: Id}}}");
  ASSERT_TRUE(connector) << problems_;
  const Pulled pulled = PullAll(*connector, "site", "");
  EXPECT_EQ(pulled.events.size(), 3337u);
  EXPECT_EQ(pulled.events[0].row.Find("Site name")->text,
            "Chicago Commons\nAssociation St Catherine's - St. Lucy School");
  std::set<std::string> ids;
  for (const auto& event : pulled.events) ids.insert(std::string(event.ref.id()));
  EXPECT_EQ(ids.size(), 3337u);
}

}  // namespace
}  // namespace trueup::connectors
