#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/instant.h"
#include "mappings/catalog.h"
#include "reports/queries.h"

namespace trueup::reports {

// A gate as the report asks about it: of the accounts that have passed it or wait at it, how many
// have each term.
struct GateQuestion {
  std::string name;
  std::string label;
  std::vector<std::string> stages;  // that have passed the gate or wait at it
  struct Required {
    std::string term;
    std::string owner;
  };
  std::vector<Required> required;
};
std::vector<GateQuestion> GateQuestions(const mappings::Catalog& catalog);

// What the whole state comes to at one time.
struct Summary {
  struct System {
    std::string name;
    int64_t members = 0;
  };
  struct Stage {
    std::string name;  // empty: no record of the account has a valid stage
    int64_t accounts = 0;
  };
  struct Kind {
    std::string kind;
    int64_t open = 0;
    int64_t high = 0;                 // of them, of high severity
    std::vector<std::string> owners;  // teams, the one with most first
    std::optional<Instant> oldest;
    std::vector<Finding> examples;
  };
  struct Owner {
    std::string owner;
    int64_t open = 0;
    int64_t overdue = 0;
    std::optional<Instant> oldest;
  };
  struct Completeness {
    std::string gate;  // label
    std::string term;
    std::string owner;
    int64_t accounts = 0;
    int64_t filled = 0;
  };
  struct Account {
    std::string id;
    std::string name;
    std::string stage;
    int64_t findings = 0;
  };

  Instant as_of;
  int64_t accounts = 0;
  int64_t open = 0;
  int64_t closed = 0;
  std::vector<System> systems;
  std::vector<Stage> stages;
  std::vector<Kind> kinds;    // most high ones first, then most
  std::vector<Owner> owners;  // most first
  std::vector<Completeness> completeness;
  std::vector<Account> worst;
};

Result<Summary> Summarize(const Database& database, const std::vector<GateQuestion>& gates,
                          Instant now);

// "97.1 %"; "-" of none.
std::string PercentText(int64_t part, int64_t whole);
// What to do about findings of a kind, in a sentence.
std::string AdviceFor(const std::string& kind);

// The report as text for people, as JSON (docs/reference/report.schema.json), and as one page of
// HTML that needs nothing from elsewhere.
std::string SummaryText(const Summary& summary, size_t width);
std::string SummaryJson(const Summary& summary);
std::string SummaryHtml(const Summary& summary);

}  // namespace trueup::reports
