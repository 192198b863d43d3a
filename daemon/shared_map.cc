#include "daemon/shared_map.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace trueup::daemon {
namespace {

constexpr size_t kRecordsPerRead = 1000;
constexpr size_t kBytesPerRead = 4 << 20;

}  // namespace

Result<std::string> SharedMap::Find(const std::string& key) {
  const std::lock_guard lock(mutex_);
  TRUEUP_RETURN_IF_ERROR(ReadOn());
  const auto found = values_.find(key);
  return found == values_.end() ? std::string() : found->second;
}

Result<std::map<std::string, std::string>> SharedMap::All() {
  const std::lock_guard lock(mutex_);
  TRUEUP_RETURN_IF_ERROR(ReadOn());
  return values_;
}

Status SharedMap::Put(const std::string& key, const std::string& value) {
  return Append({{key, value}});
}

Status SharedMap::Clear() {
  TRUEUP_ASSIGN(const auto all, All());
  std::vector<pipeline::LogEntry> removals;
  for (const auto& [key, value] : all) removals.push_back({key, ""});
  return Append(removals);
}

Status SharedMap::Append(const std::vector<pipeline::LogEntry>& entries) {
  TRUEUP_RETURN_IF_ERROR(log_.Append(where_, entries));
  return log_.Sync(where_);
}

Status SharedMap::ReadOn() {
  TRUEUP_ASSIGN(const uint64_t begin, log_.Begin(where_));
  offset_ = std::max(offset_, begin);
  while (true) {
    TRUEUP_ASSIGN(const auto records, log_.Read(where_, offset_, kRecordsPerRead, kBytesPerRead));
    if (records.empty()) return {};
    for (const pipeline::LogRecord& record : records) {
      if (record.value.empty()) {
        values_.erase(record.key);
      } else {
        values_[record.key] = record.value;
      }
    }
    offset_ = records.back().offset + 1;
  }
}

}  // namespace trueup::daemon
