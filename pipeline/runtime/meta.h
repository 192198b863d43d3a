#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/error.h"
#include "pipeline/stages/map_stage.h"
#include "pipeline/stages/view.h"
#include "pipeline/state/store.h"

namespace trueup::pipeline {

// What a generation remembers about itself, in kMeta.

// By which config and code it was built, and over which log. Another identity is another
// generation.
struct Identity {
  std::string config;  // Catalog::version
  std::string code;    // kCodeVersion
  std::string log;     // Log::id

  friend bool operator==(const Identity&, const Identity&) = default;
};

// To be raised whenever a stage gives another result for the same input or stores it in another
// form.
inline constexpr const char* kCodeVersion = "4";

// How far a topic was read, and what became of its events.
struct Position {
  uint64_t offset = 0;
  MapCounts counts;
};

void PutIdentity(const Identity& identity, View& view);
Result<std::optional<Identity>> GetIdentity(const Store& store);
void PutPosition(const std::string& topic, const Position& position, View& view);
Result<Position> GetPosition(const std::string& topic, const Store& store);

}  // namespace trueup::pipeline
