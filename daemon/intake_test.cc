#include "daemon/intake.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "pipeline/log/embedded/embedded_log.h"
#include "pipeline/log/memory/memory_log.h"
#include "pipeline/runtime/embedded_runtime.h"
#include "pipeline/runtime/topics.h"

namespace trueup::daemon {
namespace {

ChangeEvent Event(const std::string& id, int64_t stamp, const std::string& name) {
  ChangeEvent event;
  event.ref = Ref("crm", "Account", id);
  event.modified = FromMicros(stamp);
  event.row.AddText("Name", name);
  return event;
}

class IntakeTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "intake.XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    Open();
  }
  void TearDown() override {
    intake_.reset();
    log_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Open() {
    intake_.reset();
    log_.reset();
    auto log = pipeline::OpenEmbeddedLog(folder_ + "/log");
    ASSERT_TRUE(log.ok()) << log.error().message();
    log_ = *std::move(log);
    auto intake = Intake::Open(folder_ + "/intake", *log_);
    ASSERT_TRUE(intake.ok()) << intake.error().message();
    intake_ = *std::move(intake);
  }

  IntakeCounts Deliver(std::vector<ChangeEvent> events, const std::string& cursor) {
    connectors::Page page;
    page.received = events.size();
    page.events = std::move(events);
    page.next_cursor = cursor;
    const auto added = intake_->Deliver("crm", "Account", page);
    EXPECT_TRUE(added.ok());
    return *added;
  }

  uint64_t LogEnd() { return *log_->End({pipeline::SourceTopic("crm"), 0}); }

  std::string folder_;
  std::unique_ptr<pipeline::Log> log_;
  std::unique_ptr<Intake> intake_;
};

TEST_F(IntakeTest, PublishesWhatIsNewAndMovesTheCursor) {
  EXPECT_EQ(*intake_->CursorOf("crm", "Account"), "");
  EXPECT_EQ(Deliver({Event("1", 10, "a"), Event("2", 10, "b")}, "c1"), (IntakeCounts{2, 2, 0}));
  EXPECT_EQ(*intake_->CursorOf("crm", "Account"), "c1");
  EXPECT_EQ(LogEnd(), 2U);
}

TEST_F(IntakeTest, DropsRepeatsByContentAcrossRestarts) {
  Deliver({Event("1", 10, "a"), Event("2", 10, "b")}, "c1");
  Open();
  EXPECT_EQ(Deliver({Event("1", 10, "a"), Event("2", 20, "changed")}, "c2"),
            (IntakeCounts{2, 1, 1}));
  EXPECT_EQ(*intake_->CountsOf("crm", "Account"), (IntakeCounts{4, 3, 1}));
  EXPECT_EQ(LogEnd(), 3U);
}

TEST_F(IntakeTest, KeepsTwoVersionsOfOneRecordInOnePage) {
  EXPECT_EQ(Deliver({Event("1", 10, "a"), Event("1", 20, "b"), Event("1", 20, "b")}, "c"),
            (IntakeCounts{3, 2, 1}));
}

TEST_F(IntakeTest, ReadsEverythingAgainButPublishesOnlyNewsWhenCursorsAreForgotten) {
  Deliver({Event("1", 10, "a")}, "c1");
  ASSERT_TRUE(intake_->ForgetCursors().ok());
  EXPECT_EQ(*intake_->CursorOf("crm", "Account"), "");
  EXPECT_EQ(Deliver({Event("1", 10, "a")}, "c1"), (IntakeCounts{1, 0, 1}));
}

TEST_F(IntakeTest, FetchedRecordsMoveNoCursor) {
  Deliver({Event("1", 10, "a")}, "c1");
  const auto added =
      intake_->DeliverFetched("crm", "Account", {Event("1", 10, "a"), Event("2", 5, "late")});
  ASSERT_TRUE(added.ok());
  EXPECT_EQ(*added, (IntakeCounts{2, 1, 1}));
  EXPECT_EQ(*intake_->CursorOf("crm", "Account"), "c1");
  EXPECT_EQ(*intake_->CountsOf("crm", "Account"), (IntakeCounts{3, 2, 1}));
  EXPECT_EQ(LogEnd(), 2U);
}

TEST_F(IntakeTest, BeginsAnewWithAnotherLog) {
  Deliver({Event("1", 10, "a")}, "c1");
  intake_.reset();
  log_.reset();
  std::filesystem::remove_all(folder_ + "/log");
  Open();
  EXPECT_EQ(*intake_->CursorOf("crm", "Account"), "");
  EXPECT_EQ(Deliver({Event("1", 10, "a")}, "c1"), (IntakeCounts{1, 1, 0}));
}

// Refuses to make anything durable while it is told to.
class ForgetfulLog : public pipeline::MemoryLog {
 public:
  Status Sync(const pipeline::TopicPartition& where) override {
    if (forgets && where.topic == pipeline::SourceTopic("crm")) {
      return Error(ErrorKind::kTransient, "not acknowledged");
    }
    return MemoryLog::Sync(where);
  }
  bool forgets = false;
};

TEST_F(IntakeTest, InAClusterTheCursorIsBehindWhatIsAcknowledgedAndMovesToOthers) {
  ForgetfulLog log;
  ASSERT_TRUE(log.MakeTopic(pipeline::SourceTopic("crm"), {2, false}).ok());
  ASSERT_TRUE(log.MakeTopic(pipeline::kCursorsTopic, {1, true}).ok());
  const auto one = Intake::Open(folder_ + "/one", log, Intake::Sharing::kCluster).value();
  const auto two = Intake::Open(folder_ + "/two", log, Intake::Sharing::kCluster).value();
  connectors::Page page;
  page.events = {Event("1", 10, "a")};
  page.next_cursor = "c1";
  log.forgets = true;
  EXPECT_FALSE(one->Deliver("crm", "Account", page).ok());
  EXPECT_EQ(*one->CursorOf("crm", "Account"), "");
  EXPECT_EQ(*two->CursorOf("crm", "Account"), "");
  log.forgets = false;
  EXPECT_EQ(one->Deliver("crm", "Account", page)->published, 1U) << "it counts as not delivered";
  EXPECT_EQ(*two->CursorOf("crm", "Account"), "c1");
  ASSERT_TRUE(two->ForgetCursors().ok());
  EXPECT_EQ(*one->CursorOf("crm", "Account"), "");
}

}  // namespace
}  // namespace trueup::daemon
