#include "pipeline/runtime/tasks/follower_log.h"

#include <algorithm>

namespace trueup::pipeline {

void FollowerLog::Show(const std::map<TopicPartition, uint64_t>& worked_off) {
  const std::lock_guard lock(mutex_);
  for (const auto& [where, offset] : worked_off) shown_[where] = offset;
}

uint64_t FollowerLog::shown(const TopicPartition& where) const {
  const std::lock_guard lock(mutex_);
  const auto found = shown_.find(where);
  return found == shown_.end() ? 0 : found->second;
}

// A position that is ahead of what is shown is no error: an owner that took over from an older
// checkpoint tells less than the one before it.
Result<std::vector<LogRecord>> FollowerLog::Read(const TopicPartition& where, uint64_t offset,
                                                 size_t max_records, size_t max_bytes) {
  const uint64_t end = shown(where);
  if (offset >= end) return std::vector<LogRecord>();
  const size_t most = std::min<uint64_t>(max_records, end - offset);
  TRUEUP_ASSIGN(auto records, log_.Read(where, offset, most, max_bytes));
  while (!records.empty() && records.back().offset >= end) records.pop_back();
  return records;
}

}  // namespace trueup::pipeline
