#include "daemon/audit_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"
#include "pipeline/log/embedded/embedded_log.h"
#include "pipeline/stages/messages.h"

namespace trueup::daemon {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto kMoment = Instant(std::chrono::hours(1000));

class AuditLedgerTest : public testing::Test {
 protected:
  AuditLedgerTest() {
    log_ = pipeline::OpenEmbeddedLog(folder_ / "log").value();
    pipeline::StoreOptions options;
    options.families = {"audits"};
    store_ = pipeline::Store::Open(folder_ / "store", options).value();
  }

  AuditLedger Ledger() { return {*store_, 0, *log_}; }

  static pipeline::Condition Gap(const std::string& id) {
    pipeline::Condition gap;
    gap.kind = "sync_gap";
    gap.subject = Ref("crm", "Account", id);
    gap.id = "gap-" + id;
    return gap;
  }

  // "+key" for each document since the last call, "-key" for each that was taken back.
  std::vector<std::string> Published() {
    std::vector<std::string> lines;
    for (const auto& record :
         log_->Read({pipeline::kAuditsTopic, 0}, read_, 100, 1 << 20).value()) {
      lines.push_back((record.value.empty() ? "-" : "+") + record.key);
      read_ = record.offset + 1;
    }
    return lines;
  }

  TemporaryFolder folder_;
  std::unique_ptr<pipeline::Log> log_;
  std::unique_ptr<pipeline::Store> store_;
  uint64_t read_ = 0;
};

TEST_F(AuditLedgerTest, KeepsARecordPerObject) {
  EXPECT_EQ(Ledger().Find("crm", "Account").value(), AuditRecord());
  AuditRecord record;
  record.proof = IdProof{kMoment, kMoment - std::chrono::minutes(1), 7, 8, 2, 1, 3};
  record.error = "no answer";
  record.next = kMoment + std::chrono::hours(1);
  record.troubles = 4;
  record.missing = {"1", "2"};
  record.extra = {"3"};
  record.stated = {"gap-1"};
  ASSERT_TRUE(Ledger().Note("crm", "Account", record).ok());
  EXPECT_EQ(Ledger().Find("crm", "Account").value(), record);
  EXPECT_EQ(Ledger().Find("crm", "Contact").value(), AuditRecord());

  ASSERT_TRUE(Ledger().MakeDue("crm", "Account").ok());
  record.next.reset();
  EXPECT_EQ(Ledger().Find("crm", "Account").value(), record);
}

TEST_F(AuditLedgerTest, KeepsARecordOfContentsToo) {
  ContentsLedger ledger(*store_, 0, *log_);
  ContentsRecord record;
  record.proof = ContentsProof{kMoment, kMoment + std::chrono::hours(1), {7, 2, 1}};
  record.pass = ContentsPass{kMoment, "001", {3, 1, 0}};
  record.error = "no answer";
  record.waits = "no room";
  record.next = kMoment;
  record.troubles = 2;
  record.delivered = {{"1", {~0ULL, 1}}, {"2", {3, 4}}};
  ASSERT_TRUE(ledger.State("crm", "Account", record, {Gap("1")}).ok());
  EXPECT_THAT(Published(), ElementsAre("+contents:crm/Account|gap-1"));
  record.stated = {"gap-1"};
  EXPECT_EQ(ledger.Find("crm", "Account").value(), record);
}

TEST_F(AuditLedgerTest, DamageIsNamed) {
  pipeline::StoreBatch batch;
  batch.Put(0, std::string("crm\0Account", 11), "\x01");
  ASSERT_TRUE(store_->Commit(batch).ok());
  const auto found = Ledger().Find("crm", "Account");
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().kind(), ErrorKind::kCorrupt);
  EXPECT_THAT(found.error().message(), testing::HasSubstr("crm/Account"));
  EXPECT_EQ(Ledger().ForgetProofs().error().kind(), ErrorKind::kCorrupt);
}

TEST_F(AuditLedgerTest, StatesGapsAndWithdrawsThoseThatAreCured) {
  AuditRecord record;
  ASSERT_TRUE(Ledger().State("crm", "Account", record, {Gap("1"), Gap("2")}).ok());
  EXPECT_THAT(Published(), ElementsAre("+audit:crm/Account|gap-1", "+audit:crm/Account|gap-2"));
  record = Ledger().Find("crm", "Account").value();
  EXPECT_THAT(record.stated, ElementsAre("gap-1", "gap-2"));

  ASSERT_TRUE(Ledger().State("crm", "Account", record, {Gap("2"), Gap("3")}).ok());
  EXPECT_THAT(Published(), ElementsAre("-audit:crm/Account|gap-1", "+audit:crm/Account|gap-2",
                                       "+audit:crm/Account|gap-3"));
  record = Ledger().Find("crm", "Account").value();
  ASSERT_TRUE(Ledger().State("crm", "Account", record, {}).ok());
  EXPECT_THAT(Published(), ElementsAre("-audit:crm/Account|gap-2", "-audit:crm/Account|gap-3"));
  record = Ledger().Find("crm", "Account").value();
  ASSERT_TRUE(Ledger().State("crm", "Account", record, {}).ok());
  EXPECT_THAT(Published(), IsEmpty());
}

TEST_F(AuditLedgerTest, ForgettingKeepsWhatIsStatedSoThatItCanBeWithdrawn) {
  AuditRecord record;
  record.proof = IdProof{kMoment, kMoment, 1, 1, 0, 0, 0};
  record.next = kMoment;
  ASSERT_TRUE(Ledger().State("crm", "Account", record, {Gap("1")}).ok());
  ASSERT_TRUE(Ledger().ForgetProofs().ok());
  AuditRecord left;
  left.stated = {"gap-1"};
  EXPECT_EQ(Ledger().Find("crm", "Account").value(), left);
}

}  // namespace
}  // namespace trueup::daemon
