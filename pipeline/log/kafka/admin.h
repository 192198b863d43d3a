#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "pipeline/log/kafka/client.h"
#include "pipeline/log/log.h"

namespace trueup::pipeline::kafka {

// Names and settings of topics; `topic` is the full name, with the prefix. Each asks the brokers.

// Names the cluster for good.
Result<std::string> ClusterId(Client& client);

// 0 where there is no such topic.
Result<int> CountPartitions(Client& client, const std::string& topic);

// Makes the topic and waits until the brokers know it. kConflict where it is there already, even a
// moment ago.
Status CreateTopic(Client& client, const std::string& topic, const TopicSettings& settings);

// kConflict, naming the setting, where the topic is not as CreateTopic would make it in what
// matters: its partitions, and what would lose records.
Status CheckTopic(Client& client, const std::string& topic, const TopicSettings& settings);

// Makes the topic, or checks the one that is there.
Status EnsureTopic(Client& client, const std::string& topic, const TopicSettings& settings);

// From `offset` on the partition is kept.
Status DeleteRecords(Client& client, const std::string& topic, int partition, uint64_t offset);

}  // namespace trueup::pipeline::kafka
