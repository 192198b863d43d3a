#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/instant.h"
#include "reports/sqlite.h"

namespace trueup::reports {

// A finding as it stands at some time: open (there and active), pending (there, active later) or
// closed.
struct Finding {
  std::string id;
  std::string kind;
  std::string status;
  std::string severity;  // low, medium, high
  std::string owner;     // team
  std::string account;   // empty: it hangs on none
  std::string subject;   // ref of the record that it is about
  std::vector<std::string> refs;
  std::string term;
  std::string value;
  std::string reason;
  Instant first_seen;
  std::optional<Instant> due;
  std::optional<Instant> closed_at;
  int64_t reopened = 0;  // how often it came back
};

// An account in a listing.
struct AccountRow {
  std::string id;
  std::string name;
  std::vector<std::string> members;
  std::string stage;   // empty: no member has a valid one
  std::string parent;  // account id; empty: a root
  std::vector<std::pair<std::string, std::string>>
      terms;  // name -> value as JSON, in the glossary's order
  int64_t open_findings = 0;
};

// A page of a listing: `limit` 0 means all.
struct Page {
  uint64_t limit = 0;
  uint64_t offset = 0;
};

struct FindingFilter {
  std::string kind, owner, severity, account;  // empty: any
  std::string status = "open";                 // open, pending, closed or all
};

struct AccountFilter {
  std::string stage;           // empty: any
  std::string text;            // part of the name, ASCII letters in either case; empty: any
  bool with_findings = false;  // only accounts with an open finding
};

// High severity first, then oldest, then by id.
Result<std::vector<Finding>> ListFindings(const Database& database, const FindingFilter& filter,
                                          Instant now, const Page& page);
Result<std::optional<Finding>> FindFinding(const Database& database, const std::string& id,
                                           Instant now);

// How many findings of a kind and severity are open.
struct FindingCount {
  std::string kind;
  std::string severity;
  int64_t findings = 0;
};
Result<std::vector<FindingCount>> CountOpenFindings(const Database& database, Instant now);

// By id.
Result<std::vector<AccountRow>> ListAccounts(const Database& database, const AccountFilter& filter,
                                             Instant now, const Page& page);

// The account that an account id leads to (its own, or the one that it had before a merge), or that
// holds a record: an account record, an order line, an activity, or one that an open finding is
// about.
Result<std::optional<std::string>> FindAccount(const Database& database,
                                               const std::string& id_or_ref);
// The account's document as it was published: values with provenance and conflicts.
Result<std::optional<std::string>> AccountDocument(const Database& database, const std::string& id);

// An account's place in its tree, depth first.
struct TreeNode {
  std::string id;
  std::string name;
  std::string stage;
  int depth = 0;  // 0: the root
};
// The whole tree that an account belongs to; at most `most` nodes.
Result<std::vector<TreeNode>> TreeOf(const Database& database, const std::string& id,
                                     size_t most = 500);

}  // namespace trueup::reports
