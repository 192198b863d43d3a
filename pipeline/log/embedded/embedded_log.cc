#include "pipeline/log/embedded/embedded_log.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <condition_variable>
#include <map>
#include <mutex>
#include <random>
#include <thread>
#include <utility>

#include "base/file.h"
#include "base/hash.h"
#include "base/logging.h"
#include "pipeline/log/embedded/folder_lock.h"
#include "pipeline/log/embedded/partition.h"

namespace trueup::pipeline {
namespace embedded {
namespace {

std::string FolderName(const TopicPartition& where) {
  return where.topic + "-" + std::to_string(where.partition);
}

std::optional<TopicPartition> ParseFolderName(const std::string& name) {
  const size_t dash = name.rfind('-');
  if (dash == std::string::npos) return {};
  TopicPartition where{name.substr(0, dash), 0};
  const char* end = name.data() + name.size();
  const auto [last, failed] = std::from_chars(name.data() + dash + 1, end, where.partition);
  if (failed != std::errc() || last != end || !CheckName(where).ok()) return {};
  return where;
}

std::string NewId() {
  std::random_device random;
  std::array<uint32_t, 8> words;
  for (uint32_t& word : words) word = random();
  return HashBytes({reinterpret_cast<const char*>(words.data()), sizeof words}).ToHex();
}

class EmbeddedLog : public Log {
 public:
  EmbeddedLog(std::string folder, const EmbeddedLogOptions& options, FolderLock lock)
      : folder_(std::move(folder)), options_(options), lock_(std::move(lock)) {
    if (options_.file_system == nullptr) options_.file_system = &RealFileSystem();
  }

  ~EmbeddedLog() override {
    flusher_.request_stop();
    if (flusher_.joinable()) flusher_.join();
  }
  EmbeddedLog(const EmbeddedLog&) = delete;
  EmbeddedLog& operator=(const EmbeddedLog&) = delete;

  // REQUIRES: called once, before all else.
  Status Open() {
    TRUEUP_ASSIGN(const std::vector<std::string> names, options_.file_system->List(folder_));
    TRUEUP_RETURN_IF_ERROR(ReadId(names));
    for (const std::string& name : names) {
      const std::optional<TopicPartition> where = ParseFolderName(name);
      if (!where) continue;
      TRUEUP_ASSIGN(partitions_[*where], Partition::Open(SettingsFor(*where), true));
    }
    if (options_.flush_interval.count() > 0) {
      flusher_ = std::jthread([this](const std::stop_token& stop) { FlushLoop(stop); });
    }
    return {};
  }

  Status Append(const TopicPartition& where, const std::vector<LogEntry>& entries) override {
    TRUEUP_ASSIGN(Partition* const partition, Find(where));
    TRUEUP_RETURN_IF_ERROR(partition->Append(entries));
    {
      const std::lock_guard lock(flush_mutex_);
      if (std::exchange(dirty_, true)) return {};
    }
    flush_.notify_one();
    return {};
  }

  Status Sync(const TopicPartition& where) override {
    TRUEUP_ASSIGN(Partition* const partition, Find(where));
    return partition->Sync();
  }

  Result<std::vector<LogRecord>> Read(const TopicPartition& where, uint64_t offset,
                                      size_t max_records, size_t max_bytes) override {
    TRUEUP_ASSIGN(Partition* const partition, Find(where));
    return partition->Read(offset, max_records, max_bytes);
  }

  Status MakeTopic(const std::string& topic, const TopicSettings& settings) override {
    TRUEUP_ASSIGN(const int there, Partitions(topic));
    if (there != 0 && there != settings.partitions) {
      return Error(ErrorKind::kConflict, "topic " + topic + " has " + std::to_string(there) +
                                             " partitions, not " +
                                             std::to_string(settings.partitions));
    }
    for (int partition = 0; partition < settings.partitions; ++partition) {
      TRUEUP_ASSIGN(const Partition* const made, Find({topic, partition}));
      (void)made;
    }
    return {};
  }

  Result<int> Partitions(const std::string& topic) override {
    const std::lock_guard lock(mutex_);
    int count = 0;
    for (const auto& [where, partition] : partitions_) count += where.topic == topic ? 1 : 0;
    return count;
  }

  Result<uint64_t> Begin(const TopicPartition& where) override {
    TRUEUP_ASSIGN(const Partition* const partition, Find(where));
    return partition->begin();
  }

  Result<uint64_t> End(const TopicPartition& where) override {
    TRUEUP_ASSIGN(const Partition* const partition, Find(where));
    return partition->end();
  }

  bool WaitFor(const TopicPartition& where, uint64_t offset, std::chrono::milliseconds timeout,
               std::stop_token stop) override {
    const Result<Partition*> partition = Find(where);
    return partition.ok() && partition.value()->WaitFor(offset, timeout, std::move(stop));
  }

  Status Trim(const TopicPartition& where, uint64_t offset) override {
    TRUEUP_ASSIGN(Partition* const partition, Find(where));
    return partition->Trim(offset);
  }

  const std::string& id() const override { return id_; }

 private:
  Status ReadId(const std::vector<std::string>& names) {
    const std::string path = folder_ + "/ID";
    if (std::find(names.begin(), names.end(), "ID") != names.end()) {
      TRUEUP_ASSIGN(id_, ReadFile(path));
      while (id_.ends_with('\n')) id_.pop_back();
    } else if (std::any_of(names.begin(), names.end(), [](const std::string& name) {
                 return ParseFolderName(name).has_value();
               })) {
      return Error(ErrorKind::kCorrupt,
                   "log folder " + folder_ + " holds partitions but its ID file is missing");
    } else {
      id_ = NewId();
      TRUEUP_RETURN_IF_ERROR(WriteFileAtomically(path, id_ + "\n"));
    }
    if (id_.size() != 32) return Error(ErrorKind::kCorrupt, "log id file " + path + " is damaged");
    tag_ = Crc32c(id_);
    return {};
  }

  Partition::Settings SettingsFor(const TopicPartition& where) const {
    return {options_.file_system, folder_, FolderName(where), tag_, options_.segment_bytes};
  }

  // The partition, made in memory on first use. Lives as long as the log.
  Result<Partition*> Find(const TopicPartition& where) {
    const std::lock_guard lock(mutex_);
    const auto found = partitions_.find(where);
    if (found != partitions_.end()) return found->second.get();
    TRUEUP_RETURN_IF_ERROR(CheckName(where));
    TRUEUP_ASSIGN(std::unique_ptr<Partition> made, Partition::Open(SettingsFor(where), false));
    return (partitions_[where] = std::move(made)).get();
  }

  // Syncs everything, at most one interval after the first append since the last time.
  void FlushLoop(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      {
        std::unique_lock lock(flush_mutex_);
        if (!flush_.wait(lock, stop, [this] { return dirty_; })) return;
        flush_.wait_for(lock, stop, options_.flush_interval, [] { return false; });
        dirty_ = false;
      }
      for (Partition* partition : AllPartitions()) {
        const Status synced = partition->Sync();
        if (!synced.ok()) LogError("log", synced.error().message());
      }
    }
  }

  std::vector<Partition*> AllPartitions() {
    const std::lock_guard lock(mutex_);
    std::vector<Partition*> all;
    for (const auto& [where, partition] : partitions_) all.push_back(partition.get());
    return all;
  }

  const std::string folder_;
  EmbeddedLogOptions options_;
  const FolderLock lock_;
  std::string id_;
  uint32_t tag_ = 0;

  std::mutex mutex_;  // guards the map, not the partitions
  std::map<TopicPartition, std::unique_ptr<Partition>> partitions_;

  std::mutex flush_mutex_;
  std::condition_variable_any flush_;
  bool dirty_ = false;
  std::jthread flusher_;
};

}  // namespace
}  // namespace embedded

Result<std::unique_ptr<Log>> OpenEmbeddedLog(const std::string& folder,
                                             const EmbeddedLogOptions& options) {
  TRUEUP_RETURN_IF_ERROR(MakeFolder(folder));
  TRUEUP_ASSIGN(embedded::FolderLock lock, embedded::FolderLock::Take(folder));
  auto log = std::make_unique<embedded::EmbeddedLog>(folder, options, std::move(lock));
  Status opened = log->Open();
  if (!opened.ok()) return std::move(opened).error().In("opening the log in " + folder);
  return std::unique_ptr<Log>(std::move(log));
}

}  // namespace trueup::pipeline
