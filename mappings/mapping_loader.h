#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/yaml.h"
#include "mappings/glossary.h"
#include "mappings/plan.h"

namespace trueup::mappings {

// One system's mapping file, compiled.
struct SystemMapping {
  std::string system;
  Place place;                               // of its name
  std::map<std::string, MappingPlan> plans;  // by object

  // A reference that another file must make good: `object` of `system` has to be mapped to
  // `target`.
  struct Promise {
    std::string system;
    std::string object;
    std::string target;  // entity
    Place place;
  };
  std::vector<Promise> promises;
};

// Reads, checks and compiles a mapping file against the glossary; what is wrong goes to `problems`,
// with its place.
SystemMapping LoadMapping(const YamlNode& root, const Glossary& glossary, Problems& problems);

// Checks that every reference leads to an object that is mapped to the entity that its term
// targets.
void CheckPromises(const std::vector<SystemMapping>& mappings, const Glossary& glossary,
                   Problems& problems);

}  // namespace trueup::mappings
