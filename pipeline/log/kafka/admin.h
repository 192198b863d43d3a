#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "pipeline/log/kafka/client.h"
#include "pipeline/log/log.h"

namespace trueup::pipeline::kafka {

// Questions to the brokers; `topic` is the full name, with the prefix.

// Names the cluster for good.
Result<std::string> ClusterId(Client& client);

// 0 where there is no such topic.
Result<int> CountPartitions(Client& client, const std::string& topic);

// Makes the topic and waits until a broker shows it. kConflict where it is there already, even a
// moment ago.
Status CreateTopic(Client& client, const std::string& topic, const TopicSettings& settings);

// Makes the topic, or checks the one that is there: kConflict, naming the setting, where that is
// not as CreateTopic would make it in what matters: its partitions, and what would lose records.
Status EnsureTopic(Client& client, const std::string& topic, const TopicSettings& settings);

// Where partitions of topics that are there begin, or end: `which` is one of
// RD_KAFKA_OFFSET_BEGINNING and _END. While their leaders move it asks again.
Result<std::map<TopicPartition, uint64_t>> AskOffsets(Client& client,
                                                      const std::vector<TopicPartition>& of,
                                                      int64_t which);

// From `offset` on the partition is kept.
Status DeleteRecords(Client& client, const std::string& topic, int partition, uint64_t offset);

}  // namespace trueup::pipeline::kafka
