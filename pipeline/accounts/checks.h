#pragma once

#include <vector>

#include "pipeline/accounts/account_case.h"
#include "pipeline/accounts/agreement.h"

namespace trueup::pipeline {

// What can be wrong with an account, one function per subject. Each adds its conditions to the
// case; no two name the same kind, subject and term.

// Systems disagree on a term beyond its tolerance. `ranked` are the term's contenders in order of
// preference.
void AddConflict(const AccountCase& account, const mappings::Term& term,
                 const AccountTerm& survivor, const std::vector<Contender>& ranked,
                 const Disagreement& disagreement);
// Values of any of its records that do not fit their type.
void CheckInvalid(const AccountCase& account);
// Several records of one system.
void CheckDuplicates(const AccountCase& account);
// Systems that should know the account by now.
void CheckCounterparts(const AccountCase& account);
// Contradictions in its place in the tree.
void CheckHierarchy(const AccountCase& account);
// Terms that its gates require and no record has.
void CheckGaps(const AccountCase& account);
// Checklists of its gates over the rows that hang on it.
void CheckHandoffs(const AccountCase& account);
// It waits at a gate too long, or went back over one that it had passed.
void CheckWaiting(const AccountCase& account);

}  // namespace trueup::pipeline
