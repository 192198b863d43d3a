#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/error.h"
#include "pipeline/log/kafka/options.h"
#include "pipeline/log/slot_group.h"

namespace trueup::pipeline {

struct KafkaSlotGroupSettings {
  // Of the group and its topic, behind the prefix: "slots.<generation>".
  std::string name;
  int slots = 1;
  // Of this instance, stable over restarts and like no other's: who comes back by the same name
  // within session_timeout keeps its slots.
  std::string instance;
  // An instance that is silent for this long is dead, and its slots go to the others.
  std::chrono::milliseconds session_timeout{10000};
  // An instance must call Poll at least this often, and takes at most so long to let go of slots:
  // all others wait for it.
  std::chrono::milliseconds handover_timeout{60000};
};

// A SlotGroup as a Kafka consumer group: its members share the partitions of a topic in which
// nothing is ever written. Makes the topic, or checks that it has as many partitions as there are
// slots.
Result<std::unique_ptr<SlotGroup>> OpenKafkaSlotGroup(const KafkaOptions& options,
                                                      const KafkaSlotGroupSettings& settings);

}  // namespace trueup::pipeline
