#include "pipeline/accounts/agreement.h"

#include <algorithm>
#include <chrono>

#include "mappings/tax_id.h"
#include "pipeline/accounts/company_name.h"

namespace trueup::pipeline {
namespace {

using mappings::Term;
using mappings::TermType;
using mappings::Tolerance;

// Two edits this close together: one system has followed the other, and the third has yet to.
constexpr std::chrono::hours kLagWindow{24};

std::optional<Date> DayOfValue(const Value& value) {
  if (const Date* date = value.if_date()) return *date;
  if (const ZonedInstant* at = value.if_instant()) {
    return std::chrono::floor<std::chrono::days>(at->at);
  }
  return std::nullopt;
}

bool WithinDays(const Value& a, const Value& b, int days) {
  const auto first = DayOfValue(a);
  const auto second = DayOfValue(b);
  if (!first || !second) return a == b;
  return std::chrono::abs(*first - *second) <= std::chrono::days(days);
}

bool WithinAmount(const Value& a, const Value& b, const Decimal& amount) {
  const Decimal* first = a.if_number();
  const Decimal* second = b.if_number();
  if (first == nullptr || second == nullptr) return a == b;
  const Decimal apart = *first - *second;
  return (apart < Decimal() ? -apart : apart) <= amount;
}

// What is left without case, space and punctuation (of ASCII; other bytes count as letters).
std::string Squashed(const std::string& text) {
  std::string squashed;
  for (const char c : text) {
    if (c >= 'A' && c <= 'Z') {
      squashed.push_back(static_cast<char>(c - 'A' + 'a'));
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               static_cast<unsigned char>(c) >= 0x80) {
      squashed.push_back(c);
    }
  }
  return squashed;
}

bool IsChoice(const Term& term, const Value& value) {
  return term.FindChoice(value.ToText()).has_value();
}

// The record had `value` before the one it has now.
bool HadBefore(const Contender& contender, const Value& value) {
  const auto& milestones = contender.row->milestones;
  return std::any_of(milestones.begin(), milestones.end(), [&](const mappings::Milestone& step) {
    return step.term == contender.held->term && step.value == value &&
           step.at < contender.held->since;
  });
}

// The value is known to have come after the record was made.
bool WasEdited(const Contender& contender) {
  return contender.row->created && contender.held->since > *contender.row->created;
}

ConflictKind KindOf(const Term& term, const Contender& preferred, const Contender& other) {
  const Value& a = preferred.held->value;
  const Value& b = other.held->value;
  if (Squashed(a.ToText()) == Squashed(b.ToText())) return ConflictKind::kFormat;
  if (term.type == TermType::kEnumeration && IsChoice(term, a) != IsChoice(term, b)) {
    return ConflictKind::kValueMap;
  }
  const bool edited_together =
      WasEdited(preferred) && WasEdited(other) &&
      std::chrono::abs(preferred.held->since - other.held->since) <= kLagWindow;
  if (HadBefore(preferred, b) || edited_together) return ConflictKind::kLag;
  return ConflictKind::kReal;
}

bool Contradict(const Term& term, const Contender& a, const Contender& b) {
  return a.row->ref.system() != b.row->ref.system() && !Agree(term, a.held->value, b.held->value);
}

const Contender* FindContradiction(const Term& term, const Contender& contender,
                                   const std::vector<Contender>& valid) {
  const auto found = std::find_if(valid.begin(), valid.end(), [&](const Contender& other) {
    return Contradict(term, contender, other);
  });
  return found == valid.end() ? nullptr : &*found;
}

// All values are the winner's, or all come from one system: by far the most frequent case, told in
// one pass.
bool CannotDisagree(const std::vector<Contender>& valid) {
  if (valid.size() < 2) return true;
  const Contender& first = valid.front();
  const bool one_value = std::all_of(valid.begin(), valid.end(), [&](const Contender& other) {
    return other.held->value == first.held->value;
  });
  return one_value || std::all_of(valid.begin(), valid.end(), [&](const Contender& other) {
           return other.row->ref.system() == first.row->ref.system();
         });
}

}  // namespace

bool Agree(const Term& term, const Value& a, const Value& b) {
  switch (term.tolerance) {
    case Tolerance::kNotCompared: return true;
    case Tolerance::kExact:
      return a == b ||
             (term.type == TermType::kTaxId && mappings::MayBeOneTaxId(a.ToText(), b.ToText()));
    case Tolerance::kName:
      return a == b || CompanyNameKey(a.ToText()) == CompanyNameKey(b.ToText());
    case Tolerance::kDays: return WithinDays(a, b, term.tolerance_days);
    case Tolerance::kAmount: return WithinAmount(a, b, term.tolerance_amount);
  }
  return true;
}

std::optional<Disagreement> FindDisagreement(const Term& term,
                                             const std::vector<Contender>& ranked) {
  if (term.tolerance == Tolerance::kNotCompared) return std::nullopt;
  std::vector<Contender> valid;
  std::copy_if(ranked.begin(), ranked.end(), std::back_inserter(valid),
               [](const Contender& contender) { return contender.held->valid(); });
  if (CannotDisagree(valid)) return std::nullopt;
  for (const Contender& preferred : valid) {
    const Contender* other = FindContradiction(term, preferred, valid);
    if (other == nullptr) continue;
    Disagreement found{preferred, *other, KindOf(term, preferred, *other), {}};
    std::sort(valid.begin(), valid.end(),
              [](const Contender& a, const Contender& b) { return a.row->ref < b.row->ref; });
    const auto first = std::find_if(valid.begin(), valid.end(), [&](const Contender& contender) {
      return FindContradiction(term, contender, valid) != nullptr;
    });
    found.subject = first->row->ref;
    return found;
  }
  return std::nullopt;
}

}  // namespace trueup::pipeline
