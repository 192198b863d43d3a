#include "daemon/shared_cursors.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "pipeline/runtime/topics.h"

namespace trueup::daemon {
namespace {

const pipeline::TopicPartition kPlace{pipeline::kCursorsTopic, 0};
constexpr size_t kRecordsPerRead = 1000;
constexpr size_t kBytesPerRead = 4 << 20;

std::string KeyOf(const std::string& system, const std::string& object) {
  return system + "/" + object;
}

}  // namespace

Result<std::string> SharedCursors::Find(const std::string& system, const std::string& object) {
  const std::lock_guard lock(mutex_);
  TRUEUP_RETURN_IF_ERROR(ReadOn());
  const auto found = cursors_.find(KeyOf(system, object));
  return found == cursors_.end() ? std::string() : found->second;
}

Status SharedCursors::Move(const std::string& system, const std::string& object,
                           const std::string& cursor) {
  return Append({{KeyOf(system, object), cursor}});
}

Status SharedCursors::Forget() {
  std::vector<pipeline::LogEntry> removals;
  {
    const std::lock_guard lock(mutex_);
    TRUEUP_RETURN_IF_ERROR(ReadOn());
    for (const auto& [key, cursor] : cursors_) removals.push_back({key, ""});
  }
  return Append(removals);
}

Status SharedCursors::Append(const std::vector<pipeline::LogEntry>& entries) {
  TRUEUP_RETURN_IF_ERROR(log_.Append(kPlace, entries));
  return log_.Sync(kPlace);
}

Status SharedCursors::ReadOn() {
  TRUEUP_ASSIGN(const uint64_t begin, log_.Begin(kPlace));
  offset_ = std::max(offset_, begin);
  while (true) {
    TRUEUP_ASSIGN(const auto records, log_.Read(kPlace, offset_, kRecordsPerRead, kBytesPerRead));
    if (records.empty()) return {};
    for (const pipeline::LogRecord& record : records) {
      if (record.value.empty()) {
        cursors_.erase(record.key);
      } else {
        cursors_[record.key] = record.value;
      }
    }
    offset_ = records.back().offset + 1;
  }
}

}  // namespace trueup::daemon
