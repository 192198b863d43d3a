#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/hash.h"
#include "base/instant.h"

// What is remembered of the audits of one object, and how it is stored (AuditLedger).
namespace trueup::daemon {

// A comparison of an object's ids with its source that was carried out.
struct IdProof {
  Instant at;     // when it was done
  Instant as_of;  // what the source changed behind this moment was set aside
  uint64_t held = 0;
  uint64_t listed = 0;   // ids that the source listed, without those set aside
  uint64_t missing = 0;  // of them, those that were not held
  uint64_t extra = 0;    // ids that were held and that the source had not
  uint64_t set_aside = 0;

  bool equal() const { return missing == 0 && extra == 0; }
  friend bool operator==(const IdProof&, const IdProof&) = default;
};

// How the audit of the ids of one object stands.
struct AuditRecord {
  static constexpr std::string_view kScope = "audit:";  // before an object's name: its findings
  static constexpr std::string_view kSharedKey = "";    // before it: the place of its record

  std::optional<IdProof> proof;  // the last one
  std::string error;             // why the last try came to nothing; empty: it did not
  std::optional<Instant> next;   // not before; nothing: at once
  uint32_t troubles = 0;         // tries in a row that came to nothing or found a difference
  // What differed at the last try, sorted; of many, the first.
  std::vector<std::string> missing;  // ids that the source listed and we did not hold
  std::vector<std::string> extra;    // ids that we held and the source had not
  // Ids of the findings that are stated, or may be: a crash can come before they are.
  std::vector<std::string> stated;

  void Encode(std::string& out) const;
  static Result<AuditRecord> Decode(std::string_view bytes);
  friend bool operator==(const AuditRecord&, const AuditRecord&) = default;
};

// A comparison of counts by window of creation that was carried out. It is not stored.
struct CountProof {
  Instant at;
  Instant as_of;         // what the source created later was set aside
  uint64_t windows = 0;  // of time, in which rows were counted
  uint64_t differing = 0;
  uint64_t counted = 0;  // rows, by the source

  friend bool operator==(const CountProof&, const CountProof&) = default;
};

// What a comparison of the contents of rows came to.
struct ContentsTally {
  uint64_t compared = 0;   // rows, without those set aside
  uint64_t differing = 0;  // of them
  uint64_t set_aside = 0;  // rows that the source changed behind the moment, or shows no more

  ContentsTally& operator+=(const ContentsTally& more) {
    compared += more.compared;
    differing += more.differing;
    set_aside += more.set_aside;
    return *this;
  }
  friend bool operator==(const ContentsTally&, const ContentsTally&) = default;
};

// A comparison of the contents of all rows of an object that came to its end. It is spread over
// many cycles, each of which compares some rows as of its own moment.
struct ContentsProof {
  Instant begun;
  Instant at;  // when it ended
  ContentsTally tally;

  friend bool operator==(const ContentsProof&, const ContentsProof&) = default;
};

// One that is under way.
struct ContentsPass {
  Instant begun;
  std::string after;  // the id of the last row that was compared
  ContentsTally tally;

  friend bool operator==(const ContentsPass&, const ContentsPass&) = default;
};

// How the audit of the contents of one object's rows stands.
struct ContentsRecord {
  static constexpr std::string_view kScope = "contents:";
  static constexpr std::string_view kSharedKey = "contents:";

  std::optional<ContentsProof> proof;  // the last one
  std::optional<ContentsPass> pass;
  std::string error;  // as of AuditRecord
  std::string waits;  // why it stands still, although nothing is wrong; empty: it does not
  std::optional<Instant> next;  // not before; nothing: at once
  uint32_t troubles = 0;        // as of AuditRecord
  // Rows that differed: what was delivered, by id, until it is seen to be held. Of many, the first.
  std::map<std::string, Hash128> delivered;
  std::vector<std::string> stated;  // as of AuditRecord

  void Encode(std::string& out) const;
  static Result<ContentsRecord> Decode(std::string_view bytes);
  friend bool operator==(const ContentsRecord&, const ContentsRecord&) = default;
};

}  // namespace trueup::daemon
