#pragma once

#include <optional>
#include <string>
#include <vector>

#include "connectors/netsuite/suiteql.h"

namespace trueup::connectors::netsuite {

// How far an object has been pulled. Times are local to the session's zone, as in queries.
struct Cursor {
  enum class Phase {
    kIdle,          // the last pull is complete; the next begins at `mark` minus the lookback
    kChanges,       // rows in order of (stamp, id)
    kRepeatedHour,  // rows with stamps in an hour that came twice, in order of id
    kDeletions,     // deletedrecord in order of (stamp, id)
    kRepeatedDeletions,
    kWhole,  // a table without stamps, in order of id
  };

  Phase phase = Phase::kIdle;
  std::string zone;   // of all times here
  SuitePlace place;   // the last row that was delivered; of kWhole and the repeated hours only the
                      // id counts
  std::string upper;  // kChanges: the end of this pull's window
  std::string hour_begin;  // the repeated hour, ends excluded
  std::string hour_end;
  std::string mark;                  // the newest stamp that was delivered
  std::string deleted_mark;          // the same of the deletions
  std::vector<std::string> missing;  // the columns that rows come without, by name, in order
  std::vector<std::string> known;    // kWhole: the ids of the last complete reading
  std::vector<std::string> seen;     // kWhole: those of this one so far

  std::string ToJson() const;
  // Nothing where the text is no cursor of ours.
  static std::optional<Cursor> FromJson(const std::string& text);
};

}  // namespace trueup::connectors::netsuite
