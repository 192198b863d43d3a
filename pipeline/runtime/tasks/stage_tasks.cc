#include "pipeline/runtime/tasks/stage_tasks.h"

#include <utility>
#include <vector>

#include "pipeline/runtime/decisions.h"
#include "pipeline/runtime/tasks/gate.h"
#include "pipeline/runtime/tasks/router.h"
#include "pipeline/stages/collect_stage.h"
#include "pipeline/stages/reconcile_stage.h"
#include "pipeline/stages/resolve_stage.h"

namespace trueup::pipeline {
namespace {

// Slices of a cut: enough to be worth a commit, few enough to stay in memory.
constexpr size_t kAccountsPerSlice = 500;
constexpr size_t kMessagesPerSlice = 2000;

// Which tag a stage has in a store that several share.
constexpr char kMapTag = 'm';
constexpr char kCollectTag = 'c';
constexpr char kResolveTag = 'r';
constexpr char kReconcileTag = 'a';

Error At(Error error, const LogRecord& record) {
  return std::move(error).In("offset " + std::to_string(record.offset));
}

// The messages among these entries that are news, with the offset of each.
template <class Input>
struct News {
  std::vector<Input> inputs;
  std::vector<uint64_t> offsets;
};

template <class Input, class Decode>
Result<News<Input>> TakeNews(const std::vector<LogRecord>& records, const Decode& decode,
                             const Gate& gate, View& view) {
  std::vector<Versioned<Input>> messages;
  messages.reserve(records.size());
  for (const LogRecord& record : records) {
    Result<Entry<Input>> entry = decode(record.value);
    if (!entry.ok()) return At(std::move(entry).error(), record);
    messages.push_back(std::get<Versioned<Input>>(*std::move(entry)));
  }
  std::vector<Gate::Arrival> arrivals;
  arrivals.reserve(messages.size());
  for (const auto& message : messages) arrivals.push_back({message.key, message.version});
  const std::vector<bool> passed = gate.Pass(arrivals, view);
  News<Input> news;
  for (size_t i = 0; i < messages.size(); ++i) {
    if (!passed[i]) continue;
    news.inputs.push_back(std::move(messages[i].input));
    news.offsets.push_back(records[i].offset);
  }
  return news;
}

class MapTask : public UncutStage {
 public:
  MapTask(std::shared_ptr<const mappings::Catalog> catalog, const GenerationPlan& plan)
      : stage_(std::move(catalog)), router_(plan, kMapTag) {}

  Status Apply(std::vector<LogRecord>& records, View& view, Outbound& out,
               MapCounts& counts) override {
    std::vector<SourceInput> inputs;
    inputs.reserve(records.size());
    for (LogRecord& record : records) {
      const bool json = ChangeEvent::IsJson(record.value);
      auto event = json ? ChangeEvent::DecodeJson(record.value) : ChangeEvent::Decode(record.value);
      if (!event.ok()) return At(std::move(event).error(), record);
      std::string bytes = std::move(record.value);
      if (json) {
        bytes.clear();
        event->Encode(bytes);
      }
      inputs.push_back({record.offset, *std::move(event), std::move(bytes)});
    }
    view.Prefetch(kMapRows, MapStage::Reads(inputs));
    Effects effects;
    for (const SourceInput& input : inputs) {
      stage_.Apply(input, view, effects, counts);
      router_.Route(effects, input.offset, view, out);
    }
    return {};
  }

 private:
  MapStage stage_;
  Router router_;
};

class CollectTask : public TaskStage {
 public:
  CollectTask(std::shared_ptr<const mappings::Catalog> catalog, const GenerationPlan& plan)
      : stage_(std::move(catalog)), router_(plan, kCollectTag), gate_(kCollectTag) {}

  Status Load(const Store& store) override {
    TRUEUP_ASSIGN(const auto open, store.Get(kMeta, kOpenKey));
    open_ = open.has_value();
    return {};
  }

  Status Apply(std::vector<LogRecord>& records, View& view, Outbound& out,
               MapCounts& /*counts*/) override {
    TRUEUP_ASSIGN(const auto news,
                  TakeNews<CollectInput>(records, DecodeCollectEntry, gate_, view));
    view.Prefetch(kNodes, CollectStage::Reads(news.inputs));
    Effects effects;
    for (size_t i = 0; i < news.inputs.size(); ++i) {
      stage_.Apply(news.inputs[i], view, effects);
      if (open_) {
        router_.Route(effects, news.offsets[i], view, out);
      } else {
        router_.RouteHolding(effects, news.offsets[i], view, out);
      }
    }
    return {};
  }

  Result<bool> ApplyCut(const LogRecord& record, const Store& store, View& view,
                        Outbound& out) override {
    if (open_) return true;
    TRUEUP_RETURN_IF_ERROR(router_.Release(record.offset, store, view, out));
    view.Put(kMeta, kOpenKey, {});
    open_ = true;
    return true;
  }

 private:
  static constexpr const char* kOpenKey = "collect_publishes";

  CollectStage stage_;
  Router router_;
  Gate gate_;
  bool open_ = false;
};

class DecisionsTask : public UncutStage {
 public:
  explicit DecisionsTask(const GenerationPlan& plan) : router_(plan, kResolveTag) {}

  Status Apply(std::vector<LogRecord>& records, View& view, Outbound& out,
               MapCounts& /*counts*/) override {
    Effects effects;
    for (const LogRecord& record : records) {
      TRUEUP_ASSIGN(PairDecision decision, ParseDecision(record));
      Ref ref = decision.a;
      effects.to_resolve.push_back({std::move(ref), std::nullopt, std::move(decision)});
      router_.Route(effects, record.offset, view, out);
    }
    return {};
  }

 private:
  Router router_;
};

class ResolveTask : public TaskStage {
 public:
  ResolveTask(std::shared_ptr<const mappings::Catalog> catalog, const GenerationPlan& plan,
              int threads)
      : stage_(std::move(catalog), threads), router_(plan, kResolveTag), gate_(kResolveTag) {}

  Status Load(const Store& store) override { return stage_.Load(store); }
  bool works_at_cuts() const override { return true; }

  Status Apply(std::vector<LogRecord>& records, View& view, Outbound& /*out*/,
               MapCounts& /*counts*/) override {
    TRUEUP_ASSIGN(auto news, TakeNews<ResolveInput>(records, DecodeResolveEntry, gate_, view));
    stage_.Take(std::move(news.inputs), view);
    return {};
  }

  Result<bool> ApplyCut(const LogRecord& record, const Store& /*store*/, View& view,
                        Outbound& out) override {
    Effects effects;
    stage_.Settle(view, effects);
    stage_.Send(kMessagesPerSlice, view, effects);
    router_.Route(effects, record.offset, view, out);
    return stage_.settled();
  }

 private:
  ResolveStage stage_;
  Router router_;
  Gate gate_;
};

class ReconcileTask : public TaskStage {
 public:
  ReconcileTask(std::shared_ptr<const mappings::Catalog> catalog, const GenerationPlan& plan)
      : stage_(std::move(catalog)), router_(plan, kReconcileTag), gate_(kReconcileTag) {}

  Status Load(const Store& store) override { return stage_.Load(store); }
  bool works_at_cuts() const override { return true; }

  Status Apply(std::vector<LogRecord>& records, View& view, Outbound& /*out*/,
               MapCounts& /*counts*/) override {
    TRUEUP_ASSIGN(const auto news,
                  TakeNews<ReconcileInput>(records, DecodeReconcileEntry, gate_, view));
    view.Prefetch(kAccounts, ReconcileStage::Reads(news.inputs));
    for (const ReconcileInput& input : news.inputs) stage_.Apply(input, view);
    return {};
  }

  Result<bool> ApplyCut(const LogRecord& record, const Store& /*store*/, View& view,
                        Outbound& out) override {
    TRUEUP_ASSIGN(const auto entry, DecodeReconcileEntry(record.value));
    Effects effects;
    // An account whose rows have not all come yet stays marked for a later cut.
    looked_at_ =
        stage_.Publish(looked_at_, kAccountsPerSlice, std::get<Cut>(entry).at, view, effects);
    router_.Route(effects, record.offset, view, out);
    return looked_at_.empty();
  }

 private:
  ReconcileStage stage_;
  Router router_;
  Gate gate_;
  std::string looked_at_;  // the last account that the present cut has looked at; empty: none yet
};

}  // namespace

std::unique_ptr<TaskStage> MakeMapTask(std::shared_ptr<const mappings::Catalog> catalog,
                                       const GenerationPlan& plan) {
  return std::make_unique<MapTask>(std::move(catalog), plan);
}

std::unique_ptr<TaskStage> MakeCollectTask(std::shared_ptr<const mappings::Catalog> catalog,
                                           const GenerationPlan& plan) {
  return std::make_unique<CollectTask>(std::move(catalog), plan);
}

std::unique_ptr<TaskStage> MakeDecisionsTask(const GenerationPlan& plan) {
  return std::make_unique<DecisionsTask>(plan);
}

std::unique_ptr<TaskStage> MakeResolveTask(std::shared_ptr<const mappings::Catalog> catalog,
                                           const GenerationPlan& plan, int threads) {
  return std::make_unique<ResolveTask>(std::move(catalog), plan, threads);
}

std::unique_ptr<TaskStage> MakeReconcileTask(std::shared_ptr<const mappings::Catalog> catalog,
                                             const GenerationPlan& plan) {
  return std::make_unique<ReconcileTask>(std::move(catalog), plan);
}

}  // namespace trueup::pipeline
