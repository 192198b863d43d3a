#pragma once

#include <vector>

#include "mappings/glossary.h"
#include "pipeline/accounts/account.h"
#include "pipeline/accounts/agreement.h"

namespace trueup::pipeline {

// Brings the contenders for a term into order of preference: valid before invalid, then the term's
// rules one after the other, then by ref. So the first one survives, whatever the order in which
// they came.
void Rank(const mappings::Term& term, std::vector<Contender>& contenders);

// The surviving value of a term with its reason and the values that lost; whether they conflict is
// left to FindDisagreement. REQUIRES: `ranked` is not empty, was put into order by Rank, and holds
// no empty value.
AccountTerm Survive(const mappings::Term& term, const std::vector<Contender>& ranked);

}  // namespace trueup::pipeline
