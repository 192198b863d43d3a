#include "pipeline/runtime/embedded_runtime.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "base/json.h"
#include "pipeline/log/embedded/embedded_log.h"
#include "pipeline/runtime/placement.h"
#include "pipeline/runtime/test_history.h"
#include "pipeline/stages/changes.h"

namespace trueup::pipeline {
namespace {

using Documents = std::map<std::string, std::string>;  // (topic, key) -> hash of the canonical form

// One pipeline in a folder of its own: a log that is fed by hand, and a runtime over it.
class Bench {
 public:
  explicit Bench(RuntimeOptions options = {}) : options_(std::move(options)) {
    std::string pattern = testing::TempDir() + "runtime.XXXXXX";
    folder_ = mkdtemp(pattern.data());
    options_.folder = folder_ + "/state";
    options_.systems = {"crm", "erp"};
    log_ = OpenEmbeddedLog(folder_ + "/log").value();
    Open();
  }
  ~Bench() {
    runtime_.reset();
    log_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Open() {
    runtime_.reset();
    auto runtime = EmbeddedRuntime::Open(options_, *log_, TestCatalog(), clock_);
    ASSERT_TRUE(runtime.ok()) << runtime.error().message();
    runtime_ = *std::move(runtime);
  }

  void Feed(const std::vector<ChangeEvent>& events) {
    std::map<std::string, std::vector<LogEntry>> by_system;
    for (const ChangeEvent& event : events) {
      LogEntry entry{event.ref.text(), {}};
      event.Encode(entry.value);
      by_system[std::string(event.ref.system())].push_back(std::move(entry));
    }
    for (const auto& [system, entries] : by_system) {
      ASSERT_TRUE(log_->Append({SourceTopic(system), 0}, entries).ok());
      ASSERT_TRUE(log_->Sync({SourceTopic(system), 0}).ok());
    }
  }

  bool Step() {
    const auto worked = runtime_->Step();
    EXPECT_TRUE(worked.ok()) << worked.error().message();
    return worked.ok() && *worked;
  }

  void RunToQuiet() {
    while (Step()) {
    }
    EXPECT_EQ(runtime_->figures().accounts_marked, 0U)
        << "an account waits for rows that never come";
    const auto placed = PlaceRows(runtime_->store(), *TestCatalog());
    ASSERT_TRUE(placed.ok()) << placed.error().message();
    for (const auto& [object, placement] : *placed) {
      EXPECT_EQ(placement.waiting, 0U) << object << ": a row is nowhere";
    }
  }

  Documents Published() const {
    Documents documents;
    const Status scanned =
        runtime_->store().Scan(kPublished, {}, [&](std::string_view key, std::string_view value) {
          documents[std::string(key)] = std::string(DecodeDocument(value).hash);
          return true;
        });
    EXPECT_TRUE(scanned.ok());
    return documents;
  }

  // The published documents of a topic, by key.
  std::map<std::string, std::string> Json(const std::string& topic) const {
    std::map<std::string, std::string> documents;
    const std::string prefix = DocumentKey(topic, "");
    const Status scanned = runtime_->store().Scan(
        kPublished, prefix, [&](std::string_view key, std::string_view value) {
          documents[std::string(key.substr(prefix.size()))] = DecodeDocument(value).json;
          return true;
        });
    EXPECT_TRUE(scanned.ok());
    return documents;
  }

  size_t CountConditions(const std::string& kind) const {
    size_t count = 0;
    for (const auto& [key, json] : Json(kConditionsTopic)) {
      count += JsonDocument::Parse(json)->root()["kind"].text() == kind ? 1 : 0;
    }
    return count;
  }

  void Rebuild() {
    runtime_.reset();
    const Status rebuilt = EmbeddedRuntime::Rebuild(options_, *log_, TestCatalog(), clock_);
    ASSERT_TRUE(rebuilt.ok()) << rebuilt.error().message();
    Open();
  }

  EmbeddedRuntime& runtime() { return *runtime_; }
  Log& log() { return *log_; }
  const std::string& state_folder() const { return options_.folder; }
  void Close() { runtime_.reset(); }

 private:
  RuntimeOptions options_;
  std::string folder_;
  std::shared_ptr<Clock> clock_ =
      std::make_shared<ManualClock>(*ParseLocalInstant("2026-01-01T00:00:00"));
  std::unique_ptr<Log> log_;
  std::unique_ptr<EmbeddedRuntime> runtime_;
};

TEST(EmbeddedRuntime, ReconcilesOneCustomerOfTwoSystems) {
  Bench bench;
  bench.Feed(
      {Event("crm/Account/1", 10,
             {{"Name", "Acme GmbH"}, {"Website", "acme.com"}, {"Stage", "active"}}),
       Event("erp/customer/7", 20, {{"name", "ACME GmbH"}, {"web", "www.acme.com"}, {"tax", "T1"}}),
       Event("erp/site/3", 20, {{"name", "Plant"}, {"customer", "7"}}),
       Event("erp/task/9", 20,
             {{"kind", "hardware"}, {"status", "open"}, {"site", "3"}, {"owner", "5"}}),
       Event("crm/Line/4", 20, {{"Amount", "12.50"}, {"Account", "1"}})});
  bench.RunToQuiet();
  const auto accounts = bench.Json(kAccountsTopic);
  ASSERT_EQ(accounts.size(), 1U);
  const auto account = JsonDocument::Parse(accounts.begin()->second);
  EXPECT_EQ(account->root()["members"].size(), 2U);
  EXPECT_EQ(account->root().At("/terms/tax_id/value").text(), "T1");
  EXPECT_EQ(bench.Json(kFactsTopic).size(), 1U);
  EXPECT_EQ(bench.CountConditions("orphan"), 0U);
  EXPECT_EQ(bench.CountConditions("gap"), 1U) << "the city is empty";
}

TEST(EmbeddedRuntime, SaysWhichRowHangsOnNobodyUntilTheRecordComes) {
  Bench bench;
  bench.Feed({Event("erp/task/9", 20, {{"kind", "hardware"}, {"site", "3"}}),
              Event("erp/site/3", 20, {{"name", "Plant"}, {"customer", "7"}}),
              Event("erp/site/4", 20, {{"name", "Nowhere"}})});
  bench.RunToQuiet();
  EXPECT_EQ(bench.CountConditions("orphan"), 2U)
      << "the two sites; the task comes along with its site";
  bench.Feed({Event("erp/customer/7", 30, {{"name", "Acme"}})});
  bench.RunToQuiet();
  EXPECT_EQ(bench.CountConditions("orphan"), 1U);
  bench.Feed({Deletion("erp/customer/7", 40)});
  bench.RunToQuiet();
  EXPECT_EQ(bench.CountConditions("orphan"), 2U);
  EXPECT_TRUE(bench.Json(kAccountsTopic).empty());
}

// Two records that were merged into each other: each one's row comes back to it through the other.
TEST(EmbeddedRuntime, ARecordKeepsItsAccountWhenACircleIsBroken) {
  Bench bench;
  const auto live = [](const std::string& ref, int64_t second) {
    return Event(ref, second, {{"Name", "Acme GmbH"}, {"Website", "acme.com"}, {"Tax", "T1"}});
  };
  const auto merged = [](const std::string& ref, const std::string& into, int64_t second) {
    ChangeEvent event = Deletion(ref, second);
    event.merged_into = *Ref::Parse(into);
    return event;
  };
  bench.Feed({live("crm/Account/2", 10), live("crm/Account/5", 10), live("crm/Account/7", 10)});
  bench.RunToQuiet();
  bench.Feed({merged("crm/Account/2", "crm/Account/5", 20)});
  bench.RunToQuiet();
  bench.Feed({merged("crm/Account/5", "crm/Account/2", 30)});
  bench.RunToQuiet();
  bench.Feed({live("crm/Account/2", 40)});
  bench.RunToQuiet();
  bench.Feed({live("crm/Account/5", 50)});
  bench.RunToQuiet();
  EXPECT_EQ(bench.Json(kAccountsTopic).size(), 1U);
}

TEST(EmbeddedRuntime, QuarantinesWhatItCannotMapUntilItIsMended) {
  Bench bench;
  bench.Feed({Event("crm/Account/1", 10, {{"City", "Bonn"}}), Event("crm/Unknown/1", 10, {})});
  bench.RunToQuiet();
  EXPECT_EQ(bench.CountConditions("quarantined"), 2U);
  bench.Feed({Event("crm/Account/1", 20, {{"Name", "Acme"}})});
  bench.RunToQuiet();
  EXPECT_EQ(bench.CountConditions("quarantined"), 1U);
  const auto counts = bench.runtime().figures().sources.at("crm").counts;
  EXPECT_EQ(counts.total(), 3U);
  EXPECT_EQ(counts.quarantined, 2U);
}

TEST(EmbeddedRuntime, CountsOldAndRepeatedVersionsAsOutdated) {
  Bench bench;
  const ChangeEvent newer = Event("crm/Account/1", 20, {{"Name", "New"}});
  bench.Feed({newer, Event("crm/Account/1", 10, {{"Name", "Old"}}), newer});
  bench.RunToQuiet();
  EXPECT_EQ(bench.runtime().figures().sources.at("crm").counts.outdated, 2U);
  EXPECT_NE(bench.Json(kAccountsTopic).begin()->second.find("New"), std::string::npos);
}

TEST(EmbeddedRuntime, SendsEveryDocumentToTheLogOnce) {
  Bench bench;
  bench.Feed({Event("crm/Account/1", 10, {{"Name", "Acme"}})});
  bench.RunToQuiet();
  EXPECT_TRUE(*bench.runtime().SendOutbox());
  EXPECT_FALSE(*bench.runtime().SendOutbox());
  const TopicPartition accounts{kAccountsTopic, 0};
  EXPECT_EQ(*bench.log().End(accounts), 1U);
  bench.Open();
  EXPECT_FALSE(*bench.runtime().SendOutbox()) << "sent again after a restart";
}

TEST(EmbeddedRuntime, SetsADamagedStateAsideAndAsksForEverythingAnew) {
  Bench bench;
  bench.Feed({Event("crm/Account/1", 10, {{"Name", "Acme"}})});
  bench.RunToQuiet();
  const Documents before = bench.Published();
  const std::string generation = bench.state_folder() + "/" + bench.runtime().generation();
  bench.Close();
  std::filesystem::resize_file(generation + "/CURRENT", 3);
  bench.Open();
  EXPECT_TRUE(bench.runtime().rebuilt_from_nothing());
  EXPECT_TRUE(std::filesystem::exists(generation + ".damaged-1"));
  bench.RunToQuiet();
  EXPECT_EQ(bench.Published(), before) << "the log still held everything";
}

// The heart of it: one history gives one state, however it is cut into batches, however the systems
// interleave, in whatever order free messages are applied, across restarts, and from a new
// generation.
TEST(EmbeddedRuntime, GivesOneStateForOneHistory) {
  for (unsigned seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const std::vector<ChangeEvent> history = History(seed).Make(160);

    Bench calm;
    calm.Feed(history);
    calm.RunToQuiet();
    const Documents wanted = calm.Published();
    ASSERT_FALSE(wanted.empty());

    std::mt19937 random(seed);
    RuntimeOptions options;
    options.shuffle_seed = seed;
    options.limits.records = 1 + random() % 7;
    options.limits.deferring_backlog = 1 + random() % 40;
    options.limits.messages = 1 + random() % 5;
    options.limits.accounts = 1 + random() % 5;
    Bench torn(options);
    size_t fed = 0;
    while (fed < history.size()) {
      // Systems overtake each other: only each system's own order is kept.
      const size_t size = std::min<size_t>(1 + random() % 30, history.size() - fed);
      std::vector<ChangeEvent> slice(history.begin() + static_cast<ptrdiff_t>(fed),
                                     history.begin() + static_cast<ptrdiff_t>(fed + size));
      fed += size;
      std::stable_partition(slice.begin(), slice.end(),
                            [&](const auto& event) { return event.ref.system() == "erp"; });
      torn.Feed(slice);
      for (unsigned steps = random() % 4; steps > 0; --steps) torn.Step();
      if (random() % 5 == 0) torn.Open();
    }
    torn.RunToQuiet();
    EXPECT_EQ(torn.Published(), wanted);

    calm.Rebuild();
    calm.RunToQuiet();
    EXPECT_EQ(calm.Published(), wanted) << "from a new generation";
  }
}

}  // namespace
}  // namespace trueup::pipeline
