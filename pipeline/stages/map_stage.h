#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/change_event.h"
#include "mappings/catalog.h"
#include "pipeline/stages/messages.h"
#include "pipeline/stages/view.h"

namespace trueup::pipeline {

// One change event with its place in its source's log.
struct SourceInput {
  uint64_t offset = 0;
  ChangeEvent event;
  std::string bytes;  // ChangeEvent::Encode: as the log holds it
};

// What became of published events. Conservation (promise 1): every event counts in exactly one.
struct MapCounts {
  uint64_t mapped = 0;
  uint64_t quarantined = 0;
  uint64_t outdated = 0;  // no newer than what is held

  uint64_t total() const { return mapped + quarantined + outdated; }
};

// Since when a record's terms have their values, as far as its source told while we watched. Keyed
// by term name, so that it outlives an edit of the glossary.
struct FieldHistory {
  struct Since {
    std::string term;
    uint64_t value_hash = 0;  // the time is good only while the term has this value
    Instant since;
  };
  // Only the terms that are older than the newest version: all others have their value since then.
  struct Step {
    std::string term;
    std::string value;  // Value::Encode
    Instant at;
  };
  std::vector<Since> since;
  std::vector<Step> milestones;  // of terms that keep history, oldest first
};

// What map keeps of a record.
struct MapRecord {
  uint64_t offset = 0;
  Hash128 content;
  bool quarantined = false;  // the newest version could not be mapped
  FieldHistory history;
  std::string event;  // ChangeEvent::Encode of the newest version

  void Encode(std::string& out) const;
  static Result<MapRecord> Decode(std::string_view bytes);
};

// The first stage: keeps the newest version of every record of a source, translates it into the
// glossary's words and remembers since when each term has its value. Keyed by record ref; reads and
// writes kMapRows only. Deterministic: no clock.
class MapStage {
 public:
  explicit MapStage(std::shared_ptr<const mappings::Catalog> catalog)
      : catalog_(std::move(catalog)) {}

  // The keys that Apply will read for these inputs.
  static std::vector<std::string> Reads(const std::vector<SourceInput>& inputs);

  // Takes the event if it is newer than what is held, and sends the mapped row to its own collect,
  // or a quarantine condition.
  void Apply(const SourceInput& input, View& view, Effects& effects, MapCounts& counts) const;

  // Takes over a record from another generation, with its history, and maps it anew.
  void Import(const Ref& ref, MapRecord record, View& view, Effects& effects,
              MapCounts& counts) const;

 private:
  void Send(const ChangeEvent& event, MapRecord record, View& view, Effects& effects,
            MapCounts& counts) const;
  // Spells out the times of all terms of the held version, before a newer one takes its place.
  void AgeHistory(const ChangeEvent& held, FieldHistory& history) const;
  // Writes times and milestones of the history into the row, and the row's into the history.
  void Join(mappings::MappedRow& row, FieldHistory& history) const;

  std::shared_ptr<const mappings::Catalog> catalog_;
};

}  // namespace trueup::pipeline
