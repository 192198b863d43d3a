// kafka_topology BOOTSTRAP PREFIX STATE_FOLDER: trueup's side of tests/bench/kafka_bench.py, until
// SIGTERM.
#include <pthread.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <iostream>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "pipeline/log/kafka/kafka_log.h"
#include "pipeline/stages/families.h"
#include "tests/bench/kafka_topology/tasks.h"

namespace trueup::bench {
namespace {

using pipeline::Log;
using pipeline::Store;
using pipeline::Task;

// How soon a thread without work looks at its inboxes again: it has several, and waits at one.
constexpr std::chrono::milliseconds kLook{3};

// Steps through the tasks that are this thread's, one after the other: while one waits for its
// acknowledgement the others work.
Status Work(const Tasks& tasks, size_t thread, Log& log, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    TRUEUP_ASSIGN(const bool worked, StepThrough(tasks, thread));
    if (!worked) {
      const Task& last = *tasks[tasks.size() - kThreads + thread];
      log.WaitFor(last.inbox(), last.position().offset, kLook, stop);
    }
  }
  for (size_t i = thread; i < tasks.size(); i += kThreads) {
    TRUEUP_RETURN_IF_ERROR(tasks[i]->Finish());
  }
  return {};
}

// One broker to start from; topics are named whole.
pipeline::KafkaOptions KafkaOptionsOf(const std::string& broker) {
  pipeline::KafkaOptions options;
  options.brokers = {broker};
  options.prefix.clear();
  options.properties["compression.codec"] = "lz4";
  return options;
}

// Two threads, until the process is told to end or one of them fails.
Status Run(const std::string& brokers, const std::string& prefix, const std::string& folder) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  const Topology topology{prefix, kPartitions};
  TRUEUP_ASSIGN(const auto log, pipeline::OpenKafkaLog(KafkaOptionsOf(brokers)));
  pipeline::StoreOptions options;
  options.families = pipeline::FamilyNames();
  TRUEUP_ASSIGN(const auto store, Store::Open(folder, options));
  TRUEUP_ASSIGN(const Tasks tasks, MakeTasks(topology, *log, *store));
  std::vector<Status> outcomes(kThreads);
  {
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i](const std::stop_token& stop) {
        outcomes[i] = Work(tasks, i, *log, stop);
        if (!outcomes[i].ok()) kill(getpid(), SIGTERM);
      });
    }
    int signal = 0;
    sigwait(&ends, &signal);
    for (std::jthread& thread : threads) thread.request_stop();
  }
  for (Status& outcome : outcomes) TRUEUP_RETURN_IF_ERROR(std::move(outcome));
  return {};
}

}  // namespace
}  // namespace trueup::bench

int main(int count, char** arguments) {
  if (count != 4) {
    std::cerr << "usage: kafka_topology BOOTSTRAP PREFIX STATE_FOLDER\n";
    return 2;
  }
  const trueup::Status status = trueup::bench::Run(arguments[1], arguments[2], arguments[3]);
  if (status.ok()) return 0;
  std::cerr << "kafka_topology: " << status.error().message() << "\n";
  return 1;
}
