#include "connectors/singer/stream_pull.h"

#include <gmock/gmock.h>

#include <fstream>

#include "base/testing/temporary_folder.h"

namespace trueup::connectors::singer {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// A tap that prints what it is told, and the pull over it.
class Versions : public testing::Test {
 protected:
  // What one run gives: the ids in order, deletions with a minus; its cursor is where the next goes
  // on.
  std::vector<std::string> Run(const std::string& lines, bool full_table = false,
                               const std::string& exit = "0") {
    std::vector<std::string> given;
    SingerCursor from;
    from.stream = "s";
    if (!cursor_.empty()) from = *SingerCursor::FromJson(cursor_);
    auto reader = Start(std::string(R"({"type":"SCHEMA","stream":"s","schema":{},)") +
                            R"("key_properties":["id"]})" + "\n" + lines,
                        exit);
    StreamPull pull(std::move(reader), std::move(from), full_table, {2, tracked_ids_}, "crm", "s");
    for (bool done = false; !done;) {
      const auto page = pull.Next({});
      if (!page.ok()) break;
      for (const ChangeEvent& event : page->events) {
        given.push_back((event.deleted ? "-" : "") + std::string(event.ref.id()));
      }
      cursor_ = page->next_cursor;
      done = page->done;
    }
    return given;
  }

  MessageReader Start(const std::string& lines, const std::string& exit) {
    std::ofstream(folder_ / "lines") << lines;
    TapStart start;
    start.name = "sh";
    start.command = {"/bin/sh", "-c", "cat " + (folder_ / "lines") + "; exit " + exit};
    start.config = &config_;
    start.limits = {std::chrono::minutes(1), std::chrono::minutes(1), std::chrono::minutes(1),
                    9999};
    start.clock = std::make_shared<SystemClock>();
    auto tap = Tap::Start(start);
    EXPECT_TRUE(tap.ok());
    return {*std::move(tap), "crm", "s", "s", settings_};
  }

  static std::string Rows(const std::string& ids, const std::string& version = "") {
    std::string lines;
    for (const char id : ids) {
      lines += R"({"type":"RECORD","stream":"s","record":{"id":")" + std::string(1, id) + "\"}" +
               (version.empty() ? "" : ",\"version\":" + version) + "}\n";
    }
    return lines;
  }
  static std::string Activate(const std::string& version) {
    return R"({"type":"ACTIVATE_VERSION","stream":"s","version":)" + version + "}\n";
  }

  TemporaryFolder folder_;
  TapConfig config_{"{}", {"PATH=/usr/bin:/bin"}, {}};
  SingerObjectSettings settings_;
  std::string cursor_;
  size_t tracked_ids_ = 100;
};

TEST_F(Versions, ANewVersionDeletesWhatItNoLongerGives) {
  EXPECT_THAT(Run(Rows("abcdef", "1") + Activate("1")), ElementsAre("a", "b", "c", "d", "e", "f"));
  EXPECT_THAT(Run(Activate("2") + Rows("af", "2") + Activate("2")),
              ElementsAre("a", "f", "-e", "-d", "-c", "-b"));
  EXPECT_THAT(Run(Rows("f", "3") + Activate("3")), ElementsAre("f", "-a"));
}

TEST_F(Versions, RowsOfTheActiveVersionAreAddedToIt) {
  Run(Activate("1") + Rows("ab", "1"));
  EXPECT_THAT(Run(Activate("1") + Rows("c", "1")), ElementsAre("c"));
  EXPECT_THAT(Run(Activate("2") + Rows("b", "2")), UnorderedElementsAre("b", "-a", "-c"));
}

TEST_F(Versions, NothingIsDeletedBeforeTheTapHasEndedWell) {
  Run(Rows("abc", "1") + Activate("1"));
  EXPECT_THAT(Run(Activate("2") + Rows("a", "2") + Activate("2"), false, "1"), ElementsAre("a"));
  EXPECT_THAT(Run(Rows("ab", "3") + Activate("3")), ElementsAre("a", "b", "-c"));
}

TEST_F(Versions, AVersionThatIsGoneOnWithKeepsWhatItGaveBefore) {
  Run(Rows("abcd", "1") + Activate("1"));
  Run(Rows("ab", "2") + "{\"type\":\"STATE\",\"value\":{\"id\":\"b\"}}\n", false, "1");
  EXPECT_THAT(Run(Rows("c", "2") + Activate("2")), ElementsAre("c", "-d"));
}

TEST_F(Versions, AFullTableNeedsNoVersions) {
  EXPECT_THAT(Run(Rows("abc"), true), ElementsAre("a", "b", "c"));
  EXPECT_THAT(Run(Rows("ac"), true), ElementsAre("a", "c", "-b"));
  EXPECT_THAT(Run(Rows("acb"), true), ElementsAre("a", "c", "b"));
}

TEST_F(Versions, AnInterruptedFullTableCountsForNothing) {
  Run(Rows("abc"), true);
  Run(Rows("bc"), true, "1");
  EXPECT_THAT(Run(Rows("ab"), true), ElementsAre("a", "b", "-c"));
}

TEST_F(Versions, WithoutVersionsAndAFullTableAbsenceSaysNothing) {
  Run(Rows("abc"));
  EXPECT_THAT(Run(Rows("a")), ElementsAre("a"));
}

TEST_F(Versions, ATableThatGivesNothingAtAllIsNotTakenForEmpty) {
  Run(Rows("abc"), true);
  EXPECT_THAT(Run("", true), IsEmpty());
  EXPECT_THAT(Run(Rows("ab"), true), ElementsAre("a", "b", "-c"));
}

TEST_F(Versions, ForgetsIdsBeyondTheLimit) {
  tracked_ids_ = 3;
  Run(Rows("abcd"), true);
  EXPECT_LT(cursor_.size(), 150U);
  EXPECT_THAT(Run(Rows("ab"), true), ElementsAre("a", "b"));
  EXPECT_THAT(Run(Rows("b"), true), ElementsAre("b", "-a"));
}

}  // namespace
}  // namespace trueup::connectors::singer
