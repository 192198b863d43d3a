#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "pipeline/log/log.h"
#include "pipeline/log/positions.h"
#include "pipeline/runtime/tasks/slot_runner.h"
#include "pipeline/runtime/tasks/topics.h"

namespace trueup::pipeline {

// Decides when cuts are written: when who is one customer is settled, and when accounts are
// published. What it decides shapes what is seen in between, never what it comes to: wherever the
// cuts lie, the state is the same. So it may look at the clock and at how far others have come.
class Conductor {
 public:
  Conductor(const GenerationPlan& plan, std::vector<std::string> systems, Log& log,
            Positions& positions, std::shared_ptr<Clock> clock);

  // Writes what cuts the tasks that run here need by now. `first_pull`: some system has not been
  // read once yet.
  Status Conduct(const std::vector<TaskStatus>& tasks, bool first_pull);

  // How many entries of all inboxes are not worked off yet, by whichever instance. 0: all is quiet.
  Result<uint64_t> EntriesWaiting();

 private:
  // How many entries wait before resolve, in its own inbox, and in those of reconcile; and where
  // all these inboxes end.
  struct Backlog {
    uint64_t before_resolve = 0;
    uint64_t resolve = 0;
    uint64_t reconcile = 0;
    std::map<TopicPartition, uint64_t> ends;
  };
  Result<Backlog> Measure();
  Status ConductResolve(const TaskStatus& task, const Backlog& backlog, bool first_pull);
  Status ConductReconcile(const TaskStatus& task, const Backlog& backlog);
  // Whether there is anything to cut that no cut was written for yet.
  bool Wants(const TaskStatus& task);
  Status WriteCut(const TopicPartition& inbox);

  const GenerationPlan plan_;
  Log& log_;
  Positions& positions_;
  const std::shared_ptr<Clock> clock_;
  // Up to where a cut was written, and since when something waits for the next one.
  struct Waiting {
    uint64_t cut_at = 0;
    std::chrono::microseconds since{0};
    bool waits = false;
  };
  std::map<TopicPartition, Waiting> waiting_;
  bool opened_ = false;  // the collects were told that every record has been read once
  const std::vector<std::string> systems_;
};

}  // namespace trueup::pipeline
