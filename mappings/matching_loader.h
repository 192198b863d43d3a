#pragma once

#include "base/yaml.h"
#include "mappings/glossary.h"
#include "mappings/matching_config.h"

namespace trueup::mappings {

// Reads and checks matching.yaml against the glossary; what is wrong goes to `problems`, with its
// place. REQUIRES: `glossary` has an account entity.
MatchingConfig LoadMatching(const YamlNode& root, const Glossary& glossary, Problems& problems);

}  // namespace trueup::mappings
