#include "pipeline/runtime/topics.h"

namespace trueup::pipeline {

std::string SourceTopic(std::string_view system) { return "source." + std::string(system); }

}  // namespace trueup::pipeline
