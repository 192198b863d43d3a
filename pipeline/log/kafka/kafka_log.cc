#include "pipeline/log/kafka/kafka_log.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <random>
#include <utility>

#include "base/clock.h"
#include "base/hash.h"
#include "pipeline/log/kafka/admin.h"
#include "pipeline/log/kafka/client.h"
#include "pipeline/log/kafka/cursor.h"
#include "pipeline/log/kafka/producer.h"

namespace trueup::pipeline {
namespace kafka {
namespace {

using std::chrono::milliseconds;

// One partition in which the log's own name stands, first.
const TopicPartition kIdPlace{"log", 0};

// How long WaitFor is deaf to a request to stop.
constexpr milliseconds kSlice{50};

ClientSettings ReaderSettings(const KafkaOptions& options) {
  ClientSettings settings;
  settings.type = RD_KAFKA_CONSUMER;
  // The bound of what is fetched ahead is per partition.
  settings.tuning = {{"queued.min.messages", "20000"},
                     {"queued.max.messages.kbytes", "8192"},
                     {"fetch.message.max.bytes", "1048576"},
                     {"fetch.wait.max.ms", "100"},
                     {"fetch.error.backoff.ms", "50"}};
  settings.invariants = {
      {"auto.offset.reset", "error"},
      {"allow.auto.create.topics", "false"},
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"enable.partition.eof", "true"},
      {"check.crcs", "true"},
      {"receive.message.max.bytes", std::to_string(options.max_record_bytes + (128 << 20))}};
  return settings;
}

ClientSettings AskerSettings() {
  ClientSettings settings;
  settings.type = RD_KAFKA_CONSUMER;
  settings.invariants = {{"allow.auto.create.topics", "false"}, {"enable.auto.commit", "false"}};
  return settings;
}

std::string NewId() {
  std::random_device random;
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += std::to_string(random()) + ".";
  return HashBytes(bytes).ToHex();
}

using Offsets = std::map<TopicPartition, uint64_t>;

class KafkaLog : public Log {
 public:
  explicit KafkaLog(const KafkaOptions& options) : options_(options), producer_(options) {}

  // REQUIRES: called once, before all else.
  Status Open() {
    TRUEUP_ASSIGN(reader_, Client::Open(options_, ReaderSettings(options_)));
    TRUEUP_ASSIGN(asker_, Client::Open(options_, AskerSettings()));
    TRUEUP_ASSIGN(const std::string cluster, ClusterId(*asker_));
    TRUEUP_RETURN_IF_ERROR(producer_.Start());
    TRUEUP_RETURN_IF_ERROR(MakeTopic(kIdPlace.topic, {1, false}));
    TRUEUP_ASSIGN(const std::string name, ReadOrWriteName());
    // A copy of the topics in another cluster is another log.
    id_ = HashBytes(cluster + " " + name).ToHex();
    return {};
  }

  Status Append(const TopicPartition& where, const std::vector<LogEntry>& entries) override {
    TRUEUP_ASSIGN(const int partitions, PartitionsFor(where));
    if (partitions == 0) {
      return Error(ErrorKind::kInvalid, "there is no topic " + reader_->TopicName(where.topic));
    }
    if (entries.empty()) return {};
    return producer_.Append(Full(where), entries);
  }

  Status Sync(const TopicPartition& where) override { return producer_.Sync(Full(where)); }

  Result<std::vector<LogRecord>> Read(const TopicPartition& where, uint64_t offset,
                                      size_t max_records, size_t max_bytes) override {
    TRUEUP_ASSIGN(const int partitions, PartitionsFor(where));
    if (partitions == 0 && offset == 0) return std::vector<LogRecord>{};
    if (partitions == 0) {
      return Error(ErrorKind::kInvalid, "there is no topic " + reader_->TopicName(where.topic) +
                                            ", and so no offset " + std::to_string(offset));
    }
    TRUEUP_ASSIGN(Cursor* const cursor, CursorAt(where));
    auto records =
        cursor->Read(offset, max_records, max_bytes, producer_.AcknowledgedEnd(Full(where)));
    if (!records.ok()) Forget(where.topic);
    return records;
  }

  Status MakeTopic(const std::string& topic, const TopicSettings& settings) override {
    TRUEUP_RETURN_IF_ERROR(CheckName({topic, settings.partitions}));
    return EnsureTopic(*asker_, reader_->TopicName(topic), settings);
  }

  Result<int> Partitions(const std::string& topic) override {
    TRUEUP_RETURN_IF_ERROR(CheckName({topic, 0}));
    {
      const std::lock_guard lock(mutex_);
      const auto known = partition_counts_.find(topic);
      if (known != partition_counts_.end()) return known->second;
    }
    TRUEUP_ASSIGN(const int count, CountPartitions(*asker_, reader_->TopicName(topic)));
    const std::lock_guard lock(mutex_);
    if (count > 0) partition_counts_[topic] = count;
    return count;
  }

  Result<uint64_t> Begin(const TopicPartition& where) override {
    TRUEUP_ASSIGN(const auto begins, Ask({where}, RD_KAFKA_OFFSET_BEGINNING));
    return begins.at(where);
  }

  Result<uint64_t> End(const TopicPartition& where) override {
    TRUEUP_ASSIGN(const auto ends, Ends({where}));
    return ends.at(where);
  }

  Result<Offsets> Ends(const std::vector<TopicPartition>& of) override {
    TRUEUP_ASSIGN(Offsets ends, Ask(of, RD_KAFKA_OFFSET_END));
    for (auto& [where, end] : ends) end = std::max(end, producer_.AcknowledgedEnd(Full(where)));
    return ends;
  }

  bool WaitFor(const TopicPartition& where, uint64_t offset, milliseconds timeout,
               std::stop_token stop) override {
    SystemClock clock;
    const auto give_up = clock.Elapsed() + timeout;
    while (!stop.stop_requested()) {
      const auto left = std::chrono::duration_cast<milliseconds>(give_up - clock.Elapsed());
      const milliseconds slice = std::clamp(left, milliseconds(0), kSlice);
      const Result<bool> there = Await(where, offset, slice);
      if (there.ok() && there.value()) return true;
      if (left.count() <= 0) return false;
      // What is wrong the next Read says.
      if (!there.ok() && !clock.Wait(slice, stop)) return false;
    }
    return false;
  }

  Status Trim(const TopicPartition& where, uint64_t offset) override {
    TRUEUP_ASSIGN(const uint64_t begin, Begin(where));
    TRUEUP_ASSIGN(const Offsets ends, Ask({where}, RD_KAFKA_OFFSET_END));
    const uint64_t end = ends.at(where);
    const uint64_t below = std::min(offset, end);
    if (below <= begin) return {};
    return DeleteRecords(*asker_, reader_->TopicName(where.topic), where.partition, below);
  }

  const std::string& id() const override { return id_; }

 private:
  TopicPartition Full(const TopicPartition& where) const {
    return {reader_->TopicName(where.topic), where.partition};
  }

  // How many partitions the topic has; kInvalid where `where` is not one of them.
  Result<int> PartitionsFor(const TopicPartition& where) {
    TRUEUP_RETURN_IF_ERROR(CheckName(where));
    TRUEUP_ASSIGN(const int count, Partitions(where.topic));
    if (count == 0 || where.partition < count) return count;
    return Error(ErrorKind::kInvalid, "topic " + reader_->TopicName(where.topic) + " has " +
                                          std::to_string(count) + " partitions, no number " +
                                          std::to_string(where.partition));
  }

  // The topic may be another one next time.
  void Forget(const std::string& topic) {
    const std::lock_guard lock(mutex_);
    partition_counts_.erase(topic);
  }

  Result<Cursor*> CursorAt(const TopicPartition& where) {
    const std::lock_guard lock(mutex_);
    std::unique_ptr<Cursor>& cursor = cursors_[where];
    if (!cursor) {
      TRUEUP_ASSIGN(cursor,
                    Cursor::Open(*reader_, reader_->TopicName(where.topic), where.partition));
    }
    return cursor.get();
  }

  // Where partitions begin, or end: one of RD_KAFKA_OFFSET_BEGINNING and _END. 0 for those of a
  // topic that is not there.
  Result<Offsets> Ask(const std::vector<TopicPartition>& of, int64_t which) {
    Offsets offsets;
    std::vector<TopicPartition> there;
    for (const TopicPartition& where : of) {
      TRUEUP_ASSIGN(const int partitions, PartitionsFor(where));
      offsets[where] = 0;
      if (partitions > 0) there.push_back(Full(where));
    }
    if (there.empty()) return offsets;
    const auto answers = AskOffsets(*asker_, there, which);
    if (!answers.ok()) {
      for (const TopicPartition& where : of) Forget(where.topic);
      return answers.error();
    }
    for (auto& [where, offset] : offsets) {
      const auto found = answers->find(Full(where));
      if (found != answers->end()) offset = found->second;
    }
    return offsets;
  }

  Result<bool> Await(const TopicPartition& where, uint64_t offset, milliseconds timeout) {
    TRUEUP_ASSIGN(const int partitions, PartitionsFor(where));
    if (partitions == 0) return Error(ErrorKind::kTransient, "there is no topic " + where.topic);
    TRUEUP_ASSIGN(Cursor* const cursor, CursorAt(where));
    return cursor->Await(offset, timeout);
  }

  Result<std::string> ReadOrWriteName() {
    TRUEUP_ASSIGN(std::vector<LogRecord> records, Read(kIdPlace, 0, 1, 1));
    if (records.empty()) {
      TRUEUP_RETURN_IF_ERROR(Append(kIdPlace, {{"id", NewId()}}));
      TRUEUP_RETURN_IF_ERROR(Sync(kIdPlace));
      // Another instance may have been first.
      TRUEUP_ASSIGN(records, Read(kIdPlace, 0, 1, 1));
    }
    if (records.empty() || records[0].offset != 0) {
      return Error(ErrorKind::kCorrupt, "topic " + reader_->TopicName(kIdPlace.topic) +
                                            " does not begin with the log's id");
    }
    return records[0].value;
  }

  const KafkaOptions options_;
  std::unique_ptr<Client> reader_;
  // For all questions: on the reader's connections each would wait behind a fetch that waits for
  // news, a broker answers in order.
  std::unique_ptr<Client> asker_;
  Producer producer_;
  std::string id_;

  std::mutex mutex_;  // guards what follows, not the cursors themselves
  std::map<std::string, int> partition_counts_;
  std::map<TopicPartition, std::unique_ptr<Cursor>> cursors_;
};

}  // namespace
}  // namespace kafka

Result<std::unique_ptr<Log>> OpenKafkaLog(const KafkaOptions& options) {
  auto log = std::make_unique<kafka::KafkaLog>(options);
  Status opened = log->Open();
  if (!opened.ok()) return std::move(opened).error().In("opening the log over kafka");
  return std::unique_ptr<Log>(std::move(log));
}

void CheckKafkaProperties(const KafkaOptions& options, const Place& elsewhere, Problems& problems) {
  kafka::CheckProperties(options, elsewhere, problems);
}

}  // namespace trueup::pipeline
