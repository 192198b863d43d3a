#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "mappings/catalog.h"
#include "pipeline/log/log.h"
#include "pipeline/log/positions.h"
#include "pipeline/log/slot_group.h"
#include "pipeline/runtime/tasks/checkpoint_shelf.h"
#include "pipeline/runtime/tasks/conductor.h"
#include "pipeline/runtime/tasks/slot_opening.h"
#include "pipeline/runtime/tasks/slot_runner.h"
#include "pipeline/runtime/tasks/standbys.h"

namespace trueup::pipeline {

struct PartitionedOptions {
  std::string folder;                // of the states of slots that are or were here
  std::vector<std::string> systems;  // whose source topics are read
  int partitions = 12;
  int threads = 2;  // of resolve
  // Shared by all instances; empty: states are not copied anywhere, and inboxes never trimmed.
  std::string checkpoints;
  std::chrono::milliseconds checkpoint_interval = std::chrono::minutes(5);
  // Keeps a warm copy of every slot that is not worked here, once no slot has changed hands for a
  // while.
  bool standby = false;
  std::chrono::milliseconds standby_wait = std::chrono::seconds(3);
};

// How a cluster is reached, beside its log.
struct ClusterAccess {
  // Who works on what: slot p < partitions is partition p's, then comes resolve's, then one a
  // system for who pulls it.
  std::function<Result<std::unique_ptr<SlotGroup>>(const GenerationPlan& plan, int slots)> slots;
  std::function<Result<std::unique_ptr<Positions>>(const GenerationPlan& plan)> positions;
};

// The stages as tasks, of which this instance works those that the group gives to it. The states of
// its slots lie under `folder`; what is not there comes from the newest checkpoint, and the rest is
// replayed from the inboxes, which are trimmed below the oldest checkpoint that is kept.
class PartitionedRuntime {
 public:
  // Makes the topics, and joins or begins the generation of this config.
  static Result<std::unique_ptr<PartitionedRuntime>> Open(
      PartitionedOptions options, Log& log, std::shared_ptr<const mappings::Catalog> catalog,
      std::shared_ptr<Clock> clock, const ClusterAccess& access);
  ~PartitionedRuntime();

  // One round: takes and lets go of slots, writes cuts, tells the positions. Blocks shortly. To be
  // called again and again from one thread; after an error the runtime is spent.
  Status Step(bool first_pull);

  // How often everything of every instance was found worked off. Safe from any thread.
  uint64_t idle_rounds() const { return idle_rounds_; }
  // How many entries of all inboxes were not worked off when last looked; nothing before the first
  // look. For the thread that calls Step.
  std::optional<uint64_t> waiting() const { return waiting_; }
  // The slots that are being opened, and how far the copying of their checkpoints is. For the
  // thread that calls Step.
  std::map<int, CopyFigures> opening() const;
  // How many entries the standbys here are behind the owners, by slot. For the thread that calls
  // Step.
  std::map<int, uint64_t> standbys() const;
  // Whether this instance is the one that pulls the system. Safe from any thread.
  bool pulls(const std::string& system) const;
  // The tasks that run here. Safe from any thread.
  std::vector<TaskStatus> tasks() const;

  const GenerationPlan& plan() const { return plan_; }

 private:
  PartitionedRuntime(PartitionedOptions options, Log& log,
                     std::shared_ptr<const mappings::Catalog> catalog,
                     std::shared_ptr<Clock> clock);
  Status Take(int number);
  // Lets those slots work that are open by now.
  Status RunOpened();
  Status LetGo(int number);
  SlotOptions OptionsOf(int number) const;
  // For a thread of its own.
  Result<std::unique_ptr<Slot>> OpenSlot(int number, Log& log, CopyProgress& progress,
                                         const std::stop_token& stop) const;
  // Opens what lies here; null: nothing does that could be gone on with.
  Result<std::unique_ptr<Slot>> OpenKept(int number, Log& log, const SlotOptions& options) const;
  // Lets the standbys follow the slots that are not worked here.
  Status Follow();
  // Copies the states of the slots that are due, and trims what no copy needs any more.
  Status Checkpoint();
  Status CheckpointSlot(const SlotRunner& runner);
  Status TellPositions();
  Status CheckFailures();

  const PartitionedOptions options_;
  Log& log_;
  const std::shared_ptr<const mappings::Catalog> catalog_;
  const std::shared_ptr<Clock> clock_;
  GenerationPlan plan_;
  std::unique_ptr<Positions> positions_;
  std::unique_ptr<SlotGroup> group_;
  std::optional<Conductor> conductor_;
  mutable std::mutex mutex_;  // of what other threads look at
  std::map<int, std::unique_ptr<SlotRunner>> runners_;
  std::vector<std::string> pulled_here_;
  std::map<TopicPartition, uint64_t> told_;
  std::chrono::microseconds told_all_{0};
  std::chrono::microseconds looked_{0};
  std::unique_ptr<CheckpointShelf> shelf_;                 // null: there is none
  std::map<int, std::chrono::microseconds> checkpointed_;  // when, by slot
  std::map<int, std::unique_ptr<SlotOpening>> opening_;    // ends before what it uses
  std::optional<Standbys> standbys_;                       // likewise; nothing: there are none
  bool swept_ = false;  // what earlier generations published and this one does not
  std::optional<uint64_t> waiting_;
  std::atomic<uint64_t> idle_rounds_ = 0;
};

}  // namespace trueup::pipeline
