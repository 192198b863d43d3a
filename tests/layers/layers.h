#pragma once

#include <string>
#include <vector>

namespace trueup::layers {

// Every place below `root` that breaks one of the three tables of layers.cc, as "file:line: what,
// and what is allowed".
std::vector<std::string> Violations(const std::string& root);

}  // namespace trueup::layers
