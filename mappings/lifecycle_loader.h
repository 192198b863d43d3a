#pragma once

#include <string>
#include <vector>

#include "base/yaml.h"
#include "mappings/glossary.h"
#include "mappings/lifecycle.h"

namespace trueup::mappings {

// Reads and checks lifecycle.yaml against the glossary and the systems that have a mapping; what is
// wrong goes to `problems`, with its place. REQUIRES: `glossary` has an account entity.
Lifecycle LoadLifecycle(const YamlNode& root, const Glossary& glossary,
                        const std::vector<std::string>& systems, Problems& problems);

}  // namespace trueup::mappings
