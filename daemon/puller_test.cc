#include "daemon/puller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "pipeline/log/embedded/embedded_log.h"

namespace trueup::daemon {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

// A source whose pages are written down beforehand, object by object.
class ScriptedSource : public connectors::Connector {
 public:
  ScriptedSource(std::map<std::string, std::vector<Result<connectors::Page>>> pages,
                 std::vector<std::string>& asked)
      : pages_(std::move(pages)), asked_(asked) {}

  Result<std::vector<connectors::ObjectInfo>> Describe(std::stop_token) override {
    std::vector<connectors::ObjectInfo> objects;
    for (const auto& [name, _] : pages_) objects.push_back({name, {}});
    return objects;
  }
  Result<connectors::Page> Pull(const std::string& object, const std::string& cursor,
                                std::stop_token) override {
    asked_.push_back(object + " " + cursor);
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
  std::vector<std::string>& asked_;
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
    Puller puller("crm", std::make_unique<ScriptedSource>(std::move(pages), asked_), objects,
                  *intake_, board_, clock_);
    Status outcome = puller.RunCycle(stop);
    went_once_ = puller.went_once();
    return outcome;
  }

  std::string folder_;
  std::unique_ptr<pipeline::Log> log_;
  std::unique_ptr<Intake> intake_;
  std::shared_ptr<ManualClock> clock_ =
      std::make_shared<ManualClock>(ParseInstant("2026-06-01T00:00:00Z")->at);
  StatusBoard board_{"", clock_};
  std::vector<std::string> asked_;  // "object cursor", in order
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
