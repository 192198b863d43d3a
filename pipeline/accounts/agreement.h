#pragma once

#include <optional>
#include <vector>

#include "mappings/glossary.h"
#include "mappings/mapped_row.h"
#include "pipeline/accounts/account.h"

namespace trueup::pipeline {

// A value that one record of the account holds for a term: views into the account's rows.
struct Contender {
  const mappings::MappedRow* row = nullptr;
  const mappings::MappedTerm* held = nullptr;
};

// Whether two valid values of a term are close enough, by its tolerance. A term that is not
// compared agrees with everything.
bool Agree(const mappings::Term& term, const Value& a, const Value& b);

// Two systems that say different things of one term.
struct Disagreement {
  Contender preferred;  // the most preferred value that another system contradicts
  Contender other;      // the most preferred value of another system that it disagrees with
  ConflictKind kind = ConflictKind::kReal;
  // The record that names the conflict: the first, in order of refs, that another system
  // contradicts. It depends on neither who wins nor on the account's id, so a finding keeps its
  // identity when survivorship, mergers or unrelated records change.
  Ref subject;
};

// The disagreement among contenders, given in order of preference. Only valid values of different
// systems can disagree: records of one system that differ are a duplicate's business.
std::optional<Disagreement> FindDisagreement(const mappings::Term& term,
                                             const std::vector<Contender>& ranked);

}  // namespace trueup::pipeline
