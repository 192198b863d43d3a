#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "connectors/connector.h"
#include "daemon/intake.h"
#include "daemon/pipeline.h"
#include "daemon/worked_off.h"
#include "pipeline/runtime/embedded_runtime.h"

namespace trueup::daemon {

// How a system's pulling stands.
enum class PullState { kStarting, kOk, kRetrying, kDenied, kGapSuspected, kStopped, kElsewhere };
std::string_view ToString(PullState state);

struct ObjectStatus {
  PullState state = PullState::kStarting;
  std::string error;  // empty: none
  IntakeCounts counts;
  std::optional<Instant> last_page;
  std::optional<Instant> caught_up;  // when it was last pulled to its end
  // The last such moment behind which the pipeline has worked everything off: the age of its data.
  // Kept by the board.
  std::optional<Instant> worked_off;
  AuditRecord audit;                  // of ids
  ContentsRecord contents;            // the audit of contents
  std::optional<CountProof> created;  // the last comparison of counts by creation
};

struct SystemStatus {
  PullState state = PullState::kStarting;
  std::string error;
  std::optional<Instant> since;  // of the present state
  std::optional<Instant> last_success;
  connectors::ApiUsage usage;
  std::map<std::string, ObjectStatus> objects;
};

// One of the tasks that an instance of a cluster works.
struct TaskFigures {
  std::string stage;
  std::string inbox;  // topic
  int partition = 0;
  uint64_t settled = 0;  // worked off, in the order of the inbox
  uint64_t end = 0;
  uint64_t replayed = 0;        // of what stood in the inbox when the task came here
  uint64_t to_replay = 0;       // all of that
  uint64_t batches = 0;         // committed since the task came here
  uint64_t unacknowledged = 0;  // bytes that were sent and that the log has not acknowledged
};

// A slot of tasks that came to this instance and is not at work yet.
struct OpeningFigures {
  int slot = 0;
  uint64_t files = 0;  // of the checkpoint, that are copied; the rest of the figures likewise
  uint64_t files_in_all = 0;
  uint64_t bytes = 0;
  uint64_t bytes_in_all = 0;
};

// How the cluster stands that this instance is a part of.
struct ClusterFigures {
  // Entries of all inboxes, of all instances, that are not worked off; nothing before it was
  // looked.
  std::optional<uint64_t> waiting;
  std::vector<TaskFigures> tasks;  // of this instance
  std::vector<OpeningFigures> opening;
  std::map<int, uint64_t> standbys;  // by slot: entries behind its owner
};

// All that there is to know.
struct DaemonFigures {
  std::string state = "starting";
  std::map<std::string, SystemStatus> systems;
  pipeline::RuntimeFigures pipeline;
  std::string pipeline_error;
  std::optional<ClusterFigures> cluster;  // where there is one
  uint64_t reports_lag = 0;
  std::string reports_error;
  std::string monitor;  // where others can ask; empty: nowhere
};

// What the daemon says about itself: every part writes its own lines, the file is written by one
// thread. Safe from any thread.
class StatusBoard {
 public:
  StatusBoard(std::string path, std::shared_ptr<Clock> clock)
      : path_(std::move(path)), clock_(std::move(clock)) {}

  void SetState(std::string state);
  void SetSystem(const std::string& system, PullState state, const std::string& error);
  // The system is no longer pulled. What was wrong with it stays, so that nobody takes it for
  // mended.
  void SetStopped(const std::string& system);
  void SetUsage(const std::string& system, const connectors::ApiUsage& usage);
  void UpdateObject(const std::string& system, const std::string& object,
                    const ObjectStatus& status);
  void SetPipeline(const pipeline::RuntimeFigures& figures, const std::string& error);
  void SetCluster(ClusterFigures figures);
  void SetReports(uint64_t lag, const std::string& error);
  void SetMonitor(std::string address);
  // Looks whether the pipeline has been at rest behind what was pulled. To be called now and then.
  void NoteRest(const Pipeline& pipeline);

  DaemonFigures figures() const;
  std::string Json() const;
  // One line for a person who waits: rows received, waiting, and accounts.
  std::string Summary() const;
  // Replaces the status file.
  Status Write() const;

 private:
  const std::string path_;
  const std::shared_ptr<Clock> clock_;
  mutable std::mutex mutex_;
  DaemonFigures figures_;
  std::map<std::pair<std::string, std::string>, WorkedOff> worked_off_;  // by system and object
};

}  // namespace trueup::daemon
