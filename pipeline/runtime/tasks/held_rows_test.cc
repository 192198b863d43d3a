#include "pipeline/runtime/tasks/held_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/testing/temporary_folder.h"
#include "pipeline/log/memory/memory_log.h"
#include "pipeline/runtime/tasks/topics.h"
#include "pipeline/runtime/test_history.h"
#include "pipeline/runtime/topics.h"
#include "pipeline/stages/families.h"
#include "pipeline/stages/map_stage.h"

namespace trueup::pipeline {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int kPartitions = 2;

class HeldRowsTest : public testing::Test {
 protected:
  HeldRowsTest() { EXPECT_TRUE(log_.MakeTopic(SourceTopic("crm"), {kPartitions, false}).ok()); }

  static TopicPartition PlaceOf(const std::string& ref) {
    return {SourceTopic("crm"), PartitionOf(ref, kPartitions)};
  }

  void Feed(const ChangeEvent& event) {
    const std::string ref = event.ref.text();
    ASSERT_TRUE(log_.Append(PlaceOf(ref), {{ref, event.EncodeJson()}}).ok());
  }

  static ChangeEvent Firm(const std::string& id, int64_t second, const std::string& name) {
    return Event("crm/Account/" + id, second, {{"Name", name}});
  }

  // "id name" of what is held as live, in order.
  std::vector<std::string> Held() {
    const auto store = OpenHeldRows(folder_ / "held", "crm", log_, TestCatalog());
    EXPECT_TRUE(store.ok()) << store.error().message();
    std::vector<std::string> rows;
    const auto scanned =
        (*store)->Scan(kMapRows, "crm/Account/", [&](std::string_view, std::string_view value) {
          const auto record = MapRecord::Decode(value).value();
          const auto event = ChangeEvent::Decode(record.event).value();
          if (!event.deleted) {
            rows.push_back(std::string(event.ref.id()) + " " +
                           std::string(event.row.Find("Name")->text));
          }
          return true;
        });
    EXPECT_TRUE(scanned.ok());
    return rows;
  }

  TemporaryFolder folder_;
  MemoryLog log_;
};

TEST_F(HeldRowsTest, HoldsTheNewestOfEachRecordOfAllPartitionsAndReadsOn) {
  EXPECT_THAT(Held(), IsEmpty());
  for (int i = 1; i <= 4; ++i) Feed(Firm(std::to_string(i), 10, "a"));
  ASSERT_GT(log_.End({SourceTopic("crm"), 0}).value(), 0U);
  ASSERT_GT(log_.End({SourceTopic("crm"), 1}).value(), 0U);
  EXPECT_THAT(Held(), ElementsAre("1 a", "2 a", "3 a", "4 a"));
  Feed(Firm("1", 20, "b"));
  Feed(Firm("2", 5, "late"));
  Feed(Deletion("crm/Account/3", 20));
  EXPECT_THAT(Held(), ElementsAre("1 b", "2 a", "4 a"));
}

TEST_F(HeldRowsTest, WhatTheLogHasLostIsNotHeld) {
  Feed(Firm("1", 10, "a"));
  EXPECT_THAT(Held(), ElementsAre("1 a"));
  log_.LoseTail(PlaceOf("crm/Account/1"), 0);
  EXPECT_THAT(Held(), IsEmpty());
  Feed(Firm("1", 10, "b"));
  EXPECT_THAT(Held(), ElementsAre("1 b"));
  log_.LoseTail(PlaceOf("crm/Account/1"), 0);
  Feed(Firm("1", 10, "c"));
  EXPECT_THAT(Held(), ElementsAre("1 c")) << "as many entries as before, but others";
}

TEST_F(HeldRowsTest, OneAtATime) {
  const auto store = OpenHeldRows(folder_ / "held", "crm", log_, TestCatalog());
  ASSERT_TRUE(store.ok());
  const auto other = OpenHeldRows(folder_ / "held", "crm", log_, TestCatalog());
  EXPECT_EQ(other.error().kind(), ErrorKind::kConflict);
}

}  // namespace
}  // namespace trueup::pipeline
