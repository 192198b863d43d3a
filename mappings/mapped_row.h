#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/instant.h"
#include "base/ref.h"
#include "base/value.h"

namespace trueup::mappings {

// One value of a row in the glossary's words.
struct MappedTerm {
  uint16_t term = 0;  // Term::index within the row's entity
  Value value;        // canonical; the source's text where it does not fit its type; null where the
                      // source says empty
  std::string invalid;  // why the value does not fit its type; empty: it does
  Instant since;        // since when the record has this value, as far as its source told

  bool valid() const { return invalid.empty(); }
  friend bool operator==(const MappedTerm&, const MappedTerm&) = default;
};

// A dated change of a term that keeps history.
struct Milestone {
  uint16_t term = 0;
  Value value;
  Instant at;
  friend bool operator==(const Milestone&, const Milestone&) = default;
};

// A record in the glossary's words: what the stages behind `map` work with.
struct MappedRow {
  Ref ref;
  uint16_t entity = 0;  // Entity::index
  Instant modified;
  std::optional<Instant> created;
  bool deleted = false;
  Ref merged_into;
  Ref parent;  // the record it hangs on: first non-empty parent reference; empty: it names none
  std::vector<MappedTerm> terms;      // by ascending term; absent fields are left out
  std::vector<Milestone> milestones;  // oldest first
  uint64_t offset =
      0;  // where the raw row stands in its source's log; provenance only, outside every digest

  // The value of a term, or nullptr where the row has none.
  const MappedTerm* Find(uint16_t term) const;

  void Encode(std::string& out) const;
  static Result<MappedRow> Decode(std::string_view bytes);
};

}  // namespace trueup::mappings
