#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/instant.h"

namespace trueup::connectors::salesforce {

// Letters, digits, underscores and dots, beginning with a letter: an object, a field, or a path to
// one.
bool IsSoqlName(std::string_view text);

// The id in its form of 18 characters, which does not depend on upper and lower case; anything but
// 15 letters and digits stays as it is.
std::string LongId(std::string_view id);

// A place in the order (stamp, Id), and the end of the stretch to read.
struct Stretch {
  std::optional<Instant> from;  // nothing: from the first row
  std::string after_id;  // among the rows of `from`, only those behind this id; empty: all of them
  Instant until;         // included
};

// The query for the rows of a stretch in order: deleted ones too when sent to queryAll.
//   SELECT a,b FROM X WHERE S >= from AND S <= until AND (S > from OR Id > 'id') ORDER BY S, Id
// The condition on S alone is implied; it is there so that the index on S serves.
std::string StretchQuery(std::string_view object, std::string_view fields, std::string_view stamp,
                         const Stretch& stretch);

// The same rows in any order, for a Bulk job.
std::string BulkQuery(std::string_view object, std::string_view fields, std::string_view stamp,
                      const Stretch& stretch);
// How many rows these are.
std::string StretchCountQuery(std::string_view object, std::string_view stamp,
                              const Stretch& stretch);

// The queries of the audit. `live_only` leaves deleted rows out (for objects that have IsDeleted).
std::string CountQuery(std::string_view object, bool live_only);
// The same by UTC year and month of creation ("y", "m", "n"), of what was created before `until`.
std::string CreatedCountQuery(std::string_view object, bool live_only, Instant until);
std::string IdsQuery(std::string_view object, bool live_only, std::string_view after_id, int limit);
std::string FetchQuery(std::string_view object, std::string_view fields,
                       const std::vector<std::string>& ids);

// "2026-01-01T00:00:00.000Z": a literal, to the millisecond.
std::string SoqlInstant(Instant at);
// A text literal with its quotes.
std::string SoqlText(std::string_view text);

}  // namespace trueup::connectors::salesforce
