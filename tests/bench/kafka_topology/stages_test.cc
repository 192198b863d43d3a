#include "tests/bench/kafka_topology/stages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"
#include "pipeline/log/memory/memory_log.h"
#include "pipeline/stages/families.h"

namespace trueup::bench {
namespace {

using pipeline::LogRecord;
using pipeline::MemoryLog;
using pipeline::Store;
using pipeline::Task;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kSalesforce =
    R"({"Name":" Acme  Works ","AccountNumber":"c1","Phone":"+49 30 1234567","Mark__c":"a"})";
constexpr const char* kNetsuite =
    R"({"companyName":"ACME","entityId":"C1","currency":{"refName":"Euro"},"mark":"b"})";

// One partition of everything, over a log in memory.
class TopologyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Problems problems;
    catalog_ =
        mappings::Catalog::Load(TRUEUP_SOURCE_DIR "/tests/bench/kafka_topology/mappings", problems);
    ASSERT_NE(catalog_, nullptr) << problems.ToText();
    pipeline::StoreOptions options;
    options.families = pipeline::FamilyNames();
    auto store = Store::Open(folder_ / "state", options);
    ASSERT_TRUE(store.ok());
    store_ = *std::move(store);
    for (size_t system = 0; system < Systems().size(); ++system) {
      Add(topology_.source(Systems()[system]), MakeMapper(catalog_, topology_, system));
    }
    Add(topology_.rows(), MakeReconciler(catalog_, topology_));
  }

  void Add(const std::string& topic, std::unique_ptr<pipeline::TaskStage> stage) {
    ASSERT_TRUE(log_.MakeTopic(topic, {}).ok());
    tasks_.push_back(std::make_unique<Task>(pipeline::TopicPartition{topic, 0}, std::move(stage),
                                            log_, *store_));
    ASSERT_TRUE(tasks_.back()->Open().ok());
  }

  void Say(const std::string& system, const std::string& key, const std::string& json) {
    ASSERT_TRUE(log_.Append({topology_.source(system), 0}, {{key, json}}).ok());
  }

  // The golden rows that come out until all is quiet.
  std::vector<LogRecord> Run() {
    bool worked = true;
    while (worked) {
      worked = false;
      for (const auto& task : tasks_) {
        const auto stepped = task->Step();
        EXPECT_TRUE(stepped.ok()) << stepped.error().message();
        worked = worked || (stepped.ok() && *stepped);
      }
    }
    auto read = log_.Read({topology_.golden(), 0}, seen_, 100, 1 << 20);
    EXPECT_TRUE(read.ok());
    if (!read.ok()) return {};
    seen_ += read->size();
    return *std::move(read);
  }

  const TemporaryFolder folder_;
  const Topology topology_{"t.", 1};
  MemoryLog log_;
  std::shared_ptr<const mappings::Catalog> catalog_;
  std::unique_ptr<Store> store_;
  std::vector<std::unique_ptr<Task>> tasks_;
  uint64_t seen_ = 0;
};

TEST_F(TopologyTest, ACustomersRowsBecomeOneGoldenRow) {
  Say("netsuite", "n1", kNetsuite);
  ASSERT_THAT(Run(), SizeIs(1));
  Say("salesforce", "s1", kSalesforce);
  const auto golden = Run();
  ASSERT_THAT(golden, SizeIs(1));
  EXPECT_EQ(golden[0].key, "C1");
  EXPECT_EQ(golden[0].value,
            R"({"id":"C1","name":"Acme Works","phone":"+49301234567","currency":"EUR",)"
            R"("mark_salesforce":"a","mark_netsuite":"b"})");
}

TEST_F(TopologyTest, WhatSaysNothingNewSendsNothing) {
  Say("salesforce", "s1", kSalesforce);
  ASSERT_THAT(Run(), SizeIs(1));
  Say("salesforce", "s1", kSalesforce);
  EXPECT_THAT(Run(), IsEmpty());
}

TEST_F(TopologyTest, AnOlderRowThatIsSentAgainChangesNothing) {
  Say("salesforce", "s1", R"({"AccountNumber":"C1","Mark__c":"old"})");
  ASSERT_THAT(Run(), SizeIs(1));
  const auto row = log_.Read({topology_.rows(), 0}, 0, 1, 1 << 20);
  ASSERT_TRUE(row.ok());
  Say("salesforce", "s1", R"({"AccountNumber":"C1","Mark__c":"new"})");
  ASSERT_THAT(Run(), SizeIs(1));
  // A mapper that was restored from its first state would do this.
  ASSERT_TRUE(log_.Append({topology_.rows(), 0}, {{row->front().key, row->front().value}}).ok());
  EXPECT_THAT(Run(), IsEmpty());
}

}  // namespace
}  // namespace trueup::bench
