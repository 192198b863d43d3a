#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/hash.h"
#include "pipeline/log/log.h"
#include "pipeline/runtime/tasks/outbound.h"
#include "pipeline/runtime/tasks/wire.h"
#include "pipeline/stages/map_stage.h"
#include "pipeline/stages/view.h"
#include "pipeline/state/store.h"

namespace trueup::pipeline {

// A stage as one task sees it: it turns entries of its inbox into writes of its own state and
// messages to others. A function of state and entry alone.
class TaskStage {
 public:
  virtual ~TaskStage() = default;

  // Reads what the stage keeps in memory.
  virtual Status Load(const Store& store) = 0;

  // Whether an entry is a cut, and is handed over alone, with everything before it committed.
  virtual bool IsCut(const LogRecord& record) const { return pipeline::IsCut(record.value); }
  // Whether what Apply takes in waits for the next cut.
  virtual bool works_at_cuts() const { return false; }

  // Applies entries one after the other; none of them is a cut. What became of them counts in
  // `counts`, where the stage counts at all.
  virtual Status Apply(std::vector<LogRecord>& records, View& view, Outbound& out,
                       MapCounts& counts) = 0;
  // Works off a slice of what waits for the cut; true: that was all of it. A cut of which a slice
  // is committed may be begun anew, and goes on behind it.
  virtual Result<bool> ApplyCut(const LogRecord& record, const Store& store, View& view,
                                Outbound& out) = 0;
};

// A stage without state in memory whose inbox has no cuts: it works as entries come.
class UncutStage : public TaskStage {
 public:
  Status Load(const Store& /*store*/) override { return {}; }
  bool IsCut(const LogRecord& /*record*/) const override { return false; }
  Result<bool> ApplyCut(const LogRecord& /*record*/, const Store& /*store*/, View& /*view*/,
                        Outbound& /*out*/) override {
    return true;
  }
};

// Where a task stands in its inbox.
struct TaskPosition {
  uint64_t offset = 0;   // next to be taken in
  uint64_t settled = 0;  // everything below is worked off, and what it caused is in the log
  MapCounts counts;      // by the stage that counts
  Hash128 last;          // of the entry before `offset`: a log that lost its tail has another one
};

struct TaskLimits {
  size_t records = 1000;  // in one step
  size_t bytes = 4 << 20;
};

// Works off one partition of one topic. Each step takes a batch through the stage, hands what it
// sends to the log, and commits state and position once the log has acknowledged that: a crash in
// between repeats the batch, and what is sent twice has the same versions and is taken once. So
// nothing that was sent need be kept (docs/decisions/0009).
//
// After an error the task is spent: everything about its store is to be opened anew.
class Task {
 public:
  // `log` and `store` must outlive the task.
  Task(TopicPartition inbox, std::unique_ptr<TaskStage> stage, Log& log, Store& store,
       TaskLimits limits = {});

  // Reads state and position. kCorrupt: the log has not, or no longer, what the state has read of
  // it. kInvalid: the log has dropped entries that the state has not read yet.
  Status Open();

  // Commits the batch under way, then begins the next one. False: nothing was there to do.
  Result<bool> Step();
  // Commits the batch under way.
  Status Finish();

  const TopicPartition& inbox() const { return inbox_; }
  // As of the last commit.
  const TaskPosition& position() const { return position_; }
  // The entries of the inbox that had been there when it was opened and that it had not taken in.
  struct Replay {
    uint64_t from = 0;  // offsets
    uint64_t to = 0;
  };
  const Replay& replay() const { return replay_; }
  // Since it was opened.
  uint64_t batches() const { return batches_; }
  // Bytes that the batch under way sent, and that the log has not acknowledged.
  uint64_t unacknowledged() const { return pending_ ? pending_->out.sent_bytes() : 0; }
  // Something was taken in that waits for a cut; as of the last commit.
  bool waits_for_cut() const { return position_.settled < position_.offset; }

 private:
  struct Pending {
    View view;
    Outbound out;
    TaskPosition next;
  };

  Result<bool> ReadAhead();
  Status Begin();
  Status BeginCut();
  Status Check();

  const TopicPartition inbox_;
  const std::unique_ptr<TaskStage> stage_;
  Log& log_;
  Store& store_;
  const TaskLimits limits_;
  TaskPosition position_;
  std::deque<LogRecord> ahead_;  // read and not taken in yet
  uint64_t read_to_ = 0;
  uint64_t batches_ = 0;
  Replay replay_;
  std::optional<Pending> pending_;
};

// The position of a task as its store holds it; nothing where it never took anything in.
Result<std::optional<TaskPosition>> GetTaskPosition(const TopicPartition& inbox,
                                                    const Store& store);

}  // namespace trueup::pipeline
