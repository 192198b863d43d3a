#include "daemon/run.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/logging.h"
#include "config/address.h"
#include "config/config.h"
#include "daemon/auditor.h"
#include "daemon/cluster_service.h"
#include "daemon/folders.h"
#include "daemon/intake.h"
#include "daemon/kafka.h"
#include "daemon/monitor/monitor.h"
#include "daemon/pipeline_service.h"
#include "daemon/progress.h"
#include "daemon/puller.h"
#include "daemon/reports_service.h"
#include "daemon/signals.h"
#include "daemon/sources.h"
#include "daemon/status_board.h"
#include "reports/read_model.h"

namespace trueup::daemon {
namespace {

// How often the status is written and the end looked for.
constexpr std::chrono::milliseconds kStatusInterval{500};
constexpr std::chrono::milliseconds kOnceInterval{100};

pipeline::RuntimeOptions OptionsOf(const config::Config& config, const Sources& sources) {
  pipeline::RuntimeOptions options;
  options.folder = StateFolder(config);
  for (const Source& source : sources.list) options.systems.push_back(source.system);
  return options;
}

// Everything that a run needs, in the order in which it is made; ends in the reverse order.
struct Parts {
  std::shared_ptr<Clock> clock = std::make_shared<SystemClock>();
  Sources sources;
  std::unique_ptr<StatusBoard> board;
  std::unique_ptr<Monitor> monitor;  // null: nobody is told
  std::unique_ptr<pipeline::Log> log;
  std::unique_ptr<Intake> intake;
  std::unique_ptr<ReportsService> reports;
  std::unique_ptr<Pipeline> pipeline;
  std::vector<std::unique_ptr<Puller>> pullers;
  std::vector<std::unique_ptr<Auditor>> auditors;  // one a puller
};

Status OpenReports(const config::Config& config, Parts& parts) {
  TRUEUP_ASSIGN(parts.reports, ReportsService::Open(config, *parts.log, *parts.board, parts.clock));
  return {};
}

std::unique_ptr<Pipeline> MakeLocalPipeline(const config::Config& config, Parts& parts) {
  return std::make_unique<PipelineService>(
      OptionsOf(config, parts.sources), *parts.log, *parts.intake, parts.sources.catalog,
      *parts.board, parts.clock,
      [&reports = *parts.reports](const std::string& generation) {
        return reports.BeginGeneration(generation);
      },
      [&pullers = parts.pullers] {
        return !std::all_of(pullers.begin(), pullers.end(),
                            [](const auto& puller) { return puller->went_once(); });
      });
}

std::unique_ptr<Pipeline> MakeClusterPipeline(const config::Config& config, Parts& parts) {
  pipeline::PartitionedOptions options;
  options.folder = StateFolder(config);
  options.partitions = config.log.partitions;
  options.checkpoints = config.log.checkpoints.path;
  options.standby = config.log.standby;
  for (const Source& source : parts.sources.list) options.systems.push_back(source.system);
  return std::make_unique<ClusterService>(std::move(options), ClusterAccessOf(config), *parts.log,
                                          parts.sources.catalog, *parts.board, parts.clock);
}

// Before anything that may take long, so that a start can be watched.
Status OpenMonitor(const config::Config& config, Parts& parts) {
  const auto address = config::ParseAddress(config.monitor.listen);
  if (!address) return {};
  const auto open_findings =
      [folder = config.data_dir](Instant now) -> Result<std::vector<reports::FindingCount>> {
    TRUEUP_ASSIGN(const reports::Database database, reports::OpenForReading(folder));
    return reports::CountOpenFindings(database, now);
  };
  TRUEUP_ASSIGN(parts.monitor, Monitor::Open(*address, config::DataAgeLimit(config), *parts.board,
                                             open_findings, parts.clock));
  parts.board->SetMonitor(parts.monitor->address());
  LogInfo("daemon", "/metrics, /ready and /live are on http://" + parts.monitor->address());
  return {};
}

Status MakeParts(const config::Config& config, const RunOptions& options, Parts& parts) {
  TRUEUP_ASSIGN(parts.sources, MakeSources(config, parts.clock));
  TRUEUP_RETURN_IF_ERROR(MakeFolder(config.data_dir));
  parts.board = std::make_unique<StatusBoard>(StatusPath(config), parts.clock);
  TRUEUP_RETURN_IF_ERROR(OpenMonitor(config, parts));
  TRUEUP_ASSIGN(parts.log, OpenLog(config));
  TRUEUP_ASSIGN(parts.intake, OpenIntake(config, *parts.log));
  if (options.snapshot) TRUEUP_RETURN_IF_ERROR(parts.intake->ForgetCursors());
  if (config.log.shared()) {
    // The topics first: the reports look at how many partitions they have.
    parts.pipeline = MakeClusterPipeline(config, parts);
    TRUEUP_RETURN_IF_ERROR(parts.pipeline->Start());
    TRUEUP_RETURN_IF_ERROR(OpenReports(config, parts));
  } else {
    TRUEUP_RETURN_IF_ERROR(OpenReports(config, parts));
    parts.pipeline = MakeLocalPipeline(config, parts);
    TRUEUP_RETURN_IF_ERROR(parts.pipeline->Start());
  }
  for (Source& source : parts.sources.list) {
    const auto open_state = [&config, system = source.system, log = parts.log.get(),
                             catalog = parts.sources.catalog] {
      return OpenAuditedState(config, system, log, catalog);
    };
    parts.auditors.push_back(std::make_unique<Auditor>(
        AuditParts{source.system, *parts.intake, open_state, parts.sources.catalog, parts.clock},
        config.audit));
    parts.pullers.push_back(std::make_unique<Puller>(source.system, std::move(source.connector),
                                                     std::move(source.objects), *parts.intake,
                                                     *parts.board, parts.clock));
  }
  return {};
}

// One thread a system; with `once` each ends behind its first cycle.
class Pulling {
 public:
  Pulling(const RunOptions& options, std::chrono::milliseconds interval, Parts& parts)
      : outcomes_(parts.pullers.size()), running_(parts.pullers.size()) {
    for (size_t i = 0; i < parts.pullers.size(); ++i) {
      threads_.emplace_back([this, i, interval, once = options.once, &parts](std::stop_token stop) {
        outcomes_[i] = Pull(parts, i, once, interval, stop);
        --running_;
      });
    }
  }

  static Status Pull(Parts& parts, size_t i, bool once, std::chrono::milliseconds interval,
                     const std::stop_token& stop) {
    Puller& puller = *parts.pullers[i];
    Pipeline& pipeline = *parts.pipeline;
    if (!once) {
      puller.Run(interval, *parts.auditors[i], pipeline, stop);
      return {};
    }
    while (!pipeline.pulls(puller.system())) {
      if (!parts.clock->Wait(kOnceInterval, stop)) return {};
    }
    Status outcome = puller.RunCycle(stop);
    if (!puller.went_once()) return outcome;
    Status noted = pipeline.NotePulled(puller.system());
    return outcome.ok() ? std::move(noted) : std::move(outcome);
  }

  bool done() const { return running_ == 0; }

  void Stop() {
    for (std::jthread& thread : threads_) thread.request_stop();
    threads_.clear();
  }

  // What went wrong in the systems that could not be pulled to the end. REQUIRES: done().
  Status Outcome() const {
    std::string text;
    ErrorKind kind = ErrorKind::kTransient;
    for (const Status& outcome : outcomes_) {
      if (outcome.ok()) continue;
      if (!text.empty()) text += "\n";
      text += outcome.error().message();
      if (outcome.error().kind() == ErrorKind::kDenied) kind = ErrorKind::kDenied;
    }
    if (text.empty()) return {};
    return Error(kind, text);
  }

 private:
  std::vector<Status> outcomes_;
  std::atomic<size_t> running_;
  std::vector<std::jthread> threads_;
};

// Follows one cycle to its end: pulled, then worked off, then in the reports. Each part counts how
// often it found nothing to do; two more than when the part before it was through mean that it has
// seen everything.
class CycleEnd {
 public:
  CycleEnd(const Parts& parts, const Pulling& pulling) : parts_(parts), pulling_(pulling) {}

  bool Reached() {
    if (phase_ == Phase::kPulling && pulling_.done()) {
      Enter(Phase::kWorking, parts_.pipeline->idle_rounds());
    } else if (phase_ == Phase::kWorking && parts_.pipeline->idle_rounds() >= begun_at_ + 2) {
      Enter(Phase::kReporting, parts_.reports->idle_rounds());
    }
    return phase_ == Phase::kReporting && parts_.reports->idle_rounds() >= begun_at_ + 2;
  }

 private:
  enum class Phase { kPulling, kWorking, kReporting };
  void Enter(Phase phase, uint64_t idle_rounds) {
    phase_ = phase;
    begun_at_ = idle_rounds;
  }

  const Parts& parts_;
  const Pulling& pulling_;
  Phase phase_ = Phase::kPulling;
  uint64_t begun_at_ = 0;  // idle rounds of the part that the phase waits for, when it began
};

// Waits for the end: a signal, or with `once` the end of the cycle.
Status Watch(const Signals& signals, const RunOptions& options, const Parts& parts,
             const Pulling& pulling) {
  Progress progress(*parts.clock);
  CycleEnd end(parts, pulling);
  while (!signals.WaitForEnd(options.once ? kOnceInterval : kStatusInterval)) {
    parts.board->NoteRest(*parts.pipeline);
    TRUEUP_RETURN_IF_ERROR(parts.board->Write());
    progress.Show(*parts.board, options.once);
    // A full disk, most likely. Whoever runs the daemon starts it again, and it opens everything
    // anew.
    if (const auto failure = parts.intake->failure()) return *failure;
    if (!options.once) continue;
    if (const std::string error = parts.pipeline->error(); !error.empty()) {
      return Error(ErrorKind::kTransient, error);
    }
    if (end.Reached()) return pulling.Outcome();
  }
  return options.once ? Status(Error(ErrorKind::kCancelled, "stopped by a signal")) : Status();
}

}  // namespace

Status RunDaemon(const config::Config& config, const RunOptions& options) {
  const Signals signals;
  Parts parts;
  {
    const EndAtOnce starting(signals, options.once ? 1 : 0);
    TRUEUP_RETURN_IF_ERROR(MakeParts(config, options, parts));
  }
  LogInfo("daemon", "started, data in " + config.data_dir);
  parts.board->SetState("running");
  Status outcome;
  {
    std::jthread pipeline([&](std::stop_token stop) { parts.pipeline->Run(stop); });
    std::jthread reports([&](std::stop_token stop) { parts.reports->Run(*parts.pipeline, stop); });
    Pulling pulling(options, config.cycle.interval, parts);
    outcome = Watch(signals, options, parts, pulling);
    LogInfo("daemon", "stopping");
    pulling.Stop();
  }
  parts.board->SetState("stopped");
  Status written = parts.board->Write();
  if (outcome.ok()) outcome = std::move(written);
  LogInfo("daemon", "stopped");
  return outcome;
}

}  // namespace trueup::daemon
