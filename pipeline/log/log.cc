#include "pipeline/log/log.h"

#include <algorithm>

namespace trueup::pipeline {

Status CheckName(const TopicPartition& where) {
  constexpr size_t kMaxTopicBytes = 200;
  const bool fine = !where.topic.empty() && where.topic.size() <= kMaxTopicBytes &&
                    where.partition >= 0 &&
                    std::all_of(where.topic.begin(), where.topic.end(), [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                             (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
                    });
  if (fine) return {};
  return Error(ErrorKind::kInvalid, "no name for a topic and partition: '" + where.topic + "', " +
                                        std::to_string(where.partition));
}

Result<std::map<TopicPartition, uint64_t>> Log::Ends(const std::vector<TopicPartition>& of) {
  std::map<TopicPartition, uint64_t> ends;
  for (const TopicPartition& where : of) {
    TRUEUP_ASSIGN(ends[where], End(where));
  }
  return ends;
}

}  // namespace trueup::pipeline
