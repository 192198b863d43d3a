#include "daemon/puller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <functional>

#include "pipeline/log/embedded/embedded_log.h"
#include "pipeline/log/memory/memory_log.h"

namespace trueup::daemon {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

// A source whose pages are written down beforehand, object by object.
class ScriptedSource : public connectors::Connector {
 public:
  // `asked` hears of each pull before it is answered.
  ScriptedSource(std::map<std::string, std::vector<Result<connectors::Page>>> pages,
                 std::function<void(const std::string& object, const std::string& cursor)> asked)
      : pages_(std::move(pages)), asked_(std::move(asked)) {}

  Result<std::vector<connectors::ObjectInfo>> Describe(std::stop_token) override {
    std::vector<connectors::ObjectInfo> objects;
    for (const auto& [name, _] : pages_) objects.push_back({name, {}});
    return objects;
  }
  Result<connectors::Page> Pull(const std::string& object, const std::string& cursor,
                                std::stop_token) override {
    asked_(object, cursor);
    auto& pages = pages_[object];
    auto page = std::move(pages.front());
    pages.erase(pages.begin());
    return page;
  }
  Result<connectors::IdPage> ListIds(const std::string&, const std::string&,
                                     std::stop_token) override {
    return connectors::IdPage{};
  }
  Result<uint64_t> Count(const std::string&, std::stop_token) override { return uint64_t{0}; }
  Result<std::vector<ChangeEvent>> Fetch(const std::string&, const std::vector<std::string>&,
                                         std::stop_token) override {
    return std::vector<ChangeEvent>{};
  }
  connectors::ApiUsage Usage() const override { return {}; }

 private:
  std::map<std::string, std::vector<Result<connectors::Page>>> pages_;
  const std::function<void(const std::string& object, const std::string& cursor)> asked_;
};

connectors::Page Waiting(const std::string& cursor, int wait) {
  connectors::Page page;
  page.next_cursor = cursor;
  page.wait = milliseconds(wait);
  return page;
}

connectors::Page Last(const std::string& cursor) {
  connectors::Page page;
  page.next_cursor = cursor;
  page.done = true;
  return page;
}

connectors::Page Gap(const std::string& reason) {
  connectors::Page page;
  page.gap = reason;
  return page;
}

ChangeEvent Record(const std::string& id) {
  ChangeEvent event;
  event.ref = Ref("crm", "A", id);
  event.row.AddText("Name", "name of " + id);
  return event;
}

class PullerTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "puller.XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    auto log = pipeline::OpenEmbeddedLog(folder_ + "/log");
    ASSERT_TRUE(log.ok()) << log.error().message();
    log_ = *std::move(log);
    auto intake = Intake::Open(folder_ + "/intake", *log_);
    ASSERT_TRUE(intake.ok()) << intake.error().message();
    intake_ = *std::move(intake);
  }
  void TearDown() override {
    intake_.reset();
    log_.reset();
    std::filesystem::remove_all(folder_);
  }

  Status RunCycle(std::map<std::string, std::vector<Result<connectors::Page>>> pages,
                  std::stop_token stop = {}) {
    std::vector<std::string> objects;
    for (const auto& [name, _] : pages) objects.push_back(name);
    const auto note = [this](const std::string& object, const std::string& cursor) {
      asked_.push_back(object + " " + cursor);
      states_.push_back(board_.figures().systems["crm"].objects[object].state);
    };
    Puller puller("crm", std::make_unique<ScriptedSource>(std::move(pages), note), objects,
                  *intake_, board_, clock_);
    Status outcome = puller.RunCycle(stop);
    went_once_ = puller.went_once();
    return outcome;
  }

  // The audit of A is not due for a day.
  void Audited() {
    AuditRecord record;
    record.next = clock_->Now() + std::chrono::hours(24);
    ASSERT_TRUE(intake_->audits().Note("crm", "A", record).ok());
  }

  std::string folder_;
  std::unique_ptr<pipeline::Log> log_;
  std::unique_ptr<Intake> intake_;
  std::shared_ptr<ManualClock> clock_ =
      std::make_shared<ManualClock>(ParseInstant("2026-06-01T00:00:00Z")->at);
  StatusBoard board_{"", clock_};
  std::vector<std::string> asked_;  // "object cursor", in order
  std::vector<PullState> states_;   // of the object, each time that it was asked for
  bool went_once_ = false;          // the last cycle, as its puller says
};

TEST_F(PullerTest, PullsOtherObjectsWhileTheSourceIsAtWork) {
  const Instant begun = clock_->Now();
  EXPECT_TRUE(RunCycle({{"A", {Waiting("a1", 500), Waiting("a2", 300), Last("a3")}},
                        {"B", {Waiting("b1", 100), Last("b2")}},
                        {"C", {Last("c1")}}})
                  .ok());
  EXPECT_THAT(asked_, ElementsAre("A ", "B ", "C ", "B b1", "A a1", "A a2"));
  EXPECT_EQ(clock_->Now() - begun, milliseconds(800)) << "waits only where nothing else is to do";
  EXPECT_EQ(*intake_->CursorOf("crm", "A"), "a3");
}

TEST_F(PullerTest, AnObjectThatFailsKeepsNoOtherFromBeingPulled) {
  const Status cycle = RunCycle({{"A", {Waiting("a1", 500), Last("a2")}},
                                 {"B", {Error(ErrorKind::kTransient, "B is away")}}});
  ASSERT_FALSE(cycle.ok());
  EXPECT_EQ(cycle.error().message(), "B is away");
  EXPECT_TRUE(went_once_) << "it ended, though not well";
  EXPECT_THAT(asked_, ElementsAre("A ", "B ", "A a1"));
}

TEST_F(PullerTest, WhatIsDeniedEndsTheCycle) {
  EXPECT_FALSE(RunCycle({{"A", {Error(ErrorKind::kDenied, "no")}}, {"B", {Last("b1")}}}).ok());
  EXPECT_THAT(asked_, ElementsAre("A "));
}

// A log whose brokers have locked us out.
class ClosedLog : public pipeline::MemoryLog {
 public:
  Status Append(const pipeline::TopicPartition&, const std::vector<pipeline::LogEntry>&) override {
    return Error(ErrorKind::kDenied, "the log is closed");
  }
};

TEST_F(PullerTest, WhatTheLogDeniesIsNotTheSystemsDenial) {
  ClosedLog closed;
  intake_ = *Intake::Open(folder_ + "/other", closed);
  connectors::Page page = Last("a1");
  page.events = {Record("1")};
  const Status cycle = RunCycle({{"A", {page}}});
  ASSERT_FALSE(cycle.ok());
  EXPECT_EQ(cycle.error().kind(), ErrorKind::kTransient);
  EXPECT_EQ(cycle.error().message(), "the log is closed");
  EXPECT_EQ(board_.figures().systems["crm"].state, PullState::kRetrying);
  intake_.reset();
}

TEST_F(PullerTest, ACursorThatIsNoLongerHonouredIsAGapAndEverythingIsPulledAnew) {
  connectors::Page first = Last("a1");
  first.events = {Record("1")};
  ASSERT_TRUE(RunCycle({{"A", {first}}}).ok());
  Audited();
  connectors::Page begin = Waiting("a2", 0);
  begin.events = {Record("1"), Record("2")};
  connectors::Page end = Last("a3");
  end.events = {Record("3")};
  asked_.clear();
  states_.clear();
  EXPECT_TRUE(RunCycle({{"A", {Gap("the cursor is too old"), begin, end}}}).ok());
  EXPECT_THAT(asked_, ElementsAre("A a1", "A ", "A a2"));
  using enum PullState;
  EXPECT_THAT(states_, ElementsAre(kStarting, kGapSuspected, kGapSuspected))
      << "until all is pulled";
  EXPECT_EQ(board_.figures().systems["crm"].objects["A"].state, kOk);
  EXPECT_EQ(*intake_->CursorOf("crm", "A"), "a3");
  EXPECT_EQ(*intake_->CountsOf("crm", "A"), (IntakeCounts{4, 3, 1}));
  EXPECT_FALSE(intake_->audits().Find("crm", "A")->next) << "no snapshot tells what is gone";
}

TEST_F(PullerTest, ASnapshotBehindAGapGoesOnWhereItWasInterrupted) {
  ASSERT_TRUE(RunCycle({{"A", {Last("a1")}}}).ok());
  const Error away(ErrorKind::kTransient, "A is away");
  EXPECT_FALSE(RunCycle({{"A", {Gap("the cursor is too old"), away}}}).ok());
  EXPECT_FALSE(RunCycle({{"A", {Waiting("a2", 0), away}}}).ok());
  EXPECT_TRUE(RunCycle({{"A", {Last("a3")}}}).ok());
  EXPECT_THAT(asked_, ElementsAre("A ", "A a1", "A ", "A ", "A a2", "A a2"));
}

TEST_F(PullerTest, StopsWhileTheSourceIsAtWork) {
  std::stop_source stop;
  stop.request_stop();
  const Status cycle = RunCycle({{"A", {Waiting("a1", 500)}}}, stop.get_token());
  ASSERT_FALSE(cycle.ok());
  EXPECT_EQ(cycle.error().kind(), ErrorKind::kCancelled);
  EXPECT_FALSE(went_once_) << "what it did not read would look as if it were not there";
}

}  // namespace
}  // namespace trueup::daemon
