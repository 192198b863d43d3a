#include "tests/contract/connector_contract.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <thread>

#include "connectors/http/scripted_http.h"

namespace trueup::connectors {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using Ids = std::set<std::string>;

constexpr const char* kNotOverHttp = "this source is not reached over HTTP (README.md)";

// What pulling from a cursor until `done` gave.
struct Pulled {
  Ids ids;                           // of live records
  Ids deleted;                       // of deletions
  std::vector<std::string> cursors;  // before each page, and the one behind the last
  std::vector<Ids> before;           // the ids delivered before each of these cursors
  int gaps = 0;
};

// One source with a connector; both live as long as the test.
class World {
 public:
  explicit World(const ContractParam& param)
      : source_(param.make()), faults_(std::make_shared<FaultyHttp>(source_->http())) {
    Restart();
  }

  // A new process: nothing is known but stored cursors.
  void Restart() { connector_ = source_->Connect(faults_, clock_); }

  Pulled PullAll(const std::string& cursor) {
    Pulled pulled;
    pulled.cursors.push_back(cursor);
    pulled.before.emplace_back();
    for (int pages = 0; pages < 1'000; ++pages) {
      auto page = connector_->Pull(source_->object(), pulled.cursors.back(), {});
      if (!page.ok()) {
        ADD_FAILURE() << page.error().message();
        return pulled;
      }
      EXPECT_EQ(page->received, page->events.size());
      if (page->gap) ++pulled.gaps;
      for (const ChangeEvent& event : page->events) {
        EXPECT_EQ(event.ref.object(), source_->object());
        (event.deleted ? pulled.deleted : pulled.ids).insert(std::string(event.ref.id()));
      }
      pulled.cursors.push_back(page->next_cursor);
      pulled.before.push_back(pulled.ids);
      if (page->done) return pulled;
      if (page->wait) clock_->Advance(*page->wait);
    }
    ADD_FAILURE() << "no end after 1,000 pages";
    return pulled;
  }

  Ids Add(int count, Instant stamp) {
    const auto ids = source_->Add(count, stamp);
    return {ids.begin(), ids.end()};
  }

  // What a pull gives until it fails, and its error. It fails within 1,000 pages.
  std::optional<Error> PullUntilError(std::string* cursor, Ids* ids) {
    for (int pages = 0; pages < 1'000; ++pages) {
      auto page = connector_->Pull(source_->object(), *cursor, {});
      if (!page.ok()) return page.error();
      for (const ChangeEvent& event : page->events) ids->insert(std::string(event.ref.id()));
      *cursor = page->next_cursor;
    }
    return std::nullopt;
  }

  // The next reading gives nothing and does not end. False: it cannot happen to this source.
  bool Hang() {
    if (!over_http()) return source_->Hang();
    faults_->Order(Fault::kHang, 1, source_->data_path());
    return true;
  }
  bool hangs() const { return over_http() ? faults_->pending() == 0 : source_->hangs(); }
  void Wait(std::chrono::milliseconds wait) { clock_->Advance(wait); }

  // Whether faults can be put in the way.
  bool over_http() const { return source_->http() != nullptr; }
  ContractSource& source() { return *source_; }
  FaultyHttp& faults() { return *faults_; }
  Connector& connector() { return *connector_; }
  std::string object() const { return source_->object(); }

 private:
  std::shared_ptr<ManualClock> clock_ =
      std::make_shared<ManualClock>(ParseInstant("2026-06-01T00:00:00Z")->at);
  std::unique_ptr<ContractSource> source_;
  std::shared_ptr<FaultyHttp> faults_;
  std::unique_ptr<Connector> connector_;
};

// What can befall a source for as long as it lasts.
struct Ailment {
  std::string name;
  std::function<void(World&)> begin;
  std::function<void(World&)> end;
};

std::vector<Ailment> AilmentsOf(const World& world) {
  if (!world.over_http()) {
    return {{"a reading that breaks off", [](World& w) { w.source().Fail(true); },
             [](World& w) { w.source().Fail(false); }}};
  }
  std::vector<Ailment> ailments;
  for (const Fault fault : {Fault::kTooMany, Fault::kServerError, Fault::kHtml, Fault::kCut}) {
    ailments.push_back(
        {"fault " + std::to_string(static_cast<int>(fault)),
         [fault](World& w) { w.faults().Order(fault, 1'000, w.source().data_path()); },
         [](World& w) { w.faults().Clear(); }});
  }
  return ailments;
}

const Instant kStart = ParseInstant("2026-01-01T12:00:00Z")->at;

Ids Union(Ids a, const Ids& b) {
  a.insert(b.begin(), b.end());
  return a;
}

// Thirty records, each at its own time, a minute apart.
Ids AddSpread(World& world) {
  Ids all;
  for (int i = 0; i < 30; ++i) all = Union(all, world.Add(1, kStart + minutes(i)));
  return all;
}

void ExpectEveryCursorGivesTheRest(World& world, const Ids& all, bool forget) {
  const Pulled whole = world.PullAll("");
  ASSERT_EQ(whole.ids, all);
  ASSERT_GT(whole.cursors.size(), 3U) << "the test needs several pages";
  for (size_t i = 0; i < whole.cursors.size(); ++i) {
    world.Restart();
    if (forget) world.source().ForgetSessions();
    const Pulled rest = world.PullAll(whole.cursors[i]);
    EXPECT_EQ(Union(whole.before[i], rest.ids), all) << "from cursor " << whole.cursors[i];
    EXPECT_EQ(rest.gaps, 0);
  }
}

}  // namespace

TEST_P(ConnectorContract, DeliversEveryRecordOverPages) {
  World world(GetParam());
  const Ids all = AddSpread(world);
  EXPECT_EQ(world.PullAll("").ids, all);
}

TEST_P(ConnectorContract, GivesTheRestFromEveryCursorAfterARestart) {
  World world(GetParam());
  const Ids all = AddSpread(world);
  ExpectEveryCursorGivesTheRest(world, all, false);
}

TEST_P(ConnectorContract, GivesTheRestWhenTheServerForgotTheQuery) {
  World world(GetParam());
  const Ids all = AddSpread(world);
  ExpectEveryCursorGivesTheRest(world, all, true);
}

TEST_P(ConnectorContract, LosesNothingWhenManyRecordsShareAStamp) {
  World world(GetParam());
  const Ids all = Union(world.Add(3, kStart - minutes(1)), world.Add(40, kStart));
  ExpectEveryCursorGivesTheRest(world, all, true);
}

TEST_P(ConnectorContract, DeliversWhatChangedAfterTheLastPull) {
  World world(GetParam());
  AddSpread(world);
  const std::string cursor = world.PullAll("").cursors.back();
  const Ids fresh = world.Add(3, kStart + minutes(60));
  EXPECT_THAT(world.PullAll(cursor).ids, testing::IsSupersetOf(fresh));
}

TEST_P(ConnectorContract, DeliversRecordsThatAppearLateWithAnOlderStamp) {
  World world(GetParam());
  AddSpread(world);
  const std::string cursor = world.PullAll("").cursors.back();
  const Ids late = world.Add(1, kStart + minutes(29) - seconds(30));
  EXPECT_THAT(world.PullAll(cursor).ids, testing::IsSupersetOf(late));
}

TEST_P(ConnectorContract, DeliversDeletions) {
  World world(GetParam());
  const Ids all = AddSpread(world);
  const std::string cursor = world.PullAll("").cursors.back();
  if (!world.source().Delete(*all.begin(), kStart + minutes(70))) {
    GTEST_SKIP() << "this source does not tell of deletions: the audit finds them (README.md)";
  }
  EXPECT_THAT(world.PullAll(cursor).deleted, testing::ElementsAre(*all.begin()));
}

TEST_P(ConnectorContract, StartsOverWithAGapWhereTheCursorCannotBeRead) {
  World world(GetParam());
  const Ids all = AddSpread(world);
  const Pulled pulled = world.PullAll("{\"no\":\"cursor of ours\"");
  EXPECT_GE(pulled.gaps, 1);
  EXPECT_EQ(pulled.ids, all);
}

TEST_P(ConnectorContract, GetsThroughPassingTroubleWithoutLoss) {
  for (const Fault fault :
       {Fault::kUnauthorized, Fault::kTooMany, Fault::kServerError, Fault::kHtml, Fault::kCut}) {
    World world(GetParam());
    if (!world.over_http()) GTEST_SKIP() << kNotOverHttp;
    const Ids all = AddSpread(world);
    const auto first = world.connector().Pull(world.object(), "", {});
    ASSERT_TRUE(first.ok()) << first.error().message();
    world.faults().Order(fault, 1, world.source().data_path());
    Pulled rest = world.PullAll(first->next_cursor);
    EXPECT_EQ(world.faults().pending(), 0);
    for (const ChangeEvent& event : first->events) rest.ids.insert(std::string(event.ref.id()));
    EXPECT_EQ(rest.ids, all) << "fault " << static_cast<int>(fault);
  }
}

TEST_P(ConnectorContract, FailsWithoutLossWhenTroubleLasts) {
  for (const Ailment& ailment : AilmentsOf(World(GetParam()))) {
    World world(GetParam());
    const Ids all = AddSpread(world);
    const auto first = world.connector().Pull(world.object(), "", {});
    ASSERT_TRUE(first.ok()) << first.error().message();
    Ids given;
    for (const ChangeEvent& event : first->events) given.insert(std::string(event.ref.id()));
    world.Restart();
    ailment.begin(world);
    std::string cursor = first->next_cursor;
    const auto error = world.PullUntilError(&cursor, &given);
    ASSERT_TRUE(error) << ailment.name;
    // Over HTTP an answer that is none is trouble on the way; elsewhere it may be the config's.
    EXPECT_TRUE(error->kind() == ErrorKind::kTransient ||
                (!world.over_http() && error->kind() == ErrorKind::kInvalid))
        << error->message();
    EXPECT_THAT(error->message(), testing::HasSubstr(world.object()));
    ailment.end(world);
    EXPECT_EQ(Union(given, world.PullAll(cursor).ids), all) << ailment.name;
  }
}

TEST_P(ConnectorContract, SignsInOnceForManyRefusals) {
  World world(GetParam());
  if (!world.over_http()) GTEST_SKIP() << kNotOverHttp;
  if (world.source().sign_ins() < 0) GTEST_SKIP() << "it signs each request";
  AddSpread(world);
  ASSERT_TRUE(world.connector().Pull(world.object(), "", {}).ok());
  const int before = world.source().sign_ins();
  world.faults().Order(Fault::kUnauthorized, 1, world.source().data_path());
  ASSERT_TRUE(world.connector().Pull(world.object(), "", {}).ok());
  EXPECT_EQ(world.source().sign_ins(), before + 1);
}

TEST_P(ConnectorContract, IsDeniedWhereEveryCredentialIsRefused) {
  World world(GetParam());
  if (!world.over_http()) GTEST_SKIP() << kNotOverHttp;
  AddSpread(world);
  world.faults().Order(Fault::kUnauthorized, 1'000, world.source().data_path());
  const auto page = world.connector().Pull(world.object(), "", {});
  ASSERT_FALSE(page.ok());
  EXPECT_EQ(page.error().kind(), ErrorKind::kDenied) << page.error().message();
}

TEST_P(ConnectorContract, StopsWhenAskedWhileNothingComes) {
  World world(GetParam());
  AddSpread(world);
  if (!world.Hang()) GTEST_SKIP() << "nobody is waited for at this source (README.md)";
  std::stop_source stop;
  std::jthread stopper([&] {
    while (!world.hangs()) std::this_thread::yield();
    stop.request_stop();
  });
  const auto page = world.connector().Pull(world.object(), "", stop.get_token());
  ASSERT_FALSE(page.ok());
  EXPECT_EQ(page.error().kind(), ErrorKind::kCancelled) << page.error().message();
}

TEST_P(ConnectorContract, ListsAndCountsEveryLiveRecord) {
  World world(GetParam());
  Ids all = AddSpread(world);
  if (world.source().Delete(*all.begin(), kStart + minutes(70))) all.erase(all.begin());
  Ids listed;
  std::string next;
  do {
    const auto page = world.connector().ListIds(world.object(), next, {});
    ASSERT_TRUE(page.ok()) << page.error().message();
    listed.insert(page->ids.begin(), page->ids.end());
    next = page->next;
  } while (!next.empty());
  EXPECT_EQ(listed, all);
  const auto count = world.connector().Count(world.object(), {});
  ASSERT_TRUE(count.ok()) << count.error().message();
  EXPECT_EQ(*count, all.size());
}

TEST_P(ConnectorContract, CountsLiveRecordsByTheirCreation) {
  World world(GetParam());
  const Ids all = AddSpread(world);
  world.source().Delete(*all.begin(), kStart + minutes(70));
  std::vector<Instant> bounds;
  for (const char* bound : {"2025-01-01", "2025-02-01", "2026-01-01", "2026-02-01", "2026-06-01"}) {
    bounds.push_back(ParseInstant(std::string(bound) + "T00:00:00Z")->at);
  }
  const auto counts = world.connector().CountCreated(world.object(), bounds, {});
  ASSERT_TRUE(counts.ok()) << counts.error().message();
  if (!*counts) GTEST_SKIP() << "this source cannot say that: the audit lists ids";
  std::vector<uint64_t> expected(bounds.size());
  std::string cursor;
  for (bool done = false; !done;) {
    const auto page = world.connector().Pull(world.object(), cursor, {});
    ASSERT_TRUE(page.ok()) << page.error().message();
    for (const ChangeEvent& event : page->events) {
      if (event.deleted || !event.created) continue;
      const auto end = std::upper_bound(bounds.begin(), bounds.end(), *event.created);
      if (end != bounds.end()) ++expected[static_cast<size_t>(end - bounds.begin())];
    }
    if (page->wait) world.Wait(*page->wait);
    cursor = page->next_cursor;
    done = page->done;
  }
  EXPECT_EQ(**counts, expected);
  EXPECT_GT(std::accumulate(expected.begin(), expected.end(), uint64_t{0}), 0U);
}

TEST_P(ConnectorContract, FetchesRecordsByIdAsThePullGivesThem) {
  World world(GetParam());
  const Ids all = AddSpread(world);
  std::map<Ref, Hash128> pulled;
  std::string cursor;
  for (bool done = false; !done;) {
    const auto page = world.connector().Pull(world.object(), cursor, {});
    ASSERT_TRUE(page.ok()) << page.error().message();
    for (const ChangeEvent& event : page->events) pulled[event.ref] = event.ContentHash();
    cursor = page->next_cursor;
    done = page->done;
  }
  std::vector<std::string> wanted(all.begin(), all.end());
  wanted.resize(12);
  const auto fetched = world.connector().Fetch(world.object(), wanted, {});
  ASSERT_TRUE(fetched.ok()) << fetched.error().message();
  EXPECT_EQ(fetched->size(), wanted.size());
  for (const ChangeEvent& event : *fetched) {
    EXPECT_EQ(pulled.at(event.ref), event.ContentHash()) << event.ref.text();
  }
}

}  // namespace trueup::connectors
