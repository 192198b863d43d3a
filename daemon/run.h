#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/instant.h"
#include "daemon/audit_records.h"
#include "pipeline/runtime/placement.h"

namespace trueup::config {
struct Config;
}

namespace trueup::daemon {

struct RunOptions {
  bool once = false;      // one full cycle: pull everything to the end, work it off, then return
  bool snapshot = false;  // forget the cursors first, so that every record is pulled again; what is
                          // unchanged is dropped
};

// Runs the daemon until SIGTERM or SIGINT (or, with `once`, until one cycle is worked off). An
// error: it could not start, or with `once` some system could not be pulled to the end (kTransient,
// kDenied: the text names each).
Status RunDaemon(const config::Config& config, const RunOptions& options);

// The digest of the published state: hash of the sorted logical documents, without offsets and
// times of observation.
struct Digest {
  std::string sha256;  // hexadecimal
  struct Topic {
    std::string name;
    uint64_t documents = 0;
    std::string sha256;
  };
  std::vector<Topic> topics;
};

// Works whether or not the daemon runs: it reads the live generation's state as it was last
// committed.
Result<Digest> ComputeDigest(const config::Config& config);

// Builds the next generation of the state from the stored raw rows and decisions, and makes it the
// live one: what an edit of the mappings does at the next start. kConflict while the daemon runs.
Status RebuildState(const config::Config& config);

// What a comparison of an object's contents found.
struct ContentsDifference {
  uint64_t before = 0;  // rows that earlier runs compared, where they could not compare all
  ContentsTally tally;  // of this run
  std::vector<std::string> differing;  // ids, sorted
  std::string waits;  // why the rest is left for the next run; empty: all is compared
};

// What the audit found of one object.
struct ObjectAudit {
  std::string system;
  std::string object;
  std::string entity;  // the glossary's word for its rows
  // Rows that the source created, changed or deleted behind this moment are set aside.
  Instant as_of;
  std::optional<uint64_t> source_count;  // live records, as the source counts them
  uint64_t held_count = 0;               // live records that we hold
  uint64_t listed = 0;                   // ids that the source listed, without those set aside
  uint64_t set_aside = 0;
  std::vector<std::string> missing;  // ids that the source has and we have not, sorted
  std::vector<std::string> extra;    // ids that we hold as live and the source has not, sorted
  uint64_t delivered = 0;            // rows and deletions that were sent on to mend that
  std::string error;                 // the source could not be asked; empty: it could
  // Where the live rows are that we hold; nothing where the mappings changed since the state was
  // built, and over Kafka, where no process has all of it.
  std::optional<pipeline::Placement> placement;

  std::optional<ContentsDifference> contents;  // where they were compared

  bool equal() const {
    return error.empty() && missing.empty() && extra.empty() &&
           (!contents || (contents->differing.empty() && contents->waits.empty()));
  }
};

struct AuditReport {
  Instant as_of;  // when it began
  std::vector<ObjectAudit> objects;

  bool equal() const;
};

struct AuditOptions {
  // Brings what was found into the log, so that the next run mends the state. kConflict while a
  // daemon works on the data folder.
  bool repair = false;
  // Compares the contents of all rows too, as far as the API budget lets it. What is left then, the
  // next run compares.
  bool contents = false;
};

// Compares ids and counts of every mapped object with its source, and fetches what differs once, to
// tell what is wrong from what only moved. Sends nothing but reads.
Result<AuditReport> RunAudit(const config::Config& config, const AuditOptions& options);

}  // namespace trueup::daemon
