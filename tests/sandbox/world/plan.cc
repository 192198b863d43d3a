// Which defects a customer gets. The rates are shares of all customers; where a defect is possible
// for some customers only, the chance among those is higher.
#include "tests/sandbox/world/customer.h"
#include "tests/sandbox/world/tax_ids.h"

namespace trueup::sandbox {
namespace {

size_t Index(System system) { return static_cast<size_t>(system); }

// Whether the stage brings a record in that system and no ancestor stands in for it.
bool HasRecord(const Customer& c, System system) {
  if (system == System::kSalesforce) return true;
  return c.stage >= Stage::kBillingReady && !c.served_by_ancestor[Index(system)];
}

bool SystemHolds(System system, Term term) {
  if (system != System::kSky) return true;
  return term != Term::kPaymentTerms && term != Term::kCurrency;
}

std::string OtherValue(const Customer& c, Term term, Random* random) {
  static constexpr std::string_view kTerms4[] = {"Net 15", "Net 30", "Net 45", "Net 60"};
  const auto& country = c.home();
  for (;;) {
    const Country& other = random->Pick(Countries());
    std::string value;
    switch (term) {
      case Term::kTaxId: value = MakeTaxId(country.iso2, random); break;
      case Term::kPaymentTerms: value = random->Pick(kTerms4); break;
      case Term::kCurrency: value = other.currency; break;
      case Term::kBillingCountry: value = other.iso2; break;
      case Term::kBillingPostcode:
        value = FillPattern(country.cities.front().postcode, random);
        break;
      case Term::kLanguage: value = other.language; break;
      case Term::kTimezone: value = other.cities.front().timezone; break;
      case Term::kStage:
        value = StageName(static_cast<Stage>(random->Between(4, 6)), std::nullopt);
        if (value != StageName(c.stage, std::nullopt)) return value;
        continue;
      case Term::kGoLiveDate:
        return DateText(*ParseTime(c.go_live_date) + random->Between(15, 90) * kDay);
      case Term::kLegalName: {
        CompanySource invented(random->Next(), {});
        return invented.Next().core;
      }
      default: return value;
    }
    const bool same = value == c.tax_id || value == c.payment_terms || value == c.currency ||
                      value == country.iso2 || value == c.postcode || value == c.language ||
                      value == c.timezone;
    if (!same) return value;
  }
}

void PlanConflict(const Customer& c, Plan* plan, Random* random) {
  std::vector<std::pair<Term, System>> choices;
  for (Term term : ComparedTerms()) {
    // A stage in dispute must not change what else is wrong with the account.
    if (term == Term::kStage && c.stage < Stage::kActive) continue;
    if (term == Term::kGoLiveDate && c.go_live_date.empty()) continue;
    for (System system : {System::kNetsuite, System::kSky}) {
      if (HasRecord(c, system) && SystemHolds(system, term)) choices.emplace_back(term, system);
    }
  }
  if (choices.empty()) return;
  std::tie(plan->conflict, plan->conflict_system) = random->Pick(choices);
  plan->conflict_value = OtherValue(c, *plan->conflict, random);
}

std::string InvalidValue(const Customer& c, Term term, Random* random) {
  switch (term) {
    case Term::kTaxId: return BreakTaxId(c.home().iso2, c.tax_id, random);
    case Term::kPhone: return std::string("+").append(c.home().calling_code).append(" 12");
    case Term::kEmail:
    case Term::kBillingEmail:
      return random->Chance(0.5) ? "accounts@" : "a b@" + Slug(c.core) + ".com";
    case Term::kBillingCountry: return random->Chance(0.5) ? "Neverland" : "XX";
    case Term::kCurrency: return random->Chance(0.5) ? "EURO" : "Dollars";
    case Term::kTimezone: return "Mars/Base";
    default: return "Klingon";  // a language
  }
}

void PlanInvalid(const Customer& c, Plan* plan, Random* random) {
  std::vector<std::pair<Term, System>> choices = {
      {Term::kPhone, System::kSalesforce},        {Term::kTaxId, System::kSalesforce},
      {Term::kBillingEmail, System::kSalesforce}, {Term::kBillingCountry, System::kSalesforce},
      {Term::kCurrency, System::kSalesforce},     {Term::kTimezone, System::kSalesforce},
      {Term::kLanguage, System::kSalesforce}};
  if (HasRecord(c, System::kNetsuite)) {
    for (Term term : {Term::kPhone, Term::kTaxId, Term::kBillingEmail, Term::kTimezone}) {
      choices.emplace_back(term, System::kNetsuite);
    }
  }
  if (HasRecord(c, System::kSky)) {
    for (Term term :
         {Term::kPhone, Term::kTaxId, Term::kEmail, Term::kBillingCountry, Term::kTimezone}) {
      choices.emplace_back(term, System::kSky);
    }
  }
  std::tie(plan->invalid, plan->invalid_system) = random->Pick(choices);
  plan->invalid_value = InvalidValue(c, *plan->invalid, random);
}

void PlanGap(const Customer& c, Plan* plan, Random* random) {
  std::vector<Term> choices = RequiredTerms(c.stage);
  std::erase(choices, Term::kName);  // no system lets that be empty
  plan->gap = random->Pick(choices);
}

// A counterpart goes missing only where no ancestor and no child depends on it.
void PlanMissing(const Customer& c, Plan* plan, Random* random) {
  if (c.parent >= 0 || c.has_children) return;
  std::vector<System> choices;
  if (c.stage >= Stage::kBillingReady) choices.push_back(System::kNetsuite);
  if (c.stage >= Stage::kOnboarding) choices.push_back(System::kSky);
  if (!choices.empty()) plan->missing = random->Pick(choices);
}

// Owners matter on open tasks; a kind of task can be missing in any later stage.
void PlanHandoff(const Customer& c, Plan* plan, Random* random) {
  if (!HasRecord(c, System::kSky)) return;
  const bool open = c.stage == Stage::kBillingReady || c.stage == Stage::kOnboarding;
  if (open) {
    plan->handoff =
        static_cast<HandoffDefect>(random->Below(c.stage == Stage::kOnboarding ? 3 : 2));
  } else if (random->Chance(0.3)) {
    plan->handoff = HandoffDefect::kNoTask;
  }
}

bool ServedThroughTree(const std::vector<Customer>& all, int root) {
  // A tree lies in one run of numbers behind its root.
  for (size_t i = static_cast<size_t>(root); i < all.size() && all[i].root == root; ++i) {
    for (bool served : all[i].served_by_ancestor) {
      if (served) return true;
    }
  }
  return false;
}

void PlanHierarchy(const std::vector<Customer>& all, const Customer& c, Plan* plan,
                   Random* random) {
  if (ServedThroughTree(all, c.root)) return;
  const bool other_system = HasRecord(c, System::kNetsuite) || HasRecord(c, System::kSky);
  if (c.parent >= 0) {
    plan->hierarchy = other_system && random->Chance(0.7) ? HierarchyDefect::kDisagree
                                                          : HierarchyDefect::kMissingParent;
  } else if (c.has_children) {
    plan->hierarchy = HierarchyDefect::kCycle;
  } else {
    plan->hierarchy = HierarchyDefect::kMissingParent;
  }
}

void PlanDuplicates(const Customer& c, Plan* plan, Random* random) {
  static constexpr double kRates[kSystems] = {0.035, 0.02, 0.015};
  for (System system : kAllSystems) {
    if (!HasRecord(c, system) || plan->missing == system) continue;
    if (!random->Chance(kRates[Index(system)])) continue;
    plan->duplicates[Index(system)] = random->Chance(0.1) ? 2 : 1;
  }
}

}  // namespace

void PlanDefects(uint64_t seed, const std::vector<Customer>& all, size_t index, Plan* plan) {
  Random random(seed, "plan", index);
  const Customer& c = all[index];
  const auto draw = static_cast<int>(random.Below(1000));
  if (draw < 40) {
    PlanGap(c, plan, &random);
  } else if (draw < 95) {
    PlanConflict(c, plan, &random);
  } else if (draw < 140) {
    PlanInvalid(c, plan, &random);
  } else if (draw < 180) {
    PlanMissing(c, plan, &random);
  } else if (draw < 250) {
    PlanHandoff(c, plan, &random);
  } else if (draw < 253 || (draw < 340 && (c.parent >= 0 || (c.has_children && draw < 270)))) {
    PlanHierarchy(all, c, plan, &random);
  }
  PlanDuplicates(c, plan, &random);
  plan->orphan = random.Chance(0.03);
}

}  // namespace trueup::sandbox
