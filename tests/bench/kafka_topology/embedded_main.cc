// embedded_topology FOLDER: the topology of tests/bench/kafka_bench.py over the embedded log, to
// tell what Kafka adds.
//
// Standard input: lines of "SYSTEM KEY VALUE", in batches that end with an empty line. Each batch
// is put into the log, then worked off; for each, "cpu MICROSECONDS" of working it off is printed.
// At the end the golden rows: "KEY VALUE".
#include <sys/resource.h>

#include <array>
#include <atomic>
#include <chrono>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "pipeline/log/embedded/embedded_log.h"
#include "pipeline/stages/families.h"
#include "tests/bench/kafka_topology/tasks.h"

namespace trueup::bench {
namespace {

using pipeline::Log;
using pipeline::LogEntry;
using pipeline::Store;

constexpr size_t kEntriesPerAppend = 1000;
// How soon a thread without work looks at its inboxes again.
constexpr std::chrono::milliseconds kLook{1};

// Of the whole process, in microseconds.
int64_t CpuTime() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1'000'000 + usage.ru_utime.tv_usec +
         usage.ru_stime.tv_usec;
}

// Puts a batch of input into the log. False: the input has ended.
Result<bool> TakeBatch(std::istream& input, const Topology& topology, Log& log) {
  std::map<pipeline::TopicPartition, std::vector<LogEntry>> entries;
  std::string line;
  bool any = false;
  while (std::getline(input, line) && !line.empty()) {
    any = true;
    const size_t key = line.find(' ') + 1;
    const size_t value = line.find(' ', key) + 1;
    LogEntry entry{line.substr(key, value - key - 1), line.substr(value)};
    const auto partition = static_cast<int>(HashBytes64(entry.key) % kPartitions);
    auto& waiting = entries[{topology.source(line.substr(0, key - 1)), partition}];
    waiting.push_back(std::move(entry));
    if (waiting.size() < kEntriesPerAppend) continue;
    TRUEUP_RETURN_IF_ERROR(
        log.Append({topology.source(line.substr(0, key - 1)), partition}, waiting));
    waiting.clear();
  }
  for (const auto& [where, waiting] : entries) {
    TRUEUP_RETURN_IF_ERROR(log.Append(where, waiting));
    TRUEUP_RETURN_IF_ERROR(log.Sync(where));
  }
  return any;
}

// Steps until no thread finds anything more to do. `idle_since` has, by thread, the count of
// working passes at which it found nothing: where both found nothing at one count, nothing is left.
Status WorkOff(const Tasks& tasks, Log& log) {
  std::atomic<uint64_t> passes{1};
  std::array<std::atomic<uint64_t>, kThreads> idle_since{};
  std::array<Status, kThreads> outcomes;
  const auto work = [&](size_t thread) -> Status {
    while (true) {
      const uint64_t before = passes;
      TRUEUP_ASSIGN(const bool worked, StepThrough(tasks, thread));
      if (worked) {
        ++passes;
        continue;
      }
      idle_since[thread] = before;
      bool all_idle = true;
      for (const auto& since : idle_since) all_idle = all_idle && since == passes;
      if (all_idle) return {};
      const pipeline::Task& last = *tasks[tasks.size() - kThreads + thread];
      log.WaitFor(last.inbox(), last.position().offset, kLook, {});
    }
  };
  {
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] { outcomes[i] = work(i); });
    }
  }
  for (Status& outcome : outcomes) TRUEUP_RETURN_IF_ERROR(std::move(outcome));
  return {};
}

Status PrintGolden(const Topology& topology, Log& log) {
  std::map<std::string, std::string> rows;
  for (int partition = 0; partition < kPartitions; ++partition) {
    const pipeline::TopicPartition where{topology.golden(), partition};
    TRUEUP_ASSIGN(const uint64_t end, log.End(where));
    for (uint64_t offset = 0; offset < end;) {
      TRUEUP_ASSIGN(auto records, log.Read(where, offset, kEntriesPerAppend, 16 << 20));
      for (auto& record : records) rows[record.key] = std::move(record.value);
      offset += records.size();
    }
  }
  for (const auto& [key, value] : rows) std::cout << key << ' ' << value << '\n';
  return {};
}

Status Run(const std::string& folder) {
  const Topology topology{"", kPartitions};
  TRUEUP_ASSIGN(const auto log, pipeline::OpenEmbeddedLog(folder + "/log"));
  for (const std::string& system : Systems()) {
    TRUEUP_RETURN_IF_ERROR(log->MakeTopic(topology.source(system), {kPartitions, false}));
  }
  TRUEUP_RETURN_IF_ERROR(log->MakeTopic(topology.golden(), {kPartitions, true}));
  pipeline::StoreOptions options;
  options.families = pipeline::FamilyNames();
  TRUEUP_ASSIGN(const auto store, Store::Open(folder + "/state", options));
  TRUEUP_ASSIGN(const Tasks tasks, MakeTasks(topology, *log, *store));
  while (true) {
    TRUEUP_ASSIGN(const bool any, TakeBatch(std::cin, topology, *log));
    if (!any) break;
    const int64_t before = CpuTime();
    TRUEUP_RETURN_IF_ERROR(WorkOff(tasks, *log));
    std::cout << "cpu " << CpuTime() - before << '\n' << std::flush;
  }
  return PrintGolden(topology, *log);
}

}  // namespace
}  // namespace trueup::bench

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: embedded_topology FOLDER\n";
    return 2;
  }
  std::ios::sync_with_stdio(false);  // input is hundreds of megabytes
  const trueup::Status status = trueup::bench::Run(arguments[1]);
  if (status.ok()) return 0;
  std::cerr << "embedded_topology: " << status.error().message() << "\n";
  return 1;
}
