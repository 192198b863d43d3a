#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/accounts/account_case.h"
#include "pipeline/accounts/reconcile.h"

namespace trueup::pipeline {

// A small glossary, lifecycle and set of rows for the tests of this folder.

inline Instant Day(int day) {
  return Instant(std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)) + std::chrono::days(day);
}

inline Ref R(std::string_view text) { return Ref::FromText(std::string(text)); }

enum AccountTermIndex : uint16_t {
  kName,
  kTaxId,
  kTerms,
  kGoLive,
  kRevenue,
  kStage,
  kLanguage,
  kParent
};
enum TaskTermIndex : uint16_t { kTitle, kKind, kOwner, kStatus };
enum EntityIndex : uint16_t { kAccountEntity, kTaskEntity, kUserEntity };

inline mappings::Term MakeTerm(std::string name, mappings::TermType type,
                               mappings::Tolerance tolerance) {
  mappings::Term term;
  term.name = std::move(name);
  term.type = type;
  term.tolerance = tolerance;
  term.owner = "Finance";
  term.survivorship = {mappings::SurvivorshipRule::kSourcePriority,
                       mappings::SurvivorshipRule::kMostRecent};
  term.priority = {"netsuite", "salesforce", "sky"};
  return term;
}

inline mappings::Entity MakeEntity(EntityIndex index, std::string name, mappings::EntityRole role,
                                   std::vector<mappings::Term> terms) {
  mappings::Entity entity;
  entity.index = index;
  entity.name = std::move(name);
  entity.role = role;
  entity.terms = std::move(terms);
  for (size_t i = 0; i < entity.terms.size(); ++i) entity.terms[i].index = static_cast<uint16_t>(i);
  return entity;
}

inline mappings::Glossary MakeGlossary() {
  using mappings::EntityRole;
  using mappings::TermType;
  using mappings::Tolerance;
  const auto choices = [](mappings::Term term, const std::vector<std::string>& names) {
    for (const std::string& name : names) term.choices.push_back({name, name, {}});
    return term;
  };
  mappings::Term go_live = MakeTerm("go_live_date", TermType::kDate, Tolerance::kDays);
  go_live.tolerance_days = 1;
  mappings::Term revenue = MakeTerm("revenue", TermType::kMoney, Tolerance::kAmount);
  revenue.tolerance_amount = Decimal(10);
  const auto plain = Tolerance::kNotCompared;
  mappings::Glossary glossary;
  glossary.entities = {
      MakeEntity(kAccountEntity, "account", EntityRole::kAccount,
                 {MakeTerm("name", TermType::kName, Tolerance::kName),
                  MakeTerm("tax_id", TermType::kTaxId, Tolerance::kExact),
                  choices(MakeTerm("payment_terms", TermType::kEnumeration, Tolerance::kExact),
                          {"net_30", "net_60"}),
                  go_live, revenue,
                  choices(MakeTerm("stage", TermType::kEnumeration, Tolerance::kExact),
                          {"prospect", "contracted", "billing_ready", "onboarding", "active"}),
                  MakeTerm("language", TermType::kLanguage, Tolerance::kExact),
                  MakeTerm("parent", TermType::kReference, plain)}),
      MakeEntity(kTaskEntity, "task", EntityRole::kPart,
                 {MakeTerm("title", TermType::kText, plain),
                  MakeTerm("kind", TermType::kEnumeration, plain),
                  MakeTerm("owner", TermType::kReference, plain),
                  MakeTerm("status", TermType::kEnumeration, plain)}),
      MakeEntity(kUserEntity, "user", EntityRole::kReference,
                 {MakeTerm("active", TermType::kBoolean, plain)}),
  };
  glossary.entities[kAccountEntity].parents = {kParent};
  return glossary;
}

inline mappings::Lifecycle MakeLifecycle() {
  using std::chrono::hours;
  mappings::Lifecycle lifecycle;
  lifecycle.stage_term = kStage;
  for (const char* name : {"prospect", "contracted", "billing_ready", "onboarding", "active"}) {
    lifecycle.stages.push_back({name, name});
  }
  mappings::Gate billing{"billing", "Billing", 1, "Finance", hours(240), {}, {}};
  mappings::GateItem billing_item;
  billing_item.name = "billing_terms";
  billing_item.required = {kTaxId, kTerms};
  billing_item.grace = hours(48);
  billing.items = {billing_item};
  mappings::Gate onboarding{"onboarding", "Onboarding", 2, "Ops", {}, {}, {}};
  mappings::GateItem tasks;
  tasks.name = "backstage_tasks";
  tasks.checklist = mappings::ChecklistRule{
      kTaskEntity, kKind, {"hardware", "onboarding"}, kOwner, kStatus, {"done"}, true};
  mappings::GateItem welcome;
  welcome.name = "welcome";
  welcome.owner = "CX";
  welcome.required = {kLanguage, kTaxId};
  onboarding.items = {tasks, welcome};
  lifecycle.gates = {onboarding, billing};
  lifecycle.counterparts = {{"salesforce", 0, hours(0), false, {}},
                            {"netsuite", 2, hours(24), true, {}}};
  lifecycle.system_owners = {{"salesforce", "AM"}, {"netsuite", "Finance"}, {"sky", "Ops"}};
  return lifecycle;
}

// One account record, row by row.
class Record {
 public:
  explicit Record(std::string_view ref, EntityIndex entity = kAccountEntity) {
    row_.ref = R(ref);
    row_.entity = entity;
    row_.created = Day(0);
    row_.modified = Day(0);
  }
  Record& Set(uint16_t term, Value value, Instant since = Day(0), std::string invalid = {}) {
    row_.terms.push_back({term, std::move(value), std::move(invalid), since});
    std::sort(row_.terms.begin(), row_.terms.end(),
              [](const auto& a, const auto& b) { return a.term < b.term; });
    return *this;
  }
  Record& Invalid(uint16_t term, Value value) {
    return Set(term, std::move(value), Day(0), "it is wrong");
  }
  Record& Had(uint16_t term, Value value, Instant at) {
    row_.milestones.push_back({term, std::move(value), at});
    return *this;
  }
  Record& Offset(uint64_t offset) {
    row_.offset = offset;
    return *this;
  }
  Record& Created(Instant at) {
    row_.created = at;
    return *this;
  }
  const mappings::MappedRow& row() const { return row_; }

 private:
  mappings::MappedRow row_;
};

// The account that is made of some records, and what hangs on the first of them.
class World {
 public:
  World() : glossary_(MakeGlossary()), lifecycle_(MakeLifecycle()) { roster_.account = "a-test"; }

  World& Add(const Record& record) {
    const bool member = record.row().entity == kAccountEntity;
    if (member) roster_.members.push_back(record.row().ref);
    if (roster_.founder.empty()) roster_.founder = record.row().ref;
    rows_.push_back({member ? record.row().ref : roster_.members.front(), record.row()});
    return *this;
  }
  World& Knows(const Record& reference) {
    references_.emplace(reference.row().ref, reference.row());
    return *this;
  }
  Roster& roster() { return roster_; }
  mappings::Glossary& glossary() { return glossary_; }
  mappings::Lifecycle& lifecycle() { return lifecycle_; }
  std::vector<AccountRow>& rows() { return rows_; }

  Rules MakeRules() const {
    return {glossary_, lifecycle_, [](std::string_view system, uint16_t entity) {
              return entity != kTaskEntity || system == "sky";
            }};
  }
  Reconciled Run() const {
    const ReferenceLookup lookup = [this](const Ref& ref) {
      const auto found = references_.find(ref);
      return found == references_.end() ? nullptr : &found->second;
    };
    Roster sorted = roster_;
    std::sort(sorted.members.begin(), sorted.members.end());
    return Reconcile(sorted, rows_, lookup, MakeRules());
  }
  // The conditions of one kind.
  std::vector<Condition> Find(std::string_view kind) const {
    std::vector<Condition> found = Run().conditions;
    std::erase_if(found, [kind](const Condition& condition) { return condition.kind != kind; });
    return found;
  }
  // The only condition of a kind; an empty one where there are none or several.
  Condition Only(std::string_view kind) const {
    const auto found = Find(kind);
    return found.size() == 1 ? found.front() : Condition{};
  }

 private:
  mappings::Glossary glossary_;
  mappings::Lifecycle lifecycle_;
  Roster roster_;
  std::vector<AccountRow> rows_;
  std::map<Ref, mappings::MappedRow> references_;
};

}  // namespace trueup::pipeline
