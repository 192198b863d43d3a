#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/instant.h"
#include "connectors/salesforce/field_changes.h"
#include "connectors/salesforce/soql.h"

namespace trueup::connectors::salesforce {

// A Bulk job and how much of its result has been delivered.
struct Job {
  std::string id;
  Instant since;  // when it was made, by our clock
  bool complete = false;
  uint64_t total = 0;   // rows of its result, once complete
  std::string locator;  // of the result page being delivered; empty: the first
  uint64_t skip = 0;    // rows of that page that are delivered
  uint64_t rows = 0;    // rows of the whole result that are delivered
};

// A query that is under way.
struct CursorQuery {
  Stretch rest;    // what is not delivered yet; `until` is its own end
  Instant target;  // the end of the whole pull; later than rest.until after a time-out halved the
                   // query
  std::string locator;  // the path of its next page by REST: a hint that may have expired

  bool bulk = false;  // goes by Bulk jobs; else by REST
  // The job under way. Its rows come in no order, so `rest` stays as it is until the last of them
  // is delivered: where the job is lost, another one reads the whole stretch again.
  std::optional<Job> job;
  int lost_jobs = 0;  // given up since the last stretch that went well

  bool deletions = false;  // to be followed by what is deleted for good
};

// How far it is known what is deleted for good.
struct Deletions {
  Instant covered;    // up to here
  bool told = false;  // by the source, and what comes next must go on there; else nothing was yet
  std::optional<Instant> due;  // to be asked for up to here, now that the pull's rows are delivered
};

// Where the pull of one object stands; stored as JSON text by the caller.
struct Cursor {
  // Which fields the rows before were read with, and those of them whose values not every row has.
  FieldTypes fields;
  std::set<std::string> partial;
  // Stamp of the newest row that was delivered: where the next query begins, less the lookback.
  // Taken from rows, never from a clock, so a source whose clock differs loses nothing.
  std::optional<Instant> mark;

  using Query = CursorQuery;
  // The query under way, if any.
  std::optional<Query> query;

  // Where the source tells deletions.
  std::optional<Deletions> deletions;

  // Every row is to be read again.
  void ReadAgain();
  // The next query: from the mark, less `lookback`, to `until`.
  void BeginQuery(Instant until, std::chrono::milliseconds lookback);
  // The query is to be followed by what is deleted for good, unless that is known up to less than
  // `every` before its end. REQUIRES: there is a query.
  void AskForDeletions(std::chrono::milliseconds every);
  // Halves the query's stretch. False where it is too short for that. REQUIRES: there is a query.
  bool HalveStretch();
  // Every row of the stretch is delivered: goes on to the next one, or to the deletions. True: the
  // pull has come to its end. REQUIRES: there is a query.
  bool EndStretch();

  std::string ToText() const;
  // kCorrupt where the text is none of ours.
  static Result<Cursor> FromText(std::string_view text);
};

}  // namespace trueup::connectors::salesforce
