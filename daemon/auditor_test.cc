#include "daemon/auditor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "daemon/fake_source.h"
#include "pipeline/accounts/reconcile.h"
#include "pipeline/log/embedded/embedded_log.h"
#include "pipeline/runtime/embedded_runtime.h"
#include "pipeline/stages/families.h"
#include "pipeline/stages/map_stage.h"
#include "pipeline/stages/messages.h"

namespace trueup::daemon {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto kStart = Instant(std::chrono::hours(1000));
constexpr auto kLongAgo = Instant(std::chrono::hours(1));

std::shared_ptr<const mappings::Catalog> DefaultCatalog() {
  static const auto catalog = [] {
    Problems problems;
    return mappings::Catalog::Load(TRUEUP_SOURCE_DIR "/mappings/default", problems);
  }();
  return catalog;
}

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
    Auditor auditor("crm", *intake_, open, DefaultCatalog(), clock_, std::chrono::hours(24));
    return auditor.RunDue(source_, {"Account"}, clock_->Now(), std::stop_token());
  }

  AuditRecord Record() { return *intake_->audits().Find("crm", "Account"); }

  // The findings that are stated now: the reason by the record that each is about.
  std::map<std::string, std::string> Findings() {
    std::map<std::string, std::string> by_key;
    for (const auto& record : *log_->Read({pipeline::kAuditsTopic, 0}, 0, 1000, 1 << 20)) {
      by_key[record.key] = record.value;
    }
    std::map<std::string, std::string> findings;
    for (const auto& [key, json] : by_key) {
      if (json.empty()) continue;
      const auto condition = pipeline::ParseCondition(json);
      EXPECT_TRUE(condition.ok() && condition->kind == "sync_gap");
      findings[condition->subject.text()] = condition->reason;
    }
    return findings;
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
  const Instant later = kStart + std::chrono::hours(24);
  EXPECT_EQ(Record().proof, (IdProof{later, later, 1, 1, 0, 0, 0}));
}

TEST_F(AuditorTest, DeliversWhatDiffersAndLooksAgainUntilItIsCured) {
  const ChangeEvent gone = source_.Put("1", kLongAgo);
  Hold(gone);
  source_.rows.clear();
  const ChangeEvent missing = source_.Put("2", kLongAgo);
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(LogEnd(), 2U);
  EXPECT_EQ(Record().proof, (IdProof{kStart, kStart, 1, 1, 1, 1, 0}));
  EXPECT_THAT(Findings(), IsEmpty()) << "a cure is on its way";

  clock_->Advance(std::chrono::minutes(1));
  ASSERT_TRUE(Run().ok());  // not worked off: found again, and dropped as a repeat
  EXPECT_EQ(source_.lists, 2);
  EXPECT_EQ(LogEnd(), 2U);

  ChangeEvent deletion = gone;
  deletion.deleted = true;
  Hold(deletion);
  Hold(missing);
  clock_->Advance(std::chrono::minutes(2));
  ASSERT_TRUE(Run().ok());
  EXPECT_TRUE(Record().proof->equal());
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(source_.lists, 3);
}

TEST_F(AuditorTest, ADifferenceThatStaysIsListedMoreAndMoreSeldom) {
  source_.Put("1", kLongAgo);
  for (int minute = 0; minute < 24 * 60; ++minute) {
    ASSERT_TRUE(Run().ok());
    clock_->Advance(std::chrono::minutes(1));
  }
  EXPECT_EQ(source_.lists, 11) << "after 0, 1, 3, 7, ... 1023 minutes";
}

TEST_F(AuditorTest, WhatStaysDifferentIsAFindingUntilItIsCured) {
  const ChangeEvent gone = source_.Put("gone", kLongAgo);
  Hold(gone);
  source_.rows.clear();
  const ChangeEvent missing = source_.Put("missing", kLongAgo);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(Run().ok());
    clock_->Advance(std::chrono::hours(1));
  }
  const auto findings = Findings();
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_THAT(findings.at("crm/Account/missing"), HasSubstr("the source lists it"));
  EXPECT_THAT(findings.at("crm/Account/gone"), HasSubstr("no longer has it"));

  Hold(missing);
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(Findings().size(), 1U);
  ChangeEvent deletion = gone;
  deletion.deleted = true;
  Hold(deletion);
  clock_->Advance(std::chrono::hours(1));
  ASSERT_TRUE(Run().ok());
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(AuditorTest, ARecordThatIsListedAndNeverShownIsAFinding) {
  source_.listed_in_vain = {"ghost"};
  ASSERT_TRUE(Run().ok());
  EXPECT_TRUE(Record().proof->equal()) << "gone since it was listed, for all that is known";
  EXPECT_THAT(Findings(), IsEmpty());
  clock_->Advance(std::chrono::minutes(1));
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(Record().proof->missing, 1U);
  EXPECT_THAT(Findings(), ElementsAre(testing::Key("crm/Account/ghost")));
  source_.listed_in_vain.clear();
  clock_->Advance(std::chrono::hours(1));
  ASSERT_TRUE(Run().ok());
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(AuditorTest, DoesNotBelieveThatMostRecordsAreGone) {
  for (int i = 0; i < 300; ++i) Hold(source_.Put(std::to_string(i), kLongAgo));
  source_.rows.clear();
  for (int i = 0; i < 2; ++i) {
    const Status audited = Run();
    ASSERT_FALSE(audited.ok());
    EXPECT_THAT(audited.error().message(), HasSubstr("crm/Account: 300 of 300 records are gone"));
    clock_->Advance(std::chrono::hours(1));
  }
  EXPECT_EQ(LogEnd(), 0U);
  EXPECT_THAT(Record().error, HasSubstr("300 of 300 records are gone"));
  EXPECT_THAT(Findings(), IsEmpty()) << "one word about all of them is enough";
}

TEST_F(AuditorTest, AnAuditThatFailedIsMadeAgainWhenTheSourceWantsIt) {
  source_.error = Error(ErrorKind::kTransient, "no answer").RetryAfter(std::chrono::minutes(15));
  EXPECT_FALSE(Run().ok());
  EXPECT_FALSE(Record().proof);
  EXPECT_EQ(Record().error, "no answer");
  source_.error.reset();
  clock_->Advance(std::chrono::minutes(14));
  EXPECT_TRUE(Run().ok());
  EXPECT_EQ(source_.lists, 0) << "too early";
  clock_->Advance(std::chrono::minutes(1));
  EXPECT_TRUE(Run().ok());
  EXPECT_TRUE(Record().proof);
  EXPECT_EQ(Record().error, "");
}

}  // namespace
}  // namespace trueup::daemon
