#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "base/ref.h"
#include "mappings/catalog.h"
#include "pipeline/accounts/account.h"

namespace trueup::pipeline {

// What resolve needs to know of one account record: its match features' raw material and its links.
// Sent by collect whenever any of it changes.
struct MemberFeatures {
  Ref ref;
  std::optional<Instant>
      created;         // the source's creation time; the oldest member founds the account
  bool ghost = false;  // deleted, or merged into another record
  Ref merged_into;     // the winner, where it was merged; else empty
  Ref parent;          // the account record that this one names as its parent; may be empty
  // Canonical valid values of the terms that MatchingConfig::features names, as (term index, text);
  // several per term are fine.
  std::vector<std::pair<uint16_t, std::string>> values;

  void Encode(std::string& out) const;
  static Result<MemberFeatures> Decode(std::string_view bytes);
  friend bool operator==(const MemberFeatures&, const MemberFeatures&) = default;
};

// What a person settled about a pair of records.
struct PairDecision {
  enum class Verdict { kNone, kSame, kDifferent };  // kNone takes an earlier one back
  Ref a;
  Ref b;
  Verdict verdict = Verdict::kNone;
};

// A change to what resolve knows. `features` absent: the record is forgotten (it never was an
// account record).
struct ResolveInput {
  Ref ref;
  std::optional<MemberFeatures> features;
  std::optional<PairDecision> decision;  // instead of features
};

// One comparison that spoke for or against a match.
struct Evidence {
  std::string feature;  // "name", "domain", ...
  std::string level;    // "exact", "different", ...
  double weight = 0;    // log2 odds; the sum with the prior is the score
  std::string a;        // what was compared
  std::string b;
};

struct PairScore {
  double score = 0;
  std::vector<Evidence> evidence;
};

// What a batch of inputs changed: the whole new value of each touched key.
struct ResolveOutput {
  struct Membership {
    Ref member;
    std::string account;  // empty: in none (a ghost that attaches to nothing, or forgotten)
  };
  std::vector<Membership> memberships;  // sorted by member
  std::vector<Roster> rosters;  // sorted by account; an empty member list: the account is no more
  std::vector<Condition> conditions;   // possible duplicates that are new or changed, sorted by id
  std::vector<std::string> withdrawn;  // ids of conditions that no longer hold, sorted
};

// Decides which records are one customer. Its results are a function of the current features,
// decisions and config, never of the order of arrival: after any sequence of inputs with the same
// final features, the accounts are the same. Single-threaded to the caller; scores pairs on
// `threads` worker threads.
class Resolver {
 public:
  Resolver(std::shared_ptr<const mappings::Catalog> catalog, int threads);
  ~Resolver();

  // Applies inputs and works off everything that they touch (band changes, re-scoring,
  // re-clustering).
  ResolveOutput Apply(std::vector<ResolveInput> inputs);

  // The same as applying all at once to an empty resolver, without reporting what changed: for the
  // start from stored features and decisions.
  void Load(std::vector<ResolveInput> inputs);

  // The current state of any account, for restart checks and queries.
  std::optional<Roster> RosterOf(const std::string& account) const;
  std::optional<std::string> AccountOf(const Ref& member) const;
  // Every roster, sorted by account.
  std::vector<Roster> Rosters() const;
  // Every possible duplicate, sorted by id. Made anew at every call.
  std::vector<Condition> Conditions() const;

  // Why two records are, or are not, one customer: the score's parts and what stopped them (a
  // decision, two valid ids, parent and child, never compared because they share no key, ...). In
  // words.
  struct Explanation {
    PairScore score;
    bool candidates = false;  // they share a key that retrieves
    std::string verdict;      // "match", "possible", "no match"
    std::vector<std::string> notes;
  };
  std::optional<Explanation> Explain(const Ref& a, const Ref& b) const;

  // Figures for status and metrics.
  struct Figures {
    uint64_t members = 0;
    uint64_t keys = 0;
    uint64_t generic_keys = 0;  // truncated: they neither prove nor retrieve
    uint64_t links = 0;
    uint64_t pairs_scored = 0;  // since the start
  };
  Figures figures() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace trueup::pipeline
