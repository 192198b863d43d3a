#pragma once

#include "pipeline/log/kafka/options.h"

namespace trueup::pipeline::kafka {

// The broker that TRUEUP_KAFKA names, and a prefix that no other test has.
KafkaOptions OptionsOfTest();

}  // namespace trueup::pipeline::kafka
