#include "pipeline/runtime/tasks/partitioned_runtime.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "pipeline/log/memory/memory_log.h"
#include "pipeline/runtime/tasks/published.h"
#include "pipeline/runtime/test_history.h"
#include "pipeline/runtime/topics.h"

namespace trueup::pipeline {
namespace {

// Positions that all instances of a test see.
class SharedPositions : public Positions {
 public:
  Status Commit(const std::map<TopicPartition, uint64_t>& positions) override {
    const std::lock_guard lock(mutex_);
    for (const auto& [where, offset] : positions) positions_[where] = offset;
    return {};
  }
  Result<std::map<TopicPartition, uint64_t>> Committed(
      const std::vector<TopicPartition>& of) override {
    const std::lock_guard lock(mutex_);
    std::map<TopicPartition, uint64_t> found;
    for (const TopicPartition& where : of) {
      if (const auto at = positions_.find(where); at != positions_.end()) found.insert(*at);
    }
    return found;
  }

 private:
  std::mutex mutex_;
  std::map<TopicPartition, uint64_t> positions_;
};

class Forwarded : public Positions {
 public:
  explicit Forwarded(Positions& to) : to_(to) {}
  Status Commit(const std::map<TopicPartition, uint64_t>& positions) override {
    return to_.Commit(positions);
  }
  Result<std::map<TopicPartition, uint64_t>> Committed(
      const std::vector<TopicPartition>& of) override {
    return to_.Committed(of);
  }

 private:
  Positions& to_;
};

// Gives an instance what the test says.
class GivenSlots : public SlotGroup {
 public:
  explicit GivenSlots(std::vector<int> slots) { next.assigned = std::move(slots); }
  Result<Slots> Poll(std::chrono::milliseconds /*timeout*/) override {
    return std::exchange(next, {});
  }
  Slots next;
};

class PartitionedRuntimeTest : public testing::Test {
 protected:
  PartitionedRuntimeTest() {
    std::string pattern = testing::TempDir() + "partitioned.XXXXXX";
    folder_ = mkdtemp(pattern.data());
    for (const char* system : {"crm", "erp"}) {
      EXPECT_TRUE(log_.MakeTopic(SourceTopic(system), {2, false}).ok());
    }
  }
  ~PartitionedRuntimeTest() override { std::filesystem::remove_all(folder_); }

  void Feed(const std::vector<ChangeEvent>& events) {
    for (const ChangeEvent& event : events) {
      const std::string topic = SourceTopic(event.ref.system());
      const int partition = PartitionOf(event.ref.text(), 2);
      ASSERT_TRUE(log_.Append({topic, partition}, {{event.ref.text(), event.EncodeJson()}}).ok());
    }
  }

  Result<std::unique_ptr<PartitionedRuntime>> Open(const std::string& instance, int partitions,
                                                   std::vector<int> slots, bool checkpoints = false,
                                                   bool standby = false) {
    PartitionedOptions options;
    options.folder = folder_ + "/" + instance;
    options.systems = {"crm", "erp"};
    options.partitions = partitions;
    options.threads = 1;
    options.checkpoint_interval = std::chrono::milliseconds(0);
    options.standby = standby;
    options.standby_wait = std::chrono::milliseconds(0);
    if (checkpoints) options.checkpoints = folder_ + "/shelf";
    ClusterAccess access;
    auto given = std::make_unique<GivenSlots>(slots);
    groups_[instance] = given.get();
    access.slots = [&given](const GenerationPlan&, int) {
      return Result<std::unique_ptr<SlotGroup>>(std::move(given));
    };
    access.positions = [this](const GenerationPlan& plan) {
      return Result<std::unique_ptr<Positions>>(
          std::make_unique<Forwarded>(positions_[plan.number]));
    };
    return PartitionedRuntime::Open(options, log_, TestCatalog(), std::make_shared<SystemClock>(),
                                    access);
  }

  static void RunToQuiet(const std::vector<PartitionedRuntime*>& instances) {
    std::map<PartitionedRuntime*, uint64_t> begun;
    for (PartitionedRuntime* instance : instances) begun[instance] = instance->idle_rounds();
    for (bool quiet = false; !quiet;) {
      quiet = true;
      for (PartitionedRuntime* instance : instances) {
        const Status stepped = instance->Step(false);
        ASSERT_TRUE(stepped.ok()) << stepped.error().message();
        quiet = quiet && instance->idle_rounds() >= begun[instance] + 2;
      }
    }
  }

  // Until it cannot go on; REQUIRES: that comes.
  static Error StepUntilFailure(PartitionedRuntime& instance) {
    Status stepped;
    while (stepped.ok()) stepped = instance.Step(false);
    return stepped.error();
  }

  // The documents that any reader of the topics sees.
  std::map<std::string, std::string> Published() {
    std::map<std::string, std::string> hashes;
    for (const auto& [key, document] : ReadPublished(log_).value()) {
      if (!document.hash.empty()) hashes[key] = document.hash;
    }
    return hashes;
  }

  MemoryLog log_;
  std::map<std::string, GivenSlots*> groups_;      // by instance
  std::map<uint64_t, SharedPositions> positions_;  // by generation
  std::string folder_;
};

TEST_F(PartitionedRuntimeTest, TwoInstancesComeToWhatOneComesTo) {
  Feed(History(3).Make(200));
  {
    const auto alone = Open("alone", 3, {0, 1, 2, 3, 4, 5}).value();
    EXPECT_EQ(alone->plan().name(), "g000001");
    RunToQuiet({alone.get()});
    EXPECT_TRUE(alone->pulls("crm"));
  }
  const auto wanted = Published();
  ASSERT_FALSE(wanted.empty());
  // Another number of partitions is another generation, whose documents take the place of the old.
  const auto one = Open("one", 2, {0, 4}).value();
  const auto two = Open("two", 2, {1, 2, 3}).value();
  EXPECT_EQ(one->plan(), two->plan());
  EXPECT_EQ(one->plan().name(), "g000002");
  EXPECT_EQ(one->plan().published, 3) << "published topics keep their partitions";
  RunToQuiet({one.get(), two.get()});
  EXPECT_EQ(Published(), wanted);
  EXPECT_TRUE(two->pulls("crm"));
  EXPECT_FALSE(two->pulls("erp"));
}

TEST_F(PartitionedRuntimeTest, ANewGenerationTakesBackWhatOnlyTheOldOneSaid) {
  Feed({Event("crm/Account/1", 10, {{"Name", "Acme"}})});
  {
    const auto first = Open("first", 1, {0, 1}).value();
    RunToQuiet({first.get()});
    const TopicPartition accounts{kAccountsTopic, 0};
    ASSERT_TRUE(
        log_.Append(accounts, {{"a-gone", R"({"id":"a-gone"})", first->plan().VersionAt(9)}}).ok());
  }
  EXPECT_TRUE(Published().contains(std::string("accounts\0a-gone", 15)));
  const auto second = Open("second", 2, {0, 1, 2}).value();
  RunToQuiet({second.get()});
  const auto now = Published();
  EXPECT_FALSE(now.contains(std::string("accounts\0a-gone", 15)));
  EXPECT_FALSE(now.empty());
}

TEST_F(PartitionedRuntimeTest, ALostDiskBeginsFromTheCheckpointAndInboxesAreTrimmed) {
  const std::vector<ChangeEvent> history = History(5).Make(200);
  Feed({history.begin(), history.begin() + 150});
  std::string collect;
  {
    const auto owner = Open("owner", 1, {0, 1}, true).value();
    collect = owner->plan().collect();
    RunToQuiet({owner.get()});
    RunToQuiet({owner.get()});
  }
  EXPECT_GT(log_.Begin({collect, 0}).value(), 0U) << "what the checkpoints hold is not needed";
  EXPECT_EQ(log_.Begin({SourceTopic("crm"), 0}).value(), 0U) << "sources are kept";
  std::filesystem::remove_all(folder_ + "/owner");
  Feed({history.begin() + 150, history.end()});
  {
    const auto owner = Open("owner", 1, {0, 1}, true).value();
    EXPECT_EQ(owner->plan().name(), "g000001");
    RunToQuiet({owner.get()});
  }
  const auto wanted = Published();
  // Nothing is left: neither the state nor a checkpoint, and the inboxes were trimmed.
  std::filesystem::remove_all(folder_ + "/owner");
  std::filesystem::remove_all(folder_ + "/shelf");
  {
    const auto owner = Open("owner", 1, {0, 1}, true).value();
    EXPECT_EQ(StepUntilFailure(*owner).kind(), ErrorKind::kInvalid);
  }
  const auto anew = Open("owner", 1, {0, 1}, true).value();
  EXPECT_EQ(anew->plan().name(), "g000002") << "begun anew from the source topics";
  RunToQuiet({anew.get()});
  EXPECT_EQ(Published(), wanted);
}

TEST_F(PartitionedRuntimeTest, ALogThatLostItsTailBeginsANewGeneration) {
  Feed(History(7).Make(50));
  {
    const auto owner = Open("owner", 1, {0, 1}).value();
    RunToQuiet({owner.get()});
  }
  const auto wanted = Published();
  const TopicPartition resolve{"g000001.resolve", 0};
  log_.LoseTail(resolve, log_.End(resolve).value() - 1);
  ASSERT_TRUE(log_.Append(resolve, {{"x", "another entry"}}).ok());
  {
    const auto owner = Open("owner", 1, {0, 1}).value();
    const std::string message = StepUntilFailure(*owner).message();
    EXPECT_NE(message.find("lost what it had acknowledged"), std::string::npos) << message;
  }
  const auto anew = Open("owner", 1, {0, 1}).value();
  EXPECT_EQ(anew->plan().name(), "g000002");
  RunToQuiet({anew.get()});
  EXPECT_EQ(Published(), wanted);
}

TEST_F(PartitionedRuntimeTest, AStandbyNeedsOnlyTheTailToTakeOver) {
  const std::vector<ChangeEvent> history = History(11).Make(200);
  Feed({history.begin(), history.begin() + 150});
  {
    const auto owner = Open("owner", 1, {0, 1}).value();
    const auto other = Open("other", 1, {}, false, true).value();
    RunToQuiet({owner.get(), other.get()});
    EXPECT_TRUE(other->tasks().empty());
    const auto caught_up = [&other] {
      const auto standbys = other->standbys();
      return standbys.size() == 2 && standbys.at(0) + standbys.at(1) == 0;
    };
    while (!caught_up()) ASSERT_TRUE(other->Step(false).ok());
  }
  std::filesystem::remove_all(folder_ + "/owner");
  Feed({history.begin() + 150, history.end()});
  const auto other = Open("other", 1, {0, 1}).value();
  RunToQuiet({other.get()});
  const std::vector<TaskStatus> tasks = other->tasks();
  EXPECT_TRUE(std::all_of(tasks.begin(), tasks.end(), [](const TaskStatus& task) {
    return task.inbox.topic != SourceTopic("crm") || task.replay.from > 0;
  }));
  const auto published = Published();
  const auto anew = Open("anew", 2, {0, 1, 2}).value();
  RunToQuiet({anew.get()});
  EXPECT_EQ(Published(), published) << "as a generation that is built from the beginning";
}

TEST_F(PartitionedRuntimeTest, AStandbyTakesOverWhileItFollows) {
  Feed(History(12).Make(100));
  const auto owner = Open("owner", 1, {0, 1}).value();
  const auto other = Open("other", 1, {}, false, true).value();
  GivenSlots& given = *groups_["other"];
  RunToQuiet({owner.get(), other.get()});
  const auto wanted = Published();
  while (other->standbys().size() < 2) ASSERT_TRUE(other->Step(false).ok());
  given.next.assigned = {0, 1};
  ASSERT_TRUE(other->Step(false).ok());
  EXPECT_TRUE(other->standbys().empty());
  RunToQuiet({other.get()});
  EXPECT_FALSE(other->tasks().empty());
  given.next.revoked = {0, 1};
  while (other->standbys().size() < 2) ASSERT_TRUE(other->Step(false).ok());
  EXPECT_TRUE(other->tasks().empty());
  EXPECT_EQ(Published(), wanted);
}

TEST_F(PartitionedRuntimeTest, ADamagedStateIsSetAsideAndReplayed) {
  Feed(History(9).Make(50));
  {
    const auto owner = Open("owner", 1, {0, 1}).value();
    RunToQuiet({owner.get()});
  }
  const auto wanted = Published();
  const std::string slot = folder_ + "/owner/g000001/slot-0";
  std::filesystem::resize_file(slot + "/CURRENT", 3);
  const auto owner = Open("owner", 1, {0, 1}).value();
  RunToQuiet({owner.get()});
  EXPECT_TRUE(std::filesystem::exists(slot + ".damaged"));
  EXPECT_EQ(owner->plan().name(), "g000001");
  EXPECT_EQ(Published(), wanted);
}

}  // namespace
}  // namespace trueup::pipeline
