#include "connectors/singer/singer_connector.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/json.h"
#include "base/testing/temporary_folder.h"
#include "base/yaml.h"

namespace trueup::connectors {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr char kSchema[] =
    R"({"type":"SCHEMA","stream":"customers","schema":{"properties":{"id":{"type":"integer"},"updated_at":{"type":"string","format":"date-time"}}},"key_properties":["id"],"bookmark_properties":["updated_at"]})"
    "\n";
constexpr char kObjects[] = "objects: {customer: {stream: customers}}";

std::string Record(const std::string& id, const std::string& more = "") {
  return R"({"type":"RECORD","stream":"customers","record":{"id":)" + id + more + "}}\n";
}
std::string State(int number) {
  return R"({"type":"STATE","value":{"at":)" + std::to_string(number) + "}}\n";
}

// Secrets of a test.
class TestSecrets : public config::ProcessSecrets {
 public:
  Result<std::string> FromEnvironment(const std::string& name) const override {
    if (name == "TAP_PASSWORD") return std::string("p\"ss w/rd");
    return config::ProcessSecrets::FromEnvironment(name);
  }
};

class Singer : public testing::Test {
 protected:
  // What the tap says when it is run next.
  void Script(const std::string& text) { std::ofstream(folder_ / "script") << text; }

  std::unique_ptr<Connector> Make(const std::string& more = kObjects,
                                  const std::string& config = "") {
    const std::string yaml =
        "command: [/usr/bin/python3, -S, " + std::string(TRUEUP_SOURCE_DIR) +
        "/connectors/singer/testdata/scripted_tap.py]\nconfig: {script: " + (folder_ / "script") +
        ", discovery: " + (folder_ / "catalog") + config + "}\n" + more + "\n" +
        (more.find("discover") == std::string::npos ? "discover: false\n" : "");
    return MakeFrom(yaml);
  }

  std::unique_ptr<Connector> MakeFrom(const std::string& yaml) {
    Problems problems;
    const YamlNode node = ParseYaml(yaml, "trueup.yaml", problems);
    auto connector =
        SingerKind().make({"crm", node, folder_.path(), std::make_shared<SystemClock>(),
                           std::make_shared<TestSecrets>()},
                          problems);
    problems_ = problems.ToText();
    return connector;
  }

  // The error of a pull from the beginning, behind what was given before it.
  std::string PullError(Connector& connector, ErrorKind kind) {
    std::string cursor;
    for (int pages = 0; pages < 100; ++pages) {
      const auto page = connector.Pull("customer", cursor, {});
      if (!page.ok()) {
        EXPECT_EQ(page.error().kind(), kind) << page.error().message();
        return page.error().message();
      }
      if (page->done) break;
      cursor = page->next_cursor;
    }
    return "no error";
  }

  TemporaryFolder folder_;
  std::string problems_;
};

std::vector<std::string> Ids(const Page& page) {
  std::vector<std::string> ids;
  for (const ChangeEvent& event : page.events) {
    ids.push_back((event.deleted ? "-" : "") + std::string(event.ref.id()));
  }
  return ids;
}

Page MustPull(Connector& connector, const std::string& cursor) {
  auto page = connector.Pull("customer", cursor, {});
  EXPECT_TRUE(page.ok()) << page.error().message();
  return page.ok() ? *std::move(page) : Page{};
}

std::string StateIn(const std::string& cursor) {
  const auto parsed = JsonDocument::Parse(cursor);
  return parsed.ok() && parsed->root()["state"].exists() ? parsed->root()["state"].ToJson() : "";
}

pid_t ProcessIn(const std::string& file) {
  pid_t pid = 0;
  std::ifstream(file) >> pid;
  return pid;
}

// Whether our child whose id stands in the file has ended and was reaped.
bool IsGone(const std::string& file) {
  const pid_t pid = ProcessIn(file);
  return pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH;
}

// Whether one whose parent has ended is gone, or only waits for whoever inherits it to reap it.
bool IsOver(pid_t pid) {
  std::ifstream about("/proc/" + std::to_string(pid) + "/stat");
  std::string number;
  std::string name;
  std::string state;
  about >> number >> name >> state;
  return state.empty() || state == "Z" || state == "X";
}

TEST_F(Singer, GivesRowsWithStampsAndNestedFieldsAndWithoutWhatTapsAdd) {
  Script(kSchema + Record("7",
                          R"(,"updated_at":"2026-01-31T10:00:00+01:00","address":{"city":"Bern"},)"
                          R"("_sdc_extracted_at":"2026-02-01T00:00:00Z")"));
  const auto connector = Make();
  ASSERT_TRUE(connector) << problems_;
  const Page page = MustPull(*connector, "");
  EXPECT_TRUE(page.done);
  ASSERT_EQ(page.events.size(), 1U);
  EXPECT_EQ(page.events[0].ref.text(), "crm/customer/7");
  EXPECT_EQ(FormatInstant(page.events[0].modified), "2026-01-31T09:00:00Z");
  EXPECT_EQ(page.events[0].row.Find("address.city")->text, "Bern");
  EXPECT_FALSE(page.events[0].row.Find("_sdc_extracted_at"));
}

TEST_F(Singer, GoesOnWithTheLastState) {
  Script(std::string(kSchema) + "@state\n" + Record("1") + State(1) + State(2));
  const auto connector = Make();
  const Page first = MustPull(*connector, "");
  EXPECT_EQ(first.events[0].row.Find("name")->text, "none");
  EXPECT_EQ(StateIn(first.next_cursor), R"({"at":2})");
  const auto restarted = Make();
  EXPECT_EQ(MustPull(*restarted, first.next_cursor).events[0].row.Find("name")->text,
            R"({"at":2})");
}

TEST_F(Singer, MovesTheCursorOnlyToStatesBehindDeliveredRows) {
  Script(kSchema + Record("1") + State(1) + Record("2") + Record("3") + State(2) + Record("4"));
  const auto connector = Make(std::string(kObjects) + "\npage_size: 1");
  std::vector<std::string> seen;
  std::string cursor;
  for (bool done = false; !done;) {
    const Page page = MustPull(*connector, cursor);
    std::string line;
    for (const std::string& id : Ids(page)) line += id;
    cursor = page.next_cursor;
    seen.push_back(line + StateIn(cursor));
    done = page.done;
  }
  EXPECT_THAT(seen,
              ElementsAre("1", R"(2{"at":1})", R"(3{"at":1})", R"(4{"at":2})", R"({"at":2})"));
}

TEST_F(Singer, GivesAPageAgainThatWasNotStored) {
  Script(kSchema + Record("1") + Record("2") + Record("3"));
  const auto connector = Make(std::string(kObjects) + "\npage_size: 1");
  const Page first = MustPull(*connector, "");
  EXPECT_THAT(Ids(MustPull(*connector, first.next_cursor)), ElementsAre("2"));
  // The caller could not store that page and comes with the cursor before: all is read again.
  EXPECT_THAT(Ids(MustPull(*connector, first.next_cursor)), ElementsAre("1"));
}

TEST_F(Singer, ATapThatDiesIsAnErrorBehindTheRowsItGave) {
  Script(kSchema + Record("1") + State(1) + Record("2") + "@err token expired\n@exit 3\n");
  const auto connector = Make();
  const Page page = MustPull(*connector, "");
  EXPECT_THAT(Ids(page), ElementsAre("1", "2"));
  EXPECT_FALSE(page.done);
  EXPECT_EQ(StateIn(page.next_cursor), R"({"at":1})");
  const auto failed = connector->Pull("customer", page.next_cursor, {});
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().kind(), ErrorKind::kTransient);
  EXPECT_EQ(
      failed.error().message(),
      "crm/customer: pull: tap python3: stream customers: python3 ended with status 3; it last "
      "said: token expired");
  Script(kSchema + Record("2") + State(2));
  EXPECT_TRUE(MustPull(*connector, page.next_cursor).done);
}

TEST_F(Singer, RubbishIsAnErrorWithItsLine) {
  struct Case {
    std::string script;
    std::string expected;
  };
  const std::string schema = kSchema;
  const Case cases[] = {
      {Record("1"),
       "stream customers: line 1: a RECORD of customers before its SCHEMA; the line is: "
       "{\"type\":\"RECORD\""},
      {schema + Record("1") + "oops\n", "line 3: not JSON"},
      {schema + "\n{\"type\":\"RECORD\",\n", "line 3: not JSON"},
      {schema + "[1]\n", "line 2: a message must be a JSON object; the line is: [1]"},
      {schema + R"({"type":"BATCH","stream":"customers"})" + "\n",
       "line 2: a message of type \"BATCH\" is not understood"},
      {schema + "{\"a\":1}\n", "line 2: a message without type"},
      {schema + R"({"type":"RECORD","record":{}})" + "\n", "line 2: a RECORD without stream"},
      {schema + R"({"type":"RECORD","stream":"customers","record":[1]})" + "\n",
       "line 2: a RECORD without record"},
      {schema + R"({"type":"STATE"})" + "\n", "line 2: a STATE without value"},
      {R"({"type":"SCHEMA","stream":"customers"})"
       "\n",
       "line 1: a SCHEMA without schema"},
      {R"({"type":"SCHEMA","stream":"customers","schema":{}})"
       "\n",
       "line 1: the SCHEMA has no key_properties: name the fields as id"},
      {schema + R"({"type":"RECORD","stream":"customers","record":{"name":"x"}})" + "\n",
       "line 2: a RECORD whose id field \"id\" is missing or empty"},
      {schema + Record("1", ",\"id\":2"), "line 2: field \"id\" comes twice"},
      {schema + "@long 3000\n", "line 2: longer than max_line, 2000 bytes"},
      {"", "the tap ended well, but never sent the stream's SCHEMA"},
  };
  const auto connector = Make(std::string(kObjects) + "\nmax_line: 2000");
  ASSERT_TRUE(connector) << problems_;
  for (const Case& c : cases) {
    Script(c.script);
    const std::string message = PullError(*connector, ErrorKind::kInvalid);
    EXPECT_THAT(message, HasSubstr(c.expected));
    EXPECT_THAT(message, testing::StartsWith("crm/customer: pull: tap python3: stream customers"));
  }
}

TEST_F(Singer, ATapThatDiesInTheMiddleOfALineHasDied) {
  Script(std::string(kSchema) + "@part {\"type\":\"REC\n@err killed by its server\n@exit 1\n");
  EXPECT_THAT(PullError(*Make(), ErrorKind::kTransient), HasSubstr("ended with status 1"));
}

TEST_F(Singer, EndsATapThatSaysNothing) {
  Script(std::string(kSchema) + "@hang\n");
  EXPECT_THAT(
      PullError(*Make(std::string(kObjects) + "\nsilence_timeout: 300ms"), ErrorKind::kTransient),
      HasSubstr("said nothing for as long as silence_timeout"));
  Script(std::string(kSchema) + "@close\n");
  EXPECT_THAT(
      PullError(*Make(std::string(kObjects) + "\nexit_timeout: 300ms"), ErrorKind::kTransient),
      HasSubstr("lived on after it had closed its output"));
}

TEST_F(Singer, EndsWhatATapLeavesBehind) {
  const std::string mark = folder_ / "mark";
  Script(std::string(kSchema) + Record("1") + "@child " + mark + "\n");
  EXPECT_THAT(Ids(MustPull(*Make(), "")), ElementsAre("1"));
  const pid_t left = ProcessIn(mark);
  ASSERT_GT(left, 0);
  // It was killed, and dies in its own time; one that does not ends this test by its time-out.
  while (!IsOver(left)) std::this_thread::yield();
}

TEST_F(Singer, ATapThatIsFasterThanWeAreWaits) {
  const std::string mark = folder_ / "mark";
  Script(std::string(kSchema) + "@touch " + mark + "\n@flood\n");
  auto connector = Make(std::string(kObjects) + "\npage_size: 10");
  const Page page = MustPull(*connector, "");
  EXPECT_EQ(page.events.size(), 10U);
  EXPECT_EQ(MustPull(*connector, page.next_cursor).events.front().ref.id(), "10");
  connector.reset();
  EXPECT_TRUE(IsGone(mark));
}

TEST_F(Singer, StopsAtOnceAndLeavesNoProcessAndNoFile) {
  const std::string mark = folder_ / "mark";
  Script(std::string(kSchema) + "@look\n@touch " + mark + "\n@hang\n");
  const auto connector = Make(std::string(kObjects) + "\npage_size: 1");
  const Page page = MustPull(*connector, "");
  const std::string files(page.events.at(0).row.Find("folder")->text);
  EXPECT_TRUE(std::filesystem::exists(files));
  std::stop_source stop;
  std::jthread stopper([&] {
    while (ProcessIn(mark) <= 0) std::this_thread::yield();
    stop.request_stop();
  });
  const auto stopped = connector->Pull("customer", page.next_cursor, stop.get_token());
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().kind(), ErrorKind::kCancelled);
  EXPECT_FALSE(std::filesystem::exists(files));
  EXPECT_TRUE(IsGone(mark));
}

TEST_F(Singer, GivesTheTapNothingThatIsNotItsOwn) {
  Script(std::string(kSchema) + "@look\n");
  const int ours = ::dup(STDERR_FILENO);
  const auto connector = Make(std::string(kObjects) + "\nenvironment: {TAP_MODE: fast}",
                              ", password: {env: TAP_PASSWORD}, limit: 5, deep: {list: [true, a]}");
  ASSERT_TRUE(connector) << problems_;
  const Page page = MustPull(*connector, "");
  ::close(ours);
  ASSERT_EQ(page.events.size(), 1U);
  const Row& look = page.events[0].row;
  EXPECT_EQ(look.Find("descriptors")->text, R"(["0","1","2"])");
  EXPECT_EQ(look.Find("config_mode")->text, "0o600");
  EXPECT_EQ(look.Find("folder_mode")->text, "0o700");
  EXPECT_EQ(look.Find("group")->kind, FieldKind::kTrue);
  EXPECT_THAT(std::string(look.Find("arguments")->text), Not(HasSubstr("ss w/rd")));
  EXPECT_THAT(std::string(look.Find("environment")->text), HasSubstr("TAP_MODE"));
  EXPECT_THAT(std::string(look.Find("config")->text),
              HasSubstr(R"("password": "p\"ss w/rd", "limit": 5, "deep": {"list": [true, "a"]})"));
  EXPECT_FALSE(std::filesystem::exists(look.Find("folder")->text));
}

TEST_F(Singer, HidesSecretsInLogAndErrors) {
  Script("@secret\n@err done\np\"ss w/rd\n@exit 0\n");
  const auto connector = Make(kObjects, ", password: {env: TAP_PASSWORD}");
  testing::internal::CaptureStderr();
  const std::string message = PullError(*connector, ErrorKind::kInvalid);
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(message, HasSubstr("the line is: (secret)"));
  EXPECT_THAT(log, HasSubstr("crm/customer: python3: signing in with (secret)"));
  EXPECT_THAT(log, Not(HasSubstr("w/rd")));
  EXPECT_THAT(log, Not(HasSubstr("%22ss")));
}

TEST_F(Singer, SelectsTheStreamInTheDiscoveredCatalog) {
  std::ofstream(folder_ / "catalog") << R"({"streams":[
      {"tap_stream_id":"customers","stream":"customers","schema":{"properties":{"id":{"type":["null","integer"]}}}},
      {"tap_stream_id":"orders","stream":"orders","schema":{"properties":{}}}]})";
  Script(std::string(kSchema) + "@look\n");
  const auto connector = Make(std::string(kObjects) + "\ndiscover: true");
  const auto described = connector->Describe({});
  ASSERT_TRUE(described.ok()) << described.error().message();
  ASSERT_EQ(described->size(), 1U);
  EXPECT_EQ(described->front().fields.at(0).type, "integer");
  const Page page = MustPull(*connector, "");
  const auto given = JsonDocument::Parse(std::string(page.events.at(0).row.Find("catalog")->text));
  ASSERT_TRUE(given.ok());
  EXPECT_TRUE(given->root().At("/streams/0/schema/selected").boolean());
  EXPECT_FALSE(given->root().At("/streams/1/metadata/0/metadata/selected").boolean());
  // A stream that is gone from a catalog that may not be older than this.
  const auto careful = Make(std::string(kObjects) + "\ndiscover: true\ndiscovery_interval: 0ms");
  EXPECT_TRUE(MustPull(*careful, "").done);
  std::ofstream(folder_ / "catalog") << R"({"streams":[]})";
  EXPECT_TRUE(connector->Pull("customer", "", {}).ok());
  EXPECT_THAT(careful->Pull("customer", "", {}).error().message(),
              HasSubstr("the catalog has no stream \"customers\""));
  std::ofstream(folder_ / "catalog") << R"({"streams":[{"stream":"customers","schema":{}}]})";
  const auto wrong = Make("objects: {customer: {stream: costumers}}\ndiscover: true");
  EXPECT_THAT(wrong->Describe({}).error().message(),
              HasSubstr("the catalog has no stream \"costumers\"; did you mean \"customers\"?"));
}

TEST_F(Singer, CountsListsAndFetchesByARunWithoutState) {
  Script(std::string(kSchema) + "@state\n" + Record("2") + Record("1") + Record("2", ",\"n\":2") +
         Record("3") + Record("3", R"(,"_sdc_deleted_at":"2026-01-01T00:00:00Z")") + State(1));
  const auto connector = Make();
  EXPECT_EQ(*connector->Count("customer", {}), 3U);
  const auto ids = connector->ListIds("customer", "", {});
  EXPECT_THAT(ids->ids, ElementsAre("1", "2", "state"));
  EXPECT_EQ(ids->next, "");
  const auto fetched = connector->Fetch("customer", {"2", "3", "9"}, {});
  ASSERT_EQ(fetched->size(), 2U);
  EXPECT_EQ(fetched->at(0).row.Find("n")->text, "2");
  EXPECT_TRUE(fetched->at(1).deleted);
}

TEST_F(Singer, ListsWhatWasCountedOncePageByPage) {
  std::string rows;
  for (int i = 0; i < 10'001; ++i) rows += Record(std::to_string(i));
  Script(kSchema + rows);
  const auto connector = Make();
  EXPECT_EQ(*connector->Count("customer", {}), 10'001U);
  Script(kSchema + Record("1"));
  auto page = connector->ListIds("customer", "", {});
  EXPECT_EQ(page->ids.size(), 10'000U);
  page = connector->ListIds("customer", page->next, {});
  EXPECT_EQ(page->ids.size(), 1U);
  EXPECT_EQ(page->next, "");
  EXPECT_THAT(connector->ListIds("customer", "", {})->ids, ElementsAre("1"));
  EXPECT_EQ(connector->ListIds("customer", "7", {}).error().kind(), ErrorKind::kTransient);
}

TEST_F(Singer, ReportsACursorThatItCannotUseAsAGap) {
  Script(kSchema + Record("1"));
  const auto connector = Make();
  const Page page = MustPull(*connector, "{\"what\":1}");
  EXPECT_TRUE(page.gap);
  EXPECT_EQ(page.next_cursor, "");
  const std::string cursor = MustPull(*connector, "").next_cursor;
  const auto other = Make("objects: {customer: {stream: clients}}");
  EXPECT_THAT(*other->Pull("customer", cursor, {})->gap, HasSubstr("one of stream customers"));
}

TEST_F(Singer, ReportsEverySettingThatIsWrong) {
  EXPECT_FALSE(
      MakeFrom("command: [no/such/tap, --config]\n"
               "config: {password: hunter2, url: x}\n"
               "catalog: nowhere.json\n"
               "objects: {a/b: {id: [x, x], replication_method: FULL}}\n"));
  EXPECT_THAT(problems_,
              HasSubstr("trueup.yaml:1:24: error: \"--config\" is added by the connector"));
  EXPECT_THAT(problems_, HasSubstr("trueup.yaml:2:20: error: \"password\" looks like a secret"));
  EXPECT_THAT(problems_, Not(HasSubstr("hunter2")));
  EXPECT_THAT(problems_, HasSubstr("trueup.yaml:3:10: error: cannot read the catalog"));
  EXPECT_THAT(problems_, HasSubstr("trueup.yaml:4:11: error: \"a/b\" cannot name an object"));
  EXPECT_THAT(problems_, HasSubstr("field \"x\" is twice in the id"));
  EXPECT_THAT(problems_, HasSubstr("expected one of \"catalog\""));
}

TEST_F(Singer, SaysWhichProgramCannotBeStarted) {
  const auto connector = MakeFrom("{command: no-such-tap, objects: {customer: }}");
  ASSERT_TRUE(connector) << problems_;
  const auto described = connector->Describe({});
  ASSERT_FALSE(described.ok());
  EXPECT_EQ(described.error().message(),
            "crm: describe: tap no-such-tap: --discover: cannot start no-such-tap: No such file or "
            "directory");
}

}  // namespace
}  // namespace trueup::connectors
