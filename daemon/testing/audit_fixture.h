#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "base/testing/temporary_folder.h"
#include "daemon/audit_parts.h"
#include "daemon/fake_source.h"
#include "pipeline/accounts/reconcile.h"
#include "pipeline/log/embedded/embedded_log.h"
#include "pipeline/stages/families.h"
#include "pipeline/stages/map_stage.h"
#include "pipeline/stages/messages.h"

namespace trueup::daemon {

// What the tests of the audits stand on: a source, what the pipeline holds of it as a test puts it
// there, and an intake over a log that nobody works off.
class AuditFixture : public testing::Test {
 public:
  static constexpr auto kStart = Instant(std::chrono::hours(1000));

 protected:
  AuditFixture() {
    log_ = pipeline::OpenEmbeddedLog(folder_ / "log").value();
    intake_ = Intake::Open(folder_ / "intake", *log_).value();
    state_ = OpenState(false).value();
  }

  AuditParts Parts() {
    return {"crm", *intake_, [this] { return OpenState(true); }, DefaultCatalog(), clock_};
  }

  // What the pipeline would hold of the event.
  void Hold(const ChangeEvent& event) {
    pipeline::MapRecord record;
    record.content = event.ContentHash();
    event.Encode(record.event);
    std::string bytes;
    record.Encode(bytes);
    pipeline::StoreBatch batch;
    batch.Put(pipeline::kMapRows, event.ref.text(), bytes);
    ASSERT_TRUE(state_->Commit(batch).ok());
  }

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

  TemporaryFolder folder_;
  std::unique_ptr<pipeline::Log> log_;
  std::unique_ptr<Intake> intake_;
  std::unique_ptr<pipeline::Store> state_;
  std::shared_ptr<ManualClock> clock_ = std::make_shared<ManualClock>(kStart);
  FakeSource source_;

 private:
  static std::shared_ptr<const mappings::Catalog> DefaultCatalog() {
    static const auto catalog = [] {
      Problems problems;
      return mappings::Catalog::Load(TRUEUP_SOURCE_DIR "/mappings/default", problems);
    }();
    return catalog;
  }

  Result<std::unique_ptr<pipeline::Store>> OpenState(bool read_only) {
    pipeline::StoreOptions options;
    options.families = pipeline::FamilyNames();
    options.read_only = read_only;
    return pipeline::Store::Open(folder_ / "state", options);
  }
};

}  // namespace trueup::daemon
