#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/ref.h"
#include "base/value.h"
#include "mappings/mapped_row.h"

namespace trueup::pipeline {

// The id of the account that the record founds: its golden id for as long as it is the oldest
// member of its cluster.
std::string AccountIdOf(const Ref& founder);

// Which members an account has now, and its place in the tree: what resolve tells reconcile.
struct Roster {
  std::string account;
  Ref founder;
  std::vector<Ref> members;  // live account records, sorted; never empty for a live account
  std::vector<Ref> ghosts;   // deleted or merged-away records that lead here, sorted
  std::string parent;        // account id; empty: a root
  std::vector<std::string> ancestors;  // parent first; ends before a repeat
  // Systems with a live member in any ancestor, sorted: for counterparts that an ancestor stands in
  // for.
  std::vector<std::string> ancestor_systems;
  // What is wrong with its place in the tree.
  struct ParentClaim {
    Ref member;           // whose parent reference it is
    Ref target;           // what it names
    std::string account;  // that holds the target; empty: nobody has it
    friend bool operator==(const ParentClaim&, const ParentClaim&) = default;
  };
  std::vector<ParentClaim> claims;  // of all members that name a parent, sorted by member
  bool cycle = false;               // following the parents leads back here

  void Encode(std::string& out) const;
  static Result<Roster> Decode(std::string_view bytes);
  friend bool operator==(const Roster&, const Roster&) = default;
};

// One row that an account holds: a member's own record (row.ref == member) or one that hangs on it.
struct AccountRow {
  Ref member;
  mappings::MappedRow row;
};

enum class ConflictKind { kReal, kLag, kFormat, kValueMap };
std::string_view ToString(ConflictKind kind);

// A value of a term with where it came from.
struct Candidate {
  Value value;
  Ref ref;              // the record
  Instant since;        // since when it has this value
  uint64_t offset = 0;  // of the raw row in its source's log
  std::string invalid;  // why it does not fit its type; empty: it does
};

// One term of an account: the value that survived, why, and the ones that lost.
struct AccountTerm {
  uint16_t term = 0;  // Term::index of the account entity
  Candidate winner;
  std::string rule;               // in words: "source_priority: netsuite before salesforce"
  std::vector<Candidate> others;  // other members' values, agreeing or not, in order of preference
  bool conflict = false;          // some other valid value is beyond the term's tolerance
  ConflictKind conflict_kind = ConflictKind::kReal;
};

// The reconciled customer.
struct Account {
  std::string id;
  Roster roster;
  std::string stage;  // canonical; empty where no member has a valid one
  std::optional<Instant> stage_since;
  std::vector<AccountTerm> terms;  // by ascending term
};

// What the state says is wrong, free of the clock.
struct Condition {
  std::string id;    // stable: made of kind, subject and term; never of an account id
  std::string kind;  // design section 6: "gap", "conflict", ...
  Ref subject;  // the record that it is about (an account's founder for what concerns the account
                // as a whole)
  std::vector<Ref> refs;  // every record that is evidence, subject included, sorted
  std::string account;    // where it is seen now; empty for rows that hang on none
  std::string term;       // glossary name of the term or gate item concerned; may be empty
  std::string severity;   // low, medium, high
  std::string owner;      // team
  std::string value;      // the offending or conflicting value(s); may be empty
  std::string reason;     // a sentence for the person who settles it, with systems and values
  std::optional<Instant> active_from;  // absent: from the beginning of time
  std::optional<Instant> due;
};

// The stable id of a condition.
std::string ConditionId(std::string_view kind, const Ref& subject, std::string_view term);

// Whether the published JSON of an account holds what differs between two runs over the same
// records: log offsets, and the places of mapping lines, which name files as they were given at
// load. Digests hash the text without.
enum class Offsets { kInclude, kLeaveOut };

}  // namespace trueup::pipeline
