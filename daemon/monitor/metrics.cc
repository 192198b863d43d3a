#include "daemon/monitor/metrics.h"

#include <optional>

#include "daemon/monitor/open_metrics.h"
#include "daemon/monitor/readiness.h"

namespace trueup::daemon {
namespace {

using Type = MetricFamily::Type;
using Value = std::optional<double>;  // nothing: there is no sample

double Seconds(std::chrono::microseconds duration) {
  return static_cast<double>(duration.count()) / 1e6;
}

Value SecondsOf(const std::optional<Instant>& at) {
  return at ? Value(Seconds(at->time_since_epoch())) : Value();
}

Value Count(uint64_t count) { return static_cast<double>(count); }

// A family with a sample for each `Subject` that has the value.
template <class Subject>
struct Metric {
  MetricFamily family;
  Value (*value)(const Subject& subject, Instant now);
};

template <class Subject, class Proof>
Value OfProof(const Subject& object, Proof proof) {
  return object.audit.proof ? proof(*object.audit.proof) : Value();
}

constexpr Metric<DaemonFigures> kDaemonMetrics[] = {
    {{"pipeline_batches", Type::kCounter, "",
      "Batches committed since the state was opened, over an embedded log."},
     [](const DaemonFigures& f, Instant) {
       return f.cluster ? Value() : Count(f.pipeline.batches);
     }},
    {{"pipeline_failing", Type::kGauge, "", "1 while the pipeline cannot work."},
     [](const DaemonFigures& f, Instant) { return Value(f.pipeline_error.empty() ? 0 : 1); }},
    {{"accounts_waiting", Type::kGauge, "",
      "Accounts that changed and are not published yet, over an embedded log."},
     [](const DaemonFigures& f, Instant) {
       return f.cluster ? Value() : Count(f.pipeline.accounts_marked);
     }},
    {{"reports_lag_documents", Type::kGauge, "",
      "Published documents that the reports do not have yet."},
     [](const DaemonFigures& f, Instant) { return Count(f.reports_lag); }},
    {{"reports_failing", Type::kGauge, "", "1 while the reports cannot be brought up to date."},
     [](const DaemonFigures& f, Instant) { return Value(f.reports_error.empty() ? 0 : 1); }},
    {{"cluster_lag_entries", Type::kGauge, "",
      "Entries of all inboxes, of all instances, that are not worked off."},
     [](const DaemonFigures& f, Instant) {
       return f.cluster && f.cluster->waiting ? Count(*f.cluster->waiting) : Value();
     }},
};

constexpr Metric<SystemStatus> kSystemMetrics[] = {
    {{"source_data_age", Type::kGauge, "seconds",
      "Since the last pull that is worked off; absent where there is none, or another instance "
      "pulls it."},
     [](const SystemStatus& s, Instant now) {
       const auto age = s.state == PullState::kElsewhere ? std::nullopt : DataAge(s, now);
       return age ? Value(Seconds(*age)) : Value();
     }},
    {{"source_pulled_here", Type::kGauge, "", "1 at the instance that pulls the source."},
     [](const SystemStatus& s, Instant) {
       return Value(s.state == PullState::kElsewhere ? 0 : 1);
     }},
    {{"source_api_calls", Type::kCounter, "", "Requests sent since the start, retries included."},
     [](const SystemStatus& s, Instant) { return Count(s.usage.calls); }},
    {{"source_api_allowance_used", Type::kGauge, "",
      "Of the source's own allowance, by everybody, where it tells."},
     [](const SystemStatus& s, Instant) { return s.usage.used ? Value(*s.usage.used) : Value(); }},
    {{"source_api_allowance", Type::kGauge, "", "What the source allows, where it tells."},
     [](const SystemStatus& s, Instant) {
       return s.usage.allowed ? Value(*s.usage.allowed) : Value();
     }},
};

constexpr Metric<pipeline::SourceProgress> kProgressMetrics[] = {
    {{"source_lag_events", Type::kGauge, "",
      "Events in the log that this instance has to map and has not read."},
     [](const pipeline::SourceProgress& p, Instant) { return Count(p.end - p.offset); }},
    {{"source_events_mapped", Type::kCounter, "",
      "Events turned into the glossary's terms, by this generation."},
     [](const pipeline::SourceProgress& p, Instant) { return Count(p.counts.mapped); }},
    {{"source_events_quarantined", Type::kCounter, "", "Events that could not be mapped."},
     [](const pipeline::SourceProgress& p, Instant) { return Count(p.counts.quarantined); }},
    {{"source_events_outdated", Type::kCounter, "", "Events older than what was held already."},
     [](const pipeline::SourceProgress& p, Instant) { return Count(p.counts.outdated); }},
};

constexpr Metric<ObjectStatus> kObjectMetrics[] = {
    {{"object_records_received", Type::kCounter, "",
      "Rows that the source gave, ever: published and repeats."},
     [](const ObjectStatus& o, Instant) { return Count(o.counts.received); }},
    {{"object_records_published", Type::kCounter, "", "New versions that went to the log."},
     [](const ObjectStatus& o, Instant) { return Count(o.counts.published); }},
    {{"object_records_repeats", Type::kCounter, "",
      "Versions that the log had already, which were dropped."},
     [](const ObjectStatus& o, Instant) { return Count(o.counts.repeats); }},
    {{"object_caught_up_timestamp", Type::kGauge, "seconds", "When it was last pulled to its end."},
     [](const ObjectStatus& o, Instant) { return SecondsOf(o.caught_up); }},
    {{"object_worked_off_timestamp", Type::kGauge, "seconds",
      "When the last pull ended that is worked off."},
     [](const ObjectStatus& o, Instant) { return SecondsOf(o.worked_off); }},
    {{"audit_timestamp", Type::kGauge, "seconds",
      "When all ids were last compared with the source's."},
     [](const ObjectStatus& o, Instant) {
       return OfProof(o, [](const IdProof& p) { return SecondsOf(p.at); });
     }},
    {{"audit_listed_records", Type::kGauge, "", "Ids that the source listed in the last audit."},
     [](const ObjectStatus& o, Instant) {
       return OfProof(o, [](const IdProof& p) { return Count(p.listed); });
     }},
    {{"audit_missing_records", Type::kGauge, "",
      "Ids that were listed and not held, before that was mended."},
     [](const ObjectStatus& o, Instant) {
       return OfProof(o, [](const IdProof& p) { return Count(p.missing); });
     }},
    {{"audit_extra_records", Type::kGauge, "",
      "Ids that were held and not listed, before that was mended."},
     [](const ObjectStatus& o, Instant) {
       return OfProof(o, [](const IdProof& p) { return Count(p.extra); });
     }},
    {{"audit_counts_timestamp", Type::kGauge, "seconds",
      "When counts by time of creation were last compared, since the start."},
     [](const ObjectStatus& o, Instant) { return o.created ? SecondsOf(o.created->at) : Value(); }},
    {{"audit_counts_differing_windows", Type::kGauge, "",
      "Windows of time in which they differed; those that stay have ids compared at once."},
     [](const ObjectStatus& o, Instant) {
       return o.created ? Count(o.created->differing) : Value();
     }},
    {{"audit_contents_timestamp", Type::kGauge, "seconds",
      "When the last comparison of the contents of all rows began."},
     [](const ObjectStatus& o, Instant) {
       return o.contents.proof ? SecondsOf(o.contents.proof->begun) : Value();
     }},
    {{"audit_contents_compared_records", Type::kGauge, "", "Rows that it compared."},
     [](const ObjectStatus& o, Instant) {
       return o.contents.proof ? Count(o.contents.proof->tally.compared) : Value();
     }},
    {{"audit_contents_differing_records", Type::kGauge, "",
      "Of them, those whose contents differed, before that was mended."},
     [](const ObjectStatus& o, Instant) {
       return o.contents.proof ? Count(o.contents.proof->tally.differing) : Value();
     }},
    {{"audit_gaps", Type::kGauge, "", "Records that differed in two audits in a row."},
     [](const ObjectStatus& o, Instant) {
       return Count(o.audit.stated.size() + o.contents.stated.size());
     }},
    {{"audit_failing", Type::kGauge, "", "1 where the last try to audit came to nothing."},
     [](const ObjectStatus& o, Instant) {
       return Value(o.audit.error.empty() && o.contents.error.empty() ? 0 : 1);
     }},
};

constexpr Metric<TaskFigures> kTaskMetrics[] = {
    {{"task_owned", Type::kGauge, "", "1 at the instance that works the task."},
     [](const TaskFigures&, Instant) { return Value(1); }},
    {{"task_lag_entries", Type::kGauge, "", "Entries of the task's inbox that are not worked off."},
     [](const TaskFigures& t, Instant) {
       return Count(t.end > t.settled ? t.end - t.settled : 0);
     }},
    {{"task_replay_entries", Type::kGauge, "",
      "Entries that stood in the inbox when the task came to this instance, and that its state had "
      "not taken in."},
     [](const TaskFigures& t, Instant) { return Count(t.to_replay); }},
    {{"task_replayed_entries", Type::kGauge, "", "Of these, taken in by now."},
     [](const TaskFigures& t, Instant) { return Count(t.replayed); }},
    {{"task_batches", Type::kCounter, "",
      "Batches committed since the task came to this instance."},
     [](const TaskFigures& t, Instant) { return Count(t.batches); }},
    {{"task_unacknowledged", Type::kGauge, "bytes", "Sent, and not yet acknowledged by the log."},
     [](const TaskFigures& t, Instant) { return Count(t.unacknowledged); }},
};

constexpr Metric<OpeningFigures> kOpeningMetrics[] = {
    {{"slot_restored", Type::kGauge, "bytes",
      "Of the checkpoint that a slot begins from, copied by now; absent once it works."},
     [](const OpeningFigures& o, Instant) { return Count(o.bytes); }},
    {{"slot_restore", Type::kGauge, "bytes", "All of that checkpoint."},
     [](const OpeningFigures& o, Instant) { return Count(o.bytes_in_all); }},
};

constexpr MetricFamily kStandbyLag{
    "standby_lag_entries", Type::kGauge, "",
    "How far the copy of a slot that is kept here is behind the slot's owner."};
constexpr MetricFamily kBuild{"build", Type::kInfo, "", "The version of the program."};
constexpr MetricFamily kGeneration{"generation", Type::kInfo, "",
                                   "The build of the state that is worked on."};
constexpr MetricFamily kPullState{"pull_state", Type::kStateSet, "",
                                  "How the pulling of an object stands."};
constexpr MetricFamily kFindings{"findings_open", Type::kGauge, "", "Findings that are open now."};
constexpr MetricFamily kPhaseTime{
    "pipeline_phase", Type::kCounter, "seconds",
    "Where the time went since the state was opened, over an embedded log."};

template <class Metrics, class ForEach>
void Write(const Metrics& metrics, Instant now, OpenMetricsWriter& writer, ForEach for_each) {
  for (const auto& metric : metrics) {
    writer.Begin(metric.family);
    for_each([&](const MetricLabels& labels, const auto& subject) {
      if (const Value value = metric.value(subject, now)) writer.Sample(labels, *value);
    });
  }
}

template <class Visit>
void ForEachObject(const DaemonFigures& figures, Visit visit) {
  for (const auto& [system, status] : figures.systems) {
    for (const auto& [object, object_status] : status.objects) {
      visit({{"system", system}, {"object", object}}, object_status);
    }
  }
}

void WritePullStates(const DaemonFigures& figures, OpenMetricsWriter& writer) {
  writer.Begin(kPullState);
  ForEachObject(figures, [&](MetricLabels labels, const ObjectStatus& object) {
    for (int i = 0; i <= static_cast<int>(PullState::kElsewhere); ++i) {
      const auto state = static_cast<PullState>(i);
      MetricLabels all = labels;
      all.emplace_back("trueup_pull_state", ToString(state));
      writer.Sample(all, object.state == state ? 1 : 0);
    }
  });
}

void WriteTasks(const DaemonFigures& figures, Instant now, OpenMetricsWriter& writer) {
  Write(kTaskMetrics, now, writer, [&](auto visit) {
    if (!figures.cluster) return;
    for (const TaskFigures& task : figures.cluster->tasks) {
      const std::string partition = std::to_string(task.partition);
      visit({{"stage", task.stage}, {"inbox", task.inbox}, {"partition", partition}}, task);
    }
  });
  Write(kOpeningMetrics, now, writer, [&](auto visit) {
    if (!figures.cluster) return;
    for (const OpeningFigures& slot : figures.cluster->opening) {
      const std::string number = std::to_string(slot.slot);
      visit({{"slot", number}}, slot);
    }
  });
}

void WriteStandbys(const DaemonFigures& figures, OpenMetricsWriter& writer) {
  writer.Begin(kStandbyLag);
  if (!figures.cluster) return;
  for (const auto& [slot, behind] : figures.cluster->standbys) {
    writer.Sample({{"slot", std::to_string(slot)}}, static_cast<double>(behind));
  }
}

void WritePhases(const DaemonFigures& figures, OpenMetricsWriter& writer) {
  writer.Begin(kPhaseTime);
  if (figures.cluster) return;
  for (size_t i = 0; i < pipeline::kPhases; ++i) {
    writer.Sample({{"phase", ToString(static_cast<pipeline::Phase>(i))}},
                  Seconds(figures.pipeline.times[i]));
  }
}

std::string_view TypeText(Type type) {
  switch (type) {
    case Type::kGauge: return "gauge";
    case Type::kCounter: return "counter";
    case Type::kInfo: return "info";
    case Type::kStateSet: return "state";
  }
  return "";
}

std::string Line(const MetricFamily& family, const std::string& labels) {
  return "| `" + family.full_name() + "` | " + std::string(TypeText(family.type)) + " | " + labels +
         " | " + std::string(family.help) + " |\n";
}

template <class Metrics>
std::string Lines(const Metrics& metrics, const std::string& labels) {
  std::string lines;
  for (const auto& metric : metrics) lines += Line(metric.family, labels);
  return lines;
}

}  // namespace

std::string MetricsText(const DaemonFigures& figures,
                        const std::vector<reports::FindingCount>& findings, Instant now) {
  OpenMetricsWriter writer;
  writer.Begin(kBuild);
  writer.Sample({{"version", TRUEUP_VERSION}}, 1);
  writer.Begin(kGeneration);
  if (!figures.pipeline.generation.empty()) {
    writer.Sample({{"generation", figures.pipeline.generation}}, 1);
  }
  Write(kDaemonMetrics, now, writer, [&](auto visit) { visit({}, figures); });
  WritePhases(figures, writer);
  Write(kSystemMetrics, now, writer, [&](auto visit) {
    for (const auto& [name, system] : figures.systems) visit({{"system", name}}, system);
  });
  Write(kProgressMetrics, now, writer, [&](auto visit) {
    for (const auto& [name, source] : figures.pipeline.sources) visit({{"system", name}}, source);
  });
  Write(kObjectMetrics, now, writer, [&](auto visit) { ForEachObject(figures, visit); });
  WritePullStates(figures, writer);
  WriteTasks(figures, now, writer);
  WriteStandbys(figures, writer);
  writer.Begin(kFindings);
  for (const reports::FindingCount& count : findings) {
    writer.Sample({{"kind", count.kind}, {"severity", count.severity}},
                  static_cast<double>(count.findings));
  }
  return writer.Take();
}

std::string MetricsReference() {
  return "| metric | type | labels | is |\n| --- | --- | --- | --- |\n" +
         Line(kBuild, "`version`") + Line(kGeneration, "`generation`") + Lines(kDaemonMetrics, "") +
         Line(kPhaseTime, "`phase`") + Lines(kSystemMetrics, "`system`") +
         Lines(kProgressMetrics, "`system`") + Lines(kObjectMetrics, "`system`, `object`") +
         Line(kPullState, "`system`, `object`, `trueup_pull_state`") +
         Lines(kTaskMetrics, "`stage`, `inbox`, `partition`") + Lines(kOpeningMetrics, "`slot`") +
         Line(kStandbyLag, "`slot`") + Line(kFindings, "`kind`, `severity`");
}

}  // namespace trueup::daemon
