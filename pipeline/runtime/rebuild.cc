#include "pipeline/runtime/rebuild.h"

#include <utility>
#include <vector>

#include "pipeline/runtime/outbox.h"

namespace trueup::pipeline {
namespace {

constexpr size_t kRowsPerBatch = 8000;
constexpr size_t kMessagesPerBatch = 4000;
constexpr size_t kAccountsPerBatch = 2000;

Status Commit(const View& view, Store& target) {
  TRUEUP_RETURN_IF_ERROR(view.status());
  StoreBatch batch;
  view.WriteTo(batch);
  return target.Commit(batch);
}

// One batch of raw rows behind `after`, in key order; sets `after` to the last key, or leaves
// `more` false at the end.
Status ImportBatch(const Store& source, Store& target, Topology& topology, Outbox& outbox,
                   PhaseTimes& times, std::string& after, bool& more) {
  View view(&target);
  Effects effects;
  MapCounts counts;
  size_t rows = 0;
  Status damage;
  TRUEUP_RETURN_IF_ERROR(
      source.ScanFrom(kMapRows, after, [&](std::string_view key, std::string_view value) {
        if (key == after) return true;
        auto record = MapRecord::Decode(value);
        if (!record.ok()) {
          damage = std::move(record).error().In(key);
          return false;
        }
        topology.map().Import(Ref::FromText(std::string(key)), *std::move(record), view, effects,
                              counts);
        after = key;
        return ++rows < kRowsPerBatch;
      }));
  TRUEUP_RETURN_IF_ERROR(damage);
  more = rows > 0;
  topology.Deliver(effects, view, 0, times);
  outbox.Write(effects, view);
  return Commit(view, target);
}

// Puts every record into its account and publishes all of them, in slices.
Status Settle(Store& target, Topology& topology, Outbox& outbox, PhaseTimes& times,
              const Clock& clock) {
  for (bool more = true; more;) {
    const bool settled = topology.settled();
    const size_t marked = topology.reconcile().marked();
    View view(&target);
    Effects effects;
    topology.Deliver(effects, view, kMessagesPerBatch, times);
    if (topology.settled()) {
      topology.reconcile().Publish("", kAccountsPerBatch, clock.Now(), view, effects);
    }
    more = !settled || topology.reconcile().marked() < marked;
    outbox.Write(effects, view);
    TRUEUP_RETURN_IF_ERROR(Commit(view, target));
  }
  return {};
}

Status CopyDecisions(const Store& source, Store& target) {
  View view(&target);
  TRUEUP_RETURN_IF_ERROR(
      source.Scan(kDecisions, {}, [&](std::string_view key, std::string_view value) {
        view.Put(kDecisions, std::string(key), std::string(value));
        return true;
      }));
  return Commit(view, target);
}

}  // namespace

Status BuildGeneration(const Store& source, Store& target, Topology& topology,
                       const std::vector<std::string>& topics, const Identity& identity,
                       const Clock& clock) {
  TRUEUP_RETURN_IF_ERROR(CopyDecisions(source, target));
  TRUEUP_RETURN_IF_ERROR(topology.Load(target));
  TRUEUP_ASSIGN(const auto outbox, Outbox::Open(target));
  PhaseTimes times(clock);
  std::string after;
  for (bool more = true; more;) {
    TRUEUP_RETURN_IF_ERROR(ImportBatch(source, target, topology, *outbox, times, after, more));
  }
  TRUEUP_RETURN_IF_ERROR(Settle(target, topology, *outbox, times, clock));
  View view(&target);
  for (const std::string& topic : topics) {
    TRUEUP_ASSIGN(const Position position, GetPosition(topic, source));
    PutPosition(topic, position, view);
  }
  PutIdentity(identity, view);
  TRUEUP_RETURN_IF_ERROR(Commit(view, target));
  return target.Sync();
}

}  // namespace trueup::pipeline
