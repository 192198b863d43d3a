#include "daemon/auditor.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "daemon/fake_source.h"
#include "pipeline/log/embedded/embedded_log.h"
#include "pipeline/runtime/embedded_runtime.h"
#include "pipeline/stages/families.h"
#include "pipeline/stages/map_stage.h"

namespace trueup::daemon {
namespace {

constexpr auto kStart = Instant(std::chrono::hours(1000));
constexpr auto kLongAgo = Instant(std::chrono::hours(1));

class AuditorTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "auditor.XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    log_ = *pipeline::OpenEmbeddedLog(folder_ + "/log");
    intake_ = *Intake::Open(folder_ + "/intake", *log_);
    pipeline::StoreOptions options;
    options.families = pipeline::FamilyNames();
    state_ = *pipeline::Store::Open(folder_ + "/state", options);
  }
  void TearDown() override {
    state_.reset();
    intake_.reset();
    log_.reset();
    std::filesystem::remove_all(folder_);
  }

  // What the pipeline would hold of the event.
  void Hold(const ChangeEvent& event) {
    pipeline::MapRecord record;
    event.Encode(record.event);
    std::string bytes;
    record.Encode(bytes);
    pipeline::StoreBatch batch;
    batch.Put(pipeline::kMapRows, event.ref.text(), bytes);
    ASSERT_TRUE(state_->Commit(batch).ok());
  }

  Status Run() {
    const auto open = [this] {
      pipeline::StoreOptions options;
      options.families = pipeline::FamilyNames();
      options.read_only = true;
      return pipeline::Store::Open(folder_ + "/state", options);
    };
    Auditor auditor("crm", *intake_, open, clock_, std::chrono::hours(24));
    return auditor.RunDue(source_, {"Account"}, clock_->Now(), std::stop_token());
  }

  uint64_t LogEnd() { return *log_->End({pipeline::SourceTopic("crm"), 0}); }

  std::string folder_;
  std::unique_ptr<pipeline::Log> log_;
  std::unique_ptr<Intake> intake_;
  std::unique_ptr<pipeline::Store> state_;
  std::shared_ptr<ManualClock> clock_ = std::make_shared<ManualClock>(kStart);
  FakeSource source_;
};

TEST_F(AuditorTest, IsDueAtOnceAndThenOnceADay) {
  Hold(source_.Put("1", kLongAgo));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Run().ok());
  EXPECT_EQ(source_.lists, 1);
  clock_->Advance(std::chrono::hours(24));
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(source_.lists, 2);
  EXPECT_EQ(LogEnd(), 0U);
  EXPECT_EQ(*intake_->LastAudit("crm", "Account"),
            (AuditOutcome{kStart + std::chrono::hours(24), 1, 0, 0}));
}

TEST_F(AuditorTest, DeliversWhatDiffersAndLooksAgainUntilItIsCured) {
  const ChangeEvent gone = source_.Put("1", kLongAgo);
  Hold(gone);
  source_.rows.clear();
  const ChangeEvent missing = source_.Put("2", kLongAgo);
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(LogEnd(), 2U);
  EXPECT_EQ(*intake_->LastAudit("crm", "Account"), (AuditOutcome{kStart, 1, 1, 1}));

  ASSERT_TRUE(Run().ok());  // not worked off: found again, and dropped as a repeat
  EXPECT_EQ(source_.lists, 2);
  EXPECT_EQ(LogEnd(), 2U);

  ChangeEvent deletion = gone;
  deletion.deleted = true;
  Hold(deletion);
  Hold(missing);
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(*intake_->LastAudit("crm", "Account"), (AuditOutcome{kStart, 1, 0, 0}));
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(source_.lists, 3);
}

TEST_F(AuditorTest, DoesNotBelieveThatMostRecordsAreGone) {
  for (int i = 0; i < 300; ++i) Hold(source_.Put(std::to_string(i), kLongAgo));
  source_.rows.clear();
  const Status audited = Run();
  ASSERT_FALSE(audited.ok());
  EXPECT_NE(audited.error().message().find("crm/Account: 300 of 300 records are gone"),
            std::string::npos)
      << audited.error().message();
  EXPECT_EQ(LogEnd(), 0U);
  EXPECT_FALSE(*intake_->LastAudit("crm", "Account")) << "it stays due";
}

TEST_F(AuditorTest, AnAuditThatFailedStaysDue) {
  source_.error = Error(ErrorKind::kTransient, "no answer");
  EXPECT_FALSE(Run().ok());
  EXPECT_FALSE(*intake_->LastAudit("crm", "Account"));
  source_.error.reset();
  EXPECT_TRUE(Run().ok());
  EXPECT_TRUE(*intake_->LastAudit("crm", "Account"));
}

}  // namespace
}  // namespace trueup::daemon
