#include "pipeline/runtime/tasks/outbound.h"

#include <utility>

namespace trueup::pipeline {

void Outbound::Put(const TopicPartition& where, LogEntry entry) {
  Queue& queue = queues_[where];
  const auto [place, made] = queue.by_key.try_emplace(entry.key, queue.entries.size());
  if (!made) {
    queue.entries[place->second].reset();
    place->second = queue.entries.size();
  }
  Add(where, std::move(entry));
}

void Outbound::Add(const TopicPartition& where, LogEntry entry) {
  queues_[where].entries.emplace_back(std::move(entry));
}

Status Outbound::Send(Log& log) {
  for (auto& [where, queue] : queues_) {
    std::vector<LogEntry> entries;
    entries.reserve(queue.entries.size());
    for (auto& entry : queue.entries) {
      if (!entry) continue;
      sent_bytes_ += entry->key.size() + entry->value.size();
      entries.push_back(*std::move(entry));
    }
    queue = {};
    TRUEUP_RETURN_IF_ERROR(log.Append(where, entries));
  }
  return {};
}

Status Outbound::Await(Log& log) const {
  for (const auto& [where, queue] : queues_) TRUEUP_RETURN_IF_ERROR(log.Sync(where));
  return {};
}

}  // namespace trueup::pipeline
