#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sandbox/world/calendar.h"
#include "tests/sandbox/world/countries.h"
#include "tests/sandbox/world/names.h"
#include "tests/sandbox/world/schema.h"

namespace trueup::sandbox {

// The glossary's terms of an account, as the truth names them.
enum class Term : uint8_t {
  kName,
  kLegalName,
  kWebsite,
  kPhone,
  kEmail,
  kBillingEmail,
  kTaxId,
  kPaymentTerms,
  kCurrency,
  kBillingStreet,
  kBillingCity,
  kBillingPostcode,
  kBillingCountry,
  kLanguage,
  kTimezone,
  kStage,
  kGoLiveDate,
  kOwner,
  kParent,
  kCount
};
inline constexpr size_t kTerms = static_cast<size_t>(Term::kCount);
std::string_view ToString(Term term);

enum class Stage : uint8_t {
  kProspect,
  kContracted,
  kBillingReady,
  kOnboarding,
  kActive,
  kAtRisk,
  kChurned
};
// As the system writes it; `std::nullopt` asks for the glossary's word.
std::string_view StageName(Stage stage, std::optional<System> system);

// The terms that an account of that stage needs, at the gates that it has passed or waits at.
const std::vector<Term>& RequiredTerms(Stage stage);
// The terms that are compared across systems.
const std::vector<Term>& ComparedTerms();

enum class HandoffDefect : uint8_t { kNoOwner, kInactiveOwner, kNoTask };
enum class HierarchyDefect : uint8_t { kDisagree, kMissingParent, kCycle };

// What is wrong with a customer's records. At most one of the optional kinds is set per customer,
// so that each can be told from the others.
struct Plan {
  std::array<uint8_t, kSystems> duplicates{};  // extra account records per system
  std::optional<Term> gap;
  std::optional<Term> conflict;
  System conflict_system = System::kNetsuite;  // whose records hold `conflict_value`
  std::string conflict_value;
  std::optional<Term> invalid;
  System invalid_system = System::kSalesforce;
  std::string invalid_value;
  std::optional<System> missing;
  std::optional<HandoffDefect> handoff;
  std::optional<HierarchyDefect> hierarchy;
  bool orphan = false;
};

// A company of the real world and what is true about it.
struct Customer {
  std::string id;  // "c000001"
  int country = 0;
  std::string core;   // name without legal form
  std::string trade;  // the name on the door
  int form = -1;
  std::string domain;  // empty: has none
  std::string email;   // for invoices
  std::string phone;   // national, digits only
  std::string tax_id;
  std::string street;
  std::string city;
  std::string region;
  std::string postcode;
  std::string timezone;
  std::string language;
  std::string currency;
  std::string payment_terms;
  Stage stage = Stage::kProspect;
  Seconds created = 0;
  std::string signed_date;
  std::string go_live_date;
  std::string industry;
  size_t owner = 0;  // index of the sales representative
  int parent = kNobodyAbove;
  int root = kNobodyAbove;  // of its tree; itself where it stands alone
  bool has_children = false;
  bool served_by_ancestor[kSystems] = {};  // that system knows it only through an ancestor
  Plan plan;

  static constexpr int kNobodyAbove = -1;
  const Country& home() const { return Countries()[static_cast<size_t>(country)]; }
};

struct PopulationOptions {
  uint64_t seed = 1;
  size_t customers = 2000;
  std::string companies_csv;  // the text of the file; empty: invented companies only
};

// The customers of a world, defects planned; a parent always stands before its children.
std::vector<Customer> MakeCustomers(const PopulationOptions& options);
// One more customer, for a world that is already running: a prospect that stands alone.
Customer MakeNewCustomer(uint64_t seed, size_t number, CompanySource* companies, Seconds now);
// Chooses defects for one customer. REQUIRES its place in the tree to be settled.
void PlanDefects(uint64_t seed, const std::vector<Customer>& all, size_t index, Plan* plan);

}  // namespace trueup::sandbox
