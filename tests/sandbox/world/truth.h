#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sandbox/world/world.h"

namespace trueup::sandbox {

struct TruthFinding {
  std::string kind;
  std::string customer;           // empty where it is nobody's
  std::vector<std::string> refs;  // "system/object/id"
  std::optional<Term> term;
  std::optional<System> system;
  std::string field;  // for `invalid`: as the system spells it
  std::string note;
};

struct TruthCluster {
  std::string customer;
  std::vector<std::string> members;
};

// What a perfect reader of the three systems would say of the world as it stands.
struct Truth {
  std::vector<TruthCluster> clusters;
  std::vector<TruthFinding> findings;
};

// The oracle: applies the rules of docs/reference/systems.md to the values behind the rows. It does
// not look at what was planted. REQUIRES the world to stand still.
Truth FindTruth(const World& world);

// The truth file; the same bytes for the same world.
std::string TruthJson(const World& world);

// "salesforce/Account/001...".
std::string RefOf(const World& world, TableId table, uint32_t row);

}  // namespace trueup::sandbox
