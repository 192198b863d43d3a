#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/instant.h"
#include "base/ref.h"
#include "base/row.h"

namespace trueup {

// One observed version of a record, or its deletion: what connectors deliver and the log keeps.
struct ChangeEvent {
  Ref ref;
  // The source's version stamp (SystemModstamp, lastmodifieddate, updated_at; for a deletion the
  // time of deletion where the source tells it). An event with an older stamp than the one held is
  // out of date. Objects without stamps use 1970: then the newest observation wins.
  Instant modified;
  std::optional<Instant> created;  // the source's creation time, where it tells
  bool deleted = false;            // gone from the source; `row` may be empty
  Ref merged_into;  // the winner, where the source merged this record into another; else empty
  Row row;

  // Covers everything that makes a version: row, deletion, merge and stamp.
  Hash128 ContentHash() const;

  // The stored form, and back; damaged bytes are kCorrupt.
  void Encode(std::string& out) const;
  static Result<ChangeEvent> Decode(std::string_view bytes);

  // The form for logs that other programs read, and back: a JSON object
  // (docs/reference/published.md). kCorrupt where it is not that. No stored form begins like it.
  std::string EncodeJson() const;
  static Result<ChangeEvent> DecodeJson(std::string_view text);
  static bool IsJson(std::string_view bytes) { return bytes.starts_with('{'); }
};

}  // namespace trueup
