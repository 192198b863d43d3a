#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/instant.h"
#include "connectors/salesforce/soql.h"

namespace trueup::connectors::salesforce {

// Where the pull of one object stands; stored as JSON text by the caller.
struct Cursor {
  // Which fields the rows before were read with: another list means that all rows must be read
  // again.
  std::string fields;
  // Stamp of the newest row that was delivered: where the next query begins, less the lookback.
  // Taken from rows, never from a clock, so a source whose clock differs loses nothing.
  std::optional<Instant> mark;

  // The query under way, if any.
  struct Query {
    Stretch rest;    // what is not delivered yet; `until` is its own end
    Instant target;  // the end of the whole pull; later than rest.until after a time-out halved the
                     // query
    std::string locator;  // the path of its next page: a hint that may have expired
  };
  std::optional<Query> query;

  std::string ToText() const;
  // kCorrupt where the text is none of ours.
  static Result<Cursor> FromText(std::string_view text);
};

}  // namespace trueup::connectors::salesforce
