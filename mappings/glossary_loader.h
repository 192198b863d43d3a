#pragma once

#include "base/yaml.h"
#include "mappings/glossary.h"

namespace trueup::mappings {

// Reads and checks glossary.yaml; what is wrong goes to `problems`, with its place.
Glossary LoadGlossary(const YamlNode& root, Problems& problems);

// Every system that the glossary's priorities name, with the place of its first mention: to be
// checked against the mappings.
std::vector<YamlNode> SystemsNamedBy(const YamlNode& glossary_root);

}  // namespace trueup::mappings
