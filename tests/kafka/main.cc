// trueup-kafka-tool: the log, the positions and the slots over a real broker, as processes that a
// test kills, stops and drives through failures.
//
//   member GROUP SLOTS INSTANCE   joins, and prints each change: "assigned 0 1", "revoked 0 1",
//                                 "lost 0 1"
//   write COUNT                   appends numbered records, repeats what failed, and reads all back
//   ask                           for each line on its input, where the records end: "end 50", or
//                                 what is in the way of an answer
//   measure BYTES                 CPU per record of Append + Sync and of Read
//
// TRUEUP_KAFKA names the brokers, TRUEUP_KAFKA_PREFIX what is ours; with TRUEUP_KAFKA_PASSWORD it
// is the user "trueup" of a broker that wants to know (SASL, PLAIN).
#include <sys/resource.h>

#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <vector>

#include "base/clock.h"
#include "pipeline/log/kafka/kafka_log.h"
#include "pipeline/log/kafka/kafka_slot_group.h"

namespace trueup::pipeline {
namespace {

using std::chrono::milliseconds;

const TopicPartition kWhere{"records", 0};

KafkaOptions Options() {
  KafkaOptions options;
  options.brokers = {std::getenv("TRUEUP_KAFKA")};
  options.prefix = std::getenv("TRUEUP_KAFKA_PREFIX");
  const char* const password = std::getenv("TRUEUP_KAFKA_PASSWORD");
  if (password != nullptr) {
    options.properties = {{"security.protocol", "SASL_PLAINTEXT"},
                          {"sasl.mechanism", "PLAIN"},
                          {"sasl.username", "trueup"},
                          {"sasl.password", password}};
  }
  return options;
}

void Print(const char* what, const std::vector<int>& slots) {
  std::cout << what;
  for (const int slot : slots) std::cout << ' ' << slot;
  std::cout << std::endl;
}

Status RunMember(const std::string& group, int slots, const std::string& instance) {
  TRUEUP_ASSIGN(const auto member,
                OpenKafkaSlotGroup(Options(), {.name = group,
                                               .slots = slots,
                                               .instance = instance,
                                               .session_timeout = milliseconds(6000)}));
  while (true) {
    TRUEUP_ASSIGN(const Slots change, member->Poll(milliseconds(100)));
    if (change.lost || !change.revoked.empty()) {
      Print(change.lost ? "lost" : "revoked", change.revoked);
    }
    if (!change.assigned.empty()) Print("assigned", change.assigned);
  }
}

std::vector<LogEntry> Numbered(uint64_t first, uint64_t count) {
  std::vector<LogEntry> entries;
  for (uint64_t number = first; number < first + count; ++number) {
    entries.push_back({"k", "record " + std::to_string(number), number + 1});
  }
  return entries;
}

// Each record is there, and in order but for repeats, which come as a whole.
Status CheckNumbered(Log& log, uint64_t count) {
  uint64_t newest = 0;
  uint64_t offset = 0;
  uint64_t repeats = 0;
  while (true) {
    TRUEUP_ASSIGN(const auto records, log.Read(kWhere, offset, 1000, 1 << 20));
    if (records.empty()) break;
    for (const LogRecord& record : records) {
      if (record.version > newest + 1 ||
          record.value != "record " + std::to_string(record.version - 1)) {
        return Error(ErrorKind::kCorrupt,
                     "after version " + std::to_string(newest) + " comes " + record.value);
      }
      if (record.version == newest + 1) {
        ++newest;
      } else {
        ++repeats;
      }
    }
    offset = records.back().offset + 1;
  }
  if (newest != count) {
    return Error(ErrorKind::kCorrupt,
                 std::to_string(newest) + " records instead of " + std::to_string(count));
  }
  std::cout << "all there, " << repeats << " repeated" << std::endl;
  return {};
}

Status RunAsk() {
  TRUEUP_ASSIGN(const auto log, OpenKafkaLog(Options()));
  TRUEUP_RETURN_IF_ERROR(log->MakeTopic(kWhere.topic, {1, false}));
  for (std::string line; std::getline(std::cin, line);) {
    const auto end = log->End(kWhere);
    if (end.ok()) {
      std::cout << "end " << *end << std::endl;
    } else {
      std::cout << "failed " << end.error().message() << std::endl;
    }
  }
  return {};
}

Status RunWrite(uint64_t count) {
  constexpr uint64_t kBatch = 50;
  KafkaOptions options = Options();
  // Short enough that a broker's absence is felt.
  options.delivery_timeout = milliseconds(3000);
  TRUEUP_ASSIGN(const auto log, OpenKafkaLog(options));
  TRUEUP_RETURN_IF_ERROR(log->MakeTopic(kWhere.topic, {1, false}));
  for (uint64_t next = 0; next < count;) {
    Status written = log->Append(kWhere, Numbered(next, kBatch));
    const Status synced = log->Sync(kWhere);
    if (written.ok()) written = synced;
    if (written.ok()) {
      next += kBatch;
      std::cout << "written " << next << std::endl;
      continue;
    }
    const ErrorKind kind = written.error().kind();
    if (kind != ErrorKind::kTransient && kind != ErrorKind::kUncertain) return written;
    std::cout << "failed " << written.error().message() << std::endl;
  }
  return CheckNumbered(*log, count);
}

// CPU of the whole process, librdkafka's threads included.
double CpuMicroseconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto all = [](const timeval& time) {
    return 1e6 * static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec);
  };
  return all(usage.ru_utime) + all(usage.ru_stime);
}

class Measurement {
 public:
  void Print(const char* what, double records) const {
    const double wall = static_cast<double>((clock_.Elapsed() - wall_).count());
    std::cout << what << ": " << (CpuMicroseconds() - cpu_) / records << " us CPU per record, "
              << records / wall * 1e6 << " records/s" << std::endl;
  }

 private:
  SystemClock clock_;
  std::chrono::microseconds wall_ = clock_.Elapsed();
  double cpu_ = CpuMicroseconds();
};

Status RunMeasure(size_t bytes) {
  constexpr size_t kBatch = 500;
  constexpr size_t kBatches = 400;
  TRUEUP_ASSIGN(const auto log, OpenKafkaLog(Options()));
  TRUEUP_RETURN_IF_ERROR(log->MakeTopic(kWhere.topic, {1, false}));
  std::vector<LogEntry> entries;
  for (size_t i = 0; i < kBatch; ++i) {
    std::string value;
    while (value.size() < bytes)
      value += R"({"name":")" + std::to_string(i * 7919 + value.size()) + R"("},)";
    value.resize(bytes);
    entries.push_back({"key-" + std::to_string(i), std::move(value), i + 1});
  }
  TRUEUP_ASSIGN(const uint64_t begin, log->End(kWhere));
  const Measurement writing;
  for (size_t batch = 0; batch < kBatches; ++batch) {
    TRUEUP_RETURN_IF_ERROR(log->Append(kWhere, entries));
    TRUEUP_RETURN_IF_ERROR(log->Sync(kWhere));
  }
  writing.Print("Append + Sync", kBatch * kBatches);
  const Measurement reading;
  uint64_t offset = begin;
  while (true) {
    TRUEUP_ASSIGN(const auto records, log->Read(kWhere, offset, kBatch, 4 << 20));
    if (records.empty()) break;
    offset = records.back().offset + 1;
  }
  reading.Print("Read", static_cast<double>(offset - begin));
  const Measurement two;
  uint64_t ends[2] = {begin, begin + 50000};
  size_t many = 0;
  for (int i = 0; i < 40; ++i) {
    for (uint64_t& at : ends) {
      TRUEUP_ASSIGN(const auto records, log->Read(kWhere, at, kBatch, 4 << 20));
      if (records.empty()) break;
      at = records.back().offset + 1;
      many += records.size();
    }
  }
  two.Print("Read at two places", static_cast<double>(many));
  TRUEUP_ASSIGN(const auto other, OpenKafkaLog(Options()));
  constexpr size_t kSingles = 200;
  entries.resize(1);
  const Measurement singles;
  for (size_t i = 0; i < kSingles; ++i, ++offset) {
    TRUEUP_RETURN_IF_ERROR(log->Append(kWhere, entries));
    TRUEUP_RETURN_IF_ERROR(log->Sync(kWhere));
    if (!other->WaitFor(kWhere, offset, std::chrono::minutes(1), {})) {
      return Error(ErrorKind::kCorrupt, "offset " + std::to_string(offset) + " does not come");
    }
    TRUEUP_ASSIGN(const auto records, other->Read(kWhere, offset, 1, 1));
    if (records.empty()) return Error(ErrorKind::kCorrupt, "a record that is there is not read");
  }
  singles.Print("One record to another instance and the next", kSingles);
  return {};
}

Status Run(const std::vector<std::string>& words) {
  if (words.size() == 4 && words[0] == "member") {
    return RunMember(words[1], std::stoi(words[2]), words[3]);
  }
  if (words.size() == 1 && words[0] == "ask") return RunAsk();
  if (words.size() == 2 && words[0] == "write") return RunWrite(std::stoull(words[1]));
  if (words.size() == 2 && words[0] == "measure") return RunMeasure(std::stoull(words[1]));
  return Error(ErrorKind::kInvalid,
               "usage: member GROUP SLOTS INSTANCE | ask | write COUNT | measure BYTES");
}

}  // namespace
}  // namespace trueup::pipeline

int main(int argc, char** argv) {
  const trueup::Status done = trueup::pipeline::Run({argv + 1, argv + argc});
  if (done.ok()) return 0;
  std::cout << "error " << trueup::ToString(done.error().kind()) << " " << done.error().message()
            << std::endl;
  return 1;
}
