#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "mappings/catalog.h"
#include "pipeline/log/log.h"
#include "pipeline/runtime/committer.h"
#include "pipeline/runtime/generation.h"
#include "pipeline/runtime/outbox.h"
#include "pipeline/runtime/topics.h"
#include "pipeline/runtime/topology.h"
#include "pipeline/state/store.h"

namespace trueup::pipeline {

// How much one step takes on, so that one commit stays small.
struct StepLimits {
  size_t records = 1000;  // events read, per system
  size_t bytes = 8 << 20;
  uint64_t deferring_backlog = kDeferringBacklog;
  size_t messages = 1000;  // sent by resolve: each membership moves the rows that hang on a member
  size_t accounts = 500;   // built
};

struct RuntimeOptions {
  std::string folder;                // of the generations
  std::vector<std::string> systems;  // whose source topics are read
  int threads = 2;                   // for scoring pairs
  StepLimits limits;
  std::optional<uint64_t> shuffle_seed;  // Topology
};

// Where the pipeline stands with one system.
struct SourceProgress {
  uint64_t offset = 0;  // next to be read
  uint64_t end = 0;     // behind the last durable event, when last looked
  MapCounts counts;     // of this generation, rebuilt rows not counted
};

struct RuntimeFigures {
  std::map<std::string, SourceProgress> sources;
  Resolver::Figures resolver;
  uint64_t accounts_marked = 0;  // changed and not yet published
  std::string generation;
  uint64_t batches = 0;  // taken through the stages since the runtime was opened
  std::array<std::chrono::microseconds, kPhases> times{};  // by Phase, since the runtime was opened
};

// The whole pipeline in one process over one log. Step takes events from the source topics through
// all stages and commits state, offsets and outbox together; a crash at any point leaves the state
// of some step's end. The commit of one step goes on beside the work of the next; a step that finds
// nothing to do waits for it. One thread calls Step; SendOutbox and figures() may be called from
// another.
//
// After an error of Step the runtime is spent: open a new one, which continues behind the last
// commit.
class EmbeddedRuntime {
 public:
  // Opens the live generation, or makes the first. One that was built by another version of config
  // or code is rebuilt from its raw rows into the next generation, which then takes its place. A
  // damaged one is set aside: then rebuilt_from_nothing() tells the caller to pull everything anew.
  static Result<std::unique_ptr<EmbeddedRuntime>> Open(
      RuntimeOptions options, Log& log, std::shared_ptr<const mappings::Catalog> catalog,
      std::shared_ptr<Clock> clock);

  // Works off one batch. False: there was nothing to do. While a `first_pull` goes on, the records
  // of a state without any account are only gathered, and nothing is sent: an account of which one
  // system has not been read yet looks as if that system did not know it, and a contact that comes
  // before its account as if it had none.
  Result<bool> Step(bool first_pull = false);

  // Sends what was published to the log. False: nothing was waiting.
  Result<bool> SendOutbox();
  // Whether everything that the steps published is in the log. For the thread that calls Step.
  bool all_sent() const { return outbox_->empty(); }

  // Lets go of what the state no longer needs from the source topics, after making the state
  // durable.
  Status Trim();

  RuntimeFigures figures() const;
  const std::string& generation() const { return generation_; }
  bool rebuilt_from_nothing() const { return from_nothing_; }
  const Store& store() const { return *store_; }
  const Resolver& resolver() const { return topology_->resolver(); }

  // Builds the next generation from the live one's raw rows and decisions and makes it the live
  // one, as an edit of the config does. REQUIRES: no runtime is open on `options.folder`.
  static Status Rebuild(const RuntimeOptions& options, const Log& log,
                        std::shared_ptr<const mappings::Catalog> catalog,
                        std::shared_ptr<Clock> clock);

 private:
  EmbeddedRuntime(RuntimeOptions options, Log& log,
                  std::shared_ptr<const mappings::Catalog> catalog, std::shared_ptr<Clock> clock);
  Status OpenGeneration();
  Status OpenStore(const std::string& name);
  Status CheckLog() const;
  // What Step does before it commits: fills the view. False: there was nothing to do.
  Result<bool> Work(bool first_pull, View& view);
  RuntimeFigures CurrentFigures() const;
  Status ReadSources(View& view, Effects& effects, bool& worked);
  Status ReadDecisions(View& view, Effects& effects, bool& worked);

  RuntimeOptions options_;
  Log& log_;
  std::shared_ptr<const mappings::Catalog> catalog_;
  std::shared_ptr<Clock> clock_;
  Generations generations_;
  std::string generation_;
  bool from_nothing_ = false;
  std::unique_ptr<Store> store_;
  std::optional<Topology> topology_;  // what the open store's stages hold in memory
  std::unique_ptr<Outbox> outbox_;
  std::optional<Committer> committer_;  // of the open store
  std::map<std::string, SourceProgress> sources_;
  uint64_t decisions_offset_ = 0;
  bool gathers_ = false;                // the last step, and
  bool gathered_ = false;               // the one before it, only took in records
  std::atomic<bool> held_back_ = true;  // nothing is sent yet
  PhaseTimes times_;
  uint64_t batches_ = 0;
  mutable std::mutex figures_mutex_;
  RuntimeFigures figures_;              // of what is committed
  RuntimeFigures uncommitted_figures_;  // behind the last step
};

}  // namespace trueup::pipeline
