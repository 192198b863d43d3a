#pragma once

#include <optional>
#include <string>

#include "base/instant.h"
#include "connectors/rest/id_sketch.h"

namespace trueup::connectors::rest {

// How far an object has been pulled.
struct Cursor {
  enum class Phase {
    kIdle,       // the last pull is complete; the next begins at `mark` minus the lookback
    kRows,       // in the list of records
    kDeletions,  // in the feed of deletions
    kIds,        // in the list of ids
  };

  Phase phase = Phase::kIdle;
  std::optional<Instant> since;  // the lower bound of the list that is being walked
  std::string page;              // how to ask for its next page; empty: the first
  bool restarted = false;  // this list was begun again, because the server had forgotten a page
  std::optional<Instant> mark;          // the newest stamp that was delivered
  std::optional<Instant> deleted_mark;  // the same of the deletions

  // Of a list that came in one page: what the server named that version, and a hash of its URL.
  std::string etag;
  std::string etag_of;
  std::optional<IdSketch> known;   // the ids that were listed at the end of the last pull
  std::optional<IdSketch> listed;  // those of the list that is being walked

  std::string ToJson() const;
  // Nothing where the text is no cursor of ours.
  static std::optional<Cursor> FromJson(const std::string& text);
};

}  // namespace trueup::connectors::rest
