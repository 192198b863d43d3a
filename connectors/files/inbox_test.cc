#include "connectors/files/inbox.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <random>

#include "base/file.h"
#include "base/json.h"
#include "base/yaml.h"
#include "connectors/files/files_connector.h"

namespace trueup::connectors {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kSettings[] =
    "{path: in, inbox: {done: done, rejected: rejected}, "
    "objects: {site: {file: '*.csv', id: id, modified: at}}}";

class FilesInbox : public testing::Test {
 protected:
  FilesInbox()
      : folder_(std::filesystem::temp_directory_path() /
                ("trueup_inbox_test_" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_ / "in");
  }
  ~FilesInbox() override { std::filesystem::remove_all(folder_); }

  // Puts a whole file in place by renaming, as exporters should; each is a second younger than the
  // one before.
  void Drop(const std::string& name, const std::string& content) {
    const std::string part = (folder_ / "part").string();
    std::ofstream(part, std::ios::binary) << content;
    const struct ::timespec at[2] = {{0, UTIME_OMIT}, {1'700'000'000 + ++dropped_, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, part.c_str(), at, 0), 0);
    std::filesystem::rename(part, folder_ / "in" / name);
  }

  // A new process: it knows nothing but stored cursors.
  std::unique_ptr<Connector> Make(const std::string& yaml = kSettings) {
    Problems problems;
    const YamlNode node = ParseYaml(yaml, "trueup.yaml", problems);
    auto connector = FilesKind().make(
        {"crm", node, folder_.string(), clock_, std::make_shared<config::ProcessSecrets>()},
        problems);
    problems_ = problems.ToText();
    return connector;
  }

  // Pulls to the end; gives "id" per event, or "gap".
  std::vector<std::string> PullAll(Connector& connector, std::string& cursor) {
    std::vector<std::string> events;
    for (int pages = 0; pages < 100; ++pages) {
      const auto page = connector.Pull("site", cursor, {});
      EXPECT_TRUE(page.ok()) << page.error().message();
      if (!page.ok()) return events;
      if (page->gap) events.push_back("gap");
      for (const ChangeEvent& event : page->events) events.emplace_back(event.ref.id());
      cursor = page->next_cursor;
      if (page->done) return events;
    }
    ADD_FAILURE() << "no end";
    return events;
  }

  static std::vector<std::string> Ids(Connector& connector) {
    std::vector<std::string> ids;
    std::string next;
    do {
      const auto page = connector.ListIds("site", next, {});
      EXPECT_TRUE(page.ok()) << page.error().message();
      if (!page.ok()) return ids;
      ids.insert(ids.end(), page->ids.begin(), page->ids.end());
      next = page->next;
    } while (!next.empty());
    return ids;
  }

  // The names in a folder, hidden ones left out.
  std::vector<std::string> In(const std::string& name) const {
    std::vector<std::string> names;
    if (!std::filesystem::exists(folder_ / name)) return names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / name)) {
      const std::string file = entry.path().filename().string();
      if (file.front() != '.') names.push_back(file);
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  std::string Text(const std::string& path) const {
    return ReadFile((folder_ / path).string()).value();
  }

  std::filesystem::path folder_;
  std::shared_ptr<ManualClock> clock_ =
      std::make_shared<ManualClock>(ParseInstant("2030-01-01T00:00:00Z")->at);
  std::string problems_;
  int dropped_ = 0;
};

TEST_F(FilesInbox, MovesAFileWhenItsCursorComesBack) {
  Drop("b.csv", "id,at\n1,\n2,\n");
  Drop("a.csv", "id,at\n3,\n");
  const auto connector = Make();
  ASSERT_TRUE(connector) << problems_;
  const auto first = connector->Pull("site", "", {});
  ASSERT_TRUE(first.ok()) << first.error().message();
  EXPECT_EQ(first->events.size(), 2u);
  EXPECT_FALSE(first->done);
  EXPECT_THAT(In("in"), ElementsAre("a.csv", "b.csv"));
  EXPECT_THAT(In("done"), IsEmpty());
  const auto second = connector->Pull("site", first->next_cursor, {});
  ASSERT_TRUE(second.ok()) << second.error().message();
  EXPECT_EQ(second->events.front().ref.id(), "3");
  EXPECT_THAT(In("in"), ElementsAre("a.csv"));
  EXPECT_THAT(In("done"), ElementsAre("b.csv"));
  std::string cursor = second->next_cursor;
  EXPECT_THAT(PullAll(*connector, cursor), IsEmpty());
  EXPECT_THAT(In("in"), IsEmpty());
  EXPECT_THAT(In("done"), ElementsAre("a.csv", "b.csv"));
}

TEST_F(FilesInbox, RepeatsAndLosesNothingWhenItDiesBeforeTheCursorIsStored) {
  Drop("a.csv", "id,at\n1,\n");
  ASSERT_EQ(Make()->Pull("site", "", {})->events.size(), 1u);
  std::string cursor;
  EXPECT_THAT(PullAll(*Make(), cursor), ElementsAre("1"));
  EXPECT_THAT(In("done"), ElementsAre("a.csv"));
}

TEST_F(FilesInbox, FinishesAMoveThatWasOnlyWrittenDown) {
  Drop("a.csv", "id,at\n1,\n");
  std::string cursor;
  PullAll(*Make(), cursor);
  // As if the process had died between the list and the move.
  std::filesystem::rename(folder_ / "done" / "a.csv", folder_ / "in" / "a.csv");
  EXPECT_THAT(Ids(*Make()), ElementsAre("1"));
  EXPECT_THAT(In("in"), ElementsAre("a.csv"));  // an audit moves nothing
  Drop("b.csv", "id,at\n2,\n");
  EXPECT_THAT(PullAll(*Make(), cursor), ElementsAre("2"));
  EXPECT_THAT(In("done"), ElementsAre("a.csv", "b.csv"));
  EXPECT_THAT(Ids(*Make()), ElementsAre("1", "2"));
}

TEST_F(FilesInbox, GivesTheRestFromDoneToAnOldCursor) {
  std::string text = "id,at\n";
  for (int i = 0; i < 4500; ++i) text += std::to_string(i) + ",\n";
  Drop("a.csv", text);
  Drop("b.csv", "id,at\nlast,\n");
  const auto first = Make()->Pull("site", "", {});
  ASSERT_EQ(first->events.size(), 2000u);
  std::string cursor = first->next_cursor;
  PullAll(*Make(), cursor);
  EXPECT_THAT(In("in"), IsEmpty());
  cursor = first->next_cursor;
  EXPECT_EQ(PullAll(*Make(), cursor).size(), 2501u);
  cursor = "";
  EXPECT_EQ(PullAll(*Make(), cursor).size(), 4501u);
}

TEST_F(FilesInbox, RejectsWhatCannotBeReadAndGoesOn) {
  struct Case {
    std::string name;
    std::string text;
    std::string reason;
  };
  const std::vector<Case> cases = {
      {"encoding.csv", "id,at\n1,\n\xFC,\n", "/in/encoding.csv:3:1: not UTF-8"},
      {"header.csv", "key,at\n1,\n", "/in/header.csv:1:1: the header has no column \"id\""},
      {"id.csv", "id,at\n1,\n,\n", "/in/id.csv:3:1: the id column \"id\" is empty"},
      {"quote.csv", "id,at\n1,\"x\n", "/in/quote.csv:2:3: this quote is never closed"},
      {"stamp.csv", "id,at\n1,soon\n", "/in/stamp.csv:2:3: column \"at\" holds \"soon\""},
      {"twice.csv", "id,at\n1,\n1,\n", "/in/twice.csv:3:1: the id of this record comes twice"},
  };
  for (const Case& c : cases) Drop(c.name, c.text);
  Drop("good.csv", "id,at\n7,\n");
  std::string cursor;
  EXPECT_THAT(PullAll(*Make(), cursor), ElementsAre("7"));
  EXPECT_THAT(In("in"), IsEmpty());
  EXPECT_THAT(In("done"), ElementsAre("good.csv"));
  for (const Case& c : cases) {
    EXPECT_EQ(Text("rejected/" + c.name), c.text);
    EXPECT_THAT(Text("rejected/" + c.name + ".reason.txt"), HasSubstr(c.reason));
  }
  EXPECT_THAT(Ids(*Make()), ElementsAre("7"));
}

TEST_F(FilesInbox, NumbersNamesThatAreInUse) {
  std::string cursor;
  const auto connector = Make();
  for (const char* id : {"1", "2", "3"}) {
    Drop("site.csv", std::string("id,at\n") + id + ",\n");
    Drop("bad.csv", std::string("what\n") + id + "\n");
    EXPECT_THAT(PullAll(*connector, cursor), ElementsAre(id));
  }
  EXPECT_THAT(In("done"), ElementsAre("site.2.csv", "site.3.csv", "site.csv"));
  EXPECT_THAT(In("rejected"), ElementsAre("bad.2.csv", "bad.2.csv.reason.txt", "bad.3.csv",
                                          "bad.3.csv.reason.txt", "bad.csv", "bad.csv.reason.txt"));
  EXPECT_THAT(Text("done/site.2.csv"), HasSubstr("\n2,"));
  EXPECT_THAT(Ids(*connector), ElementsAre("1", "2", "3"));
}

TEST_F(FilesInbox, WaitsUntilAFileHasSettled) {
  const std::string path = (folder_ / "in" / "slow.csv").string();
  std::ofstream(path, std::ios::binary) << "id,at\n1,\n";
  struct ::stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  clock_ = std::make_shared<ManualClock>(Instant(seconds(info.st_mtim.tv_sec)));
  const auto connector = Make();
  std::string cursor;
  EXPECT_THAT(PullAll(*connector, cursor), IsEmpty());
  EXPECT_EQ(*connector->Count("site", {}), 0u);
  clock_->Advance(seconds(9));
  EXPECT_THAT(PullAll(*connector, cursor), IsEmpty());
  clock_->Advance(seconds(2));
  EXPECT_THAT(PullAll(*connector, cursor), ElementsAre("1"));
}

TEST_F(FilesInbox, IsHonestAboutAFileThatChangedWhileItWasTaken) {
  std::string text = "id,at\n";
  for (int i = 0; i < 2500; ++i) text += std::to_string(i) + ",\n";
  Drop("a.csv", text);
  const auto connector = Make();
  std::string cursor = connector->Pull("site", "", {})->next_cursor;
  Drop("a.csv", "id,at\nnew,\n");
  EXPECT_THAT(PullAll(*connector, cursor), ElementsAre("gap", "new"));
}

TEST_F(FilesInbox, ListsWhatWasTakenAndWhatWaitsEachIdOnce) {
  std::string cursor;
  const auto connector = Make();
  Drop("a.csv", "id,at,name\n1,2026-01-01,a\n2,2026-01-01,b\n");
  PullAll(*connector, cursor);
  Drop("b.csv", "id,at,name\n2,2026-01-02,new\n3,2026-01-02,c\n1,2025-01-01,old\n");
  Drop("bad.csv", "id,at,name\n9\n");
  // No row of a later file is needed for a record to live; a broken file has none.
  EXPECT_THAT(Ids(*connector), ElementsAre("1", "2", "3"));
  EXPECT_EQ(*connector->Count("site", {}), 3u);
  const auto fetched = connector->Fetch("site", {"1", "2", "9"}, {});
  ASSERT_EQ(fetched->size(), 2u);
  EXPECT_EQ(fetched->at(0).row.Find("name")->text, "a");
  EXPECT_EQ(fetched->at(1).row.Find("name")->text, "new");
  EXPECT_THAT(In("in"), ElementsAre("b.csv", "bad.csv"));
  EXPECT_THAT(PullAll(*connector, cursor), ElementsAre("2", "3", "1"));
  EXPECT_THAT(Ids(*connector), ElementsAre("1", "2", "3"));
}

TEST_F(FilesInbox, RefusesToListWhereATakenFileIsGone) {
  std::string cursor;
  const auto connector = Make();
  Drop("a.csv", "id,at\n1,\n");
  PullAll(*connector, cursor);
  std::filesystem::remove(folder_ / "done" / "a.csv");
  const auto ids = Make()->ListIds("site", "", {});
  ASSERT_FALSE(ids.ok());
  EXPECT_THAT(ids.error().message(), HasSubstr("done/a.csv was taken and is no longer there"));
  EXPECT_FALSE(Make()->Count("site", {}).ok());
  // Pulling goes on, and the name is not used twice.
  EXPECT_TRUE(Make()->Describe({}).ok());
  Drop("a.csv", "id,at\n2,\n");
  EXPECT_THAT(PullAll(*Make(), cursor), ElementsAre("2"));
  EXPECT_THAT(In("done"), ElementsAre("a.2.csv"));
}

TEST_F(FilesInbox, DescribesTheNewestFileAndAnEmptyInboxAsNothing) {
  const auto connector = Make();
  EXPECT_TRUE(connector->Describe({})->front().fields.empty());
  Drop("a.csv", "id,at\n1,\n");
  Drop("b.csv", "id,at,name\n1,,x\n");
  EXPECT_EQ(connector->Describe({})->front().fields.size(), 3u);
  std::filesystem::remove_all(folder_ / "in");
  const auto gone = connector->Describe({});
  ASSERT_FALSE(gone.ok());
  EXPECT_THAT(gone.error().message(), HasSubstr("crm/site: describe: cannot read folder"));
}

TEST_F(FilesInbox, ObeysAStopAndMovesNothingThen) {
  Drop("a.csv", "id,at\n1,\n");
  std::stop_source stop;
  stop.request_stop();
  const auto page = Make()->Pull("site", "", stop.get_token());
  ASSERT_FALSE(page.ok());
  EXPECT_EQ(page.error().kind(), ErrorKind::kCancelled);
  EXPECT_THAT(In("in"), ElementsAre("a.csv"));
}

TEST_F(FilesInbox, NamesTheLineOfADamagedList) {
  std::filesystem::create_directories(folder_ / "done");
  std::ofstream(folder_ / "done" / ".taken-crm-site.jsonl")
      << "{\"file\":\"a\",\"identity\":\"b\"}\n{\n";
  const auto page = Make()->Pull("site", "", {});
  ASSERT_FALSE(page.ok());
  EXPECT_EQ(page.error().kind(), ErrorKind::kCorrupt);
  EXPECT_THAT(page.error().message(), HasSubstr(".taken-crm-site.jsonl:2:"));
}

// Whatever is dropped when, and wherever the process dies: every row of every good file is given,
// in an order that keeps the newest version last, and no file is in two places or in none.
TEST_F(FilesInbox, LosesNothingWhereverItDies) {
  std::mt19937 random(11);
  const auto chance = [&](unsigned of) { return random() % of == 0; };
  std::string stored;
  std::map<std::string, std::string> newest;  // id -> name, as dropped
  std::map<std::string, std::string> held;    // as delivered
  size_t bad = 0;
  auto connector = Make();
  for (int step = 0; step < 1'000; ++step) {
    if (chance(6) && step < 900) {
      const std::string name = "f" + std::to_string(random() % 20) + ".csv";
      if (std::filesystem::exists(folder_ / "in" / name)) continue;  // a name of its own
      if (chance(5)) {
        Drop(name, "id,at,name\n1,,\"broken\n");
        ++bad;
        continue;
      }
      std::string text = "id,at,name\n";
      const unsigned rows = chance(10) ? 2'500 : 3;
      for (unsigned row = 0; row < rows; ++row) {
        const std::string id = std::to_string(row + random() % 2 * 10'000);
        newest[id] = "v" + std::to_string(step);
        text += id + ",," + newest[id] + "\n";
      }
      Drop(name, text);
    }
    const auto page = connector->Pull("site", stored, {});
    ASSERT_TRUE(page.ok()) << page.error().message();
    ASSERT_FALSE(page->gap) << *page->gap;
    for (const ChangeEvent& event : page->events) {
      held[std::string(event.ref.id())] = event.row.Find("name")->text;
    }
    const bool died = chance(4);
    if (!died) stored = page->next_cursor;
    if (died || chance(10)) connector = Make();
    const auto done = In("done");
    if (chance(10) && !done.empty()) {
      // It died between the list and the last move.
      const std::string list = Text("done/.taken-crm-site.jsonl");
      const auto last = JsonDocument::Parse(list.substr(list.rfind('\n', list.size() - 2) + 1));
      const std::string name(last->root()["file"].text());
      const std::string was = name.substr(0, name.find('.')) + ".csv";
      if (!std::filesystem::exists(folder_ / "in" / was)) {
        std::filesystem::rename(folder_ / "done" / name, folder_ / "in" / was);
      }
    }
  }
  PullAll(*Make(), stored);
  EXPECT_EQ(held, newest);
  EXPECT_THAT(In("in"), IsEmpty());
  EXPECT_EQ(In("rejected").size(), 2 * bad);
  EXPECT_EQ(In("done").size() + bad, static_cast<size_t>(dropped_));
  EXPECT_EQ(*Make()->Count("site", {}), newest.size());
}

TEST_F(FilesInbox, ReportsSettingsThatCannotWork) {
  struct Case {
    std::string yaml;
    std::string expected;
  };
  const Case cases[] = {
      {"path: in\ninbox: {done: done}\nobjects: {site: {file: x, id: id}}",
       "2:8: error: \"rejected\" is missing"},
      {"path: in\ninbox: {done: d, rejected: d}\nobjects: {site: {file: x, id: id}}",
       "2:28: error: \"rejected\" and \"done\" are the same folder"},
      {"path: in\ninbox: {done: ./in/, rejected: d}\nobjects: {site: {file: x, id: id}}",
       "2:15: error: \"done\" is the folder that is watched"},
      {"path: in\nobjects: {site: {file: x, id: id, inbox: {done: d, rejected: in}}}",
       "2:62: error: \"rejected\" is the folder that is watched"},
      {"path: in\ninbox: {done: d, rejected: r, setle: 1s}\nobjects: {site: {file: x, id: id}}",
       "2:31: error: unknown setting \"setle\" (did you mean \"settle\"?)"},
      {"path: in\ninbox: {done: d, rejected: r}\nobjects: {site: {id: id}}",
       "3:17: error: object \"site\" has an inbox and no \"file\""},
      {"path: in\ninbox: {done: d, rejected: r}\nobjects: {a: {file: x, id: i}, b: {file: x, id: "
       "i}}",
       "3:42: error: object \"a\" takes the same files"},
      {"path: in\nobjects: {a: {file: '*.csv', id: i, inbox: {done: d, rejected: r}}, "
       "b: {file: 'b-*.csv', id: i}}",
       "2:79: error: object \"a\" takes the same files"},
  };
  for (const Case& c : cases) {
    EXPECT_FALSE(Make(c.yaml));
    EXPECT_THAT(problems_, HasSubstr(c.expected)) << c.yaml;
  }
}

}  // namespace
}  // namespace trueup::connectors
