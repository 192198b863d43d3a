#pragma once

#include <string>

#include "pipeline/log/kafka/options.h"

namespace trueup::pipeline::kafka {

// The broker that TRUEUP_KAFKA names, and a prefix that no other test has.
KafkaOptions OptionsOfTest();

// As an administrator would.
void DeleteTopic(const KafkaOptions& options, const std::string& topic);

}  // namespace trueup::pipeline::kafka
