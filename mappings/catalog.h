#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/change_event.h"
#include "base/problems.h"
#include "mappings/glossary.h"
#include "mappings/lifecycle.h"
#include "mappings/mapped_row.h"
#include "mappings/matching_config.h"

namespace trueup::mappings {

class MappingPlan;  // mappings/plan.h: one system's object compiled

// Where a term of an object comes from: for explanations.
struct TermSource {
  std::string field;  // as written in the mapping
  Place place;        // of that line
};

// Everything that the YAML of one mappings folder says, checked and compiled. Immutable; shared by
// all threads.
class Catalog {
 public:
  // Loads glossary.yaml, lifecycle.yaml, matching.yaml and every other *.yaml (one mapping file per
  // system) of `folder`. Nothing where anything is wrong: every problem of every file is then in
  // `problems`.
  static std::shared_ptr<const Catalog> Load(const std::string& folder, Problems& problems);
  ~Catalog();

  const Glossary& glossary() const;
  const Lifecycle& lifecycle() const;
  const MatchingConfig& matching() const;
  // Changes whenever a rebuild could give another result: hash of the canonical content of all
  // files.
  const std::string& version() const;
  // Systems that have a mapping, sorted.
  std::vector<std::string> systems() const;
  // Objects of a system that are mapped, sorted.
  std::vector<std::string> objects(std::string_view system) const;
  // The entity (Entity::index) that an object is mapped to, or nothing where it is not mapped.
  std::optional<uint16_t> EntityOf(std::string_view system, std::string_view object) const;
  // Whether an object of the system is mapped to the entity (Entity::index).
  bool Holds(std::string_view system, uint16_t entity) const;

  // Translates one record. Nothing where the object has no mapping or the row lacks what the
  // mapping requires: then `quarantine` says why in words. Pure; safe from any thread. `since` and
  // milestones are left to the map stage.
  std::optional<MappedRow> Map(const ChangeEvent& event, std::string& quarantine) const;

  // The source field and mapping line of a term of an object, or nothing where it is not mapped.
  std::optional<TermSource> SourceOf(std::string_view system, std::string_view object,
                                     uint16_t term) const;
  // The source fields that the mapping of an object reads, as it names them.
  std::vector<std::string> FieldsOf(std::string_view system, std::string_view object) const;

 private:
  struct Parts;
  explicit Catalog(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace trueup::mappings
