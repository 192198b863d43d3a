#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/problems.h"

namespace trueup::mappings {

// What a gate's checklist demands of the rows that hang on the account: for each of `values` of
// `term`, at least one row of `entity`; each with an active owner; and none open where `all_done`.
struct ChecklistRule {
  uint16_t entity = 0;
  uint16_t kind_term = 0;              // an enumeration term of that entity
  std::vector<std::string> kinds;      // its canonical values that must each be there
  std::optional<uint16_t> owner_term;  // a reference to a user; must be set and active
  std::optional<uint16_t> done_term;   // an enumeration term ...
  std::vector<std::string> done;       // ... whose values count as settled
  bool all_done = false;
};

// One line of a gate: required terms of the account, or a checklist over its rows.
struct GateItem {
  std::string name;
  std::string label;
  std::string owner;               // team
  std::vector<uint16_t> required;  // terms of the account entity that must have a valid value
  std::optional<ChecklistRule> checklist;
  std::chrono::hours grace{0};  // added to the time the gate was reached: then it is a finding
  Place place;
};

// A checkpoint between two stages: to be passed to leave `from`.
struct Gate {
  std::string name;
  std::string label;
  size_t from = 0;  // index into Lifecycle::stages
  std::string owner;
  std::optional<std::chrono::hours>
      limit;  // how long an account may wait here before it is stalled
  std::vector<GateItem> items;
  Place place;
};

// A system that must know the account from a stage on.
struct Counterpart {
  std::string system;
  size_t from = 0;  // stage index; the stage and all behind it
  std::chrono::hours grace{0};
  bool ancestor_counts = true;  // a record of an account above it in the tree is enough
  Place place;
};

struct Lifecycle {
  struct Stage {
    std::string name;  // a choice of the stage term
    std::string label;
  };
  uint16_t stage_term = 0;    // of the account entity
  std::vector<Stage> stages;  // in order; a later one has passed the gates of all before it
  std::vector<Gate> gates;
  std::vector<Counterpart> counterparts;
  std::map<std::string, std::string> system_owners;  // system -> team
  std::map<std::string, std::string>
      kind_owners;  // finding kind -> team, where the design's default differs
  std::map<std::string, std::string> severities;  // finding kind -> low | medium | high

  std::optional<size_t> FindStage(std::string_view name) const;
};

// Every kind of finding that there is (docs/reference/published.md).
const std::vector<std::string>& FindingKinds();

}  // namespace trueup::mappings
