#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/change_event.h"
#include "base/problems.h"
#include "base/row.h"
#include "mappings/glossary.h"
#include "mappings/mapped_row.h"
#include "mappings/types.h"

namespace trueup::mappings {

// How one term of an object gets its value: every name already resolved.
struct TermPlan {
  uint16_t term = 0;
  TermType type = TermType::kText;
  // Places of the source fields among those that the plan reads; the first non-empty one counts, or
  // all, joined.
  std::vector<uint16_t> slots;
  std::optional<std::string> join;     // between the fields
  std::optional<TypedValue> constant;  // instead of fields
  // What the source's words mean, by FoldKey: choices, labels, aliases and the mapping's own value
  // map.
  std::unordered_map<std::string, Value> words;
  std::string reference;        // "system/object/", in front of the id
  bool salesforce_id = false;   // ids are completed to 18 characters
  std::string id_prefix;        // ids that begin otherwise name something else: no value
  std::string format;           // of dates
  std::string separator = ";";  // of lists
  std::string field;            // as written, for explanations
  Place place;
};

// One system's object, compiled: a pass over the row in its order, then one step per term.
// Immutable and safe from any thread.
class MappingPlan {
 public:
  // `fields`: the source fields that slots number. `terms` by ascending term. `required`: positions
  // in `terms`.
  MappingPlan(const Entity& entity, std::vector<std::string> fields, std::vector<TermPlan> terms,
              std::vector<size_t> required, const std::vector<std::string>& empty_words);
  // The index holds views of the fields' names: a copy would look at another plan's.
  MappingPlan(MappingPlan&&) = default;
  MappingPlan(const MappingPlan&) = delete;
  MappingPlan& operator=(const MappingPlan&) = delete;

  // The row in the glossary's words; nothing, and why in `quarantine`, where it lacks a required
  // term. A deleted record's row may lack anything.
  std::optional<MappedRow> Run(const ChangeEvent& event, std::string& quarantine) const;

  const TermPlan* Find(uint16_t term) const;
  uint16_t entity() const { return entity_; }
  const std::vector<std::string>& fields() const { return fields_; }

 private:
  struct Source {
    bool present = false;
    FieldKind kind = FieldKind::kNull;
    std::string_view text;  // trimmed
  };
  // Open addressing from a field's name to its slot.
  struct Bucket {
    std::string_view name;
    uint16_t slot = 0;
  };

  void AddToIndex(uint16_t slot);
  std::optional<uint16_t> SlotOf(std::string_view field) const;
  void Gather(const Row& row, std::vector<Source>& sources) const;
  // Absent where no field of the term is in the row.
  TypedValue Evaluate(const TermPlan& term, const std::vector<Source>& sources,
                      std::string_view country) const;
  TypedValue Join(const TermPlan& term, const std::vector<Source>& sources,
                  std::string_view country) const;
  TypedValue Read(const TermPlan& term, std::string_view text, FieldKind kind,
                  std::string_view country) const;
  // A record that names no country may still tell it by its phone: believed for a tax id without
  // prefix where that id then fits the country's scheme, so that it equals the same id in a record
  // that does name the country.
  void PlaceTaxIds(MappedRow& row) const;
  bool MeansEmpty(const TermPlan& term, std::string_view text) const;

  uint16_t entity_;
  std::vector<uint16_t> parents_;
  std::vector<std::string> fields_;
  std::vector<TermPlan> terms_;
  std::vector<size_t> required_;
  std::vector<std::string> empty_words_;
  std::array<bool, 256>
      starts_empty_word_{};  // by a text's first byte: most texts are settled here
  std::vector<Bucket> index_;
  std::optional<size_t> country_;  // the term that tells how phones and tax ids are read
  std::vector<std::string> term_names_;
};

// Reads `text` as the type of the term and nothing else: the step behind words and empty values.
// REQUIRES: trimmed, not empty.
TypedValue ReadAsType(const TermPlan& term, std::string_view text, FieldKind kind,
                      std::string_view country);

}  // namespace trueup::mappings
