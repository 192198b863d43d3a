#include "tests/sandbox/world/customer.h"

#include <algorithm>
#include <cstdio>
#include <set>

#include "tests/sandbox/world/languages.h"
#include "tests/sandbox/world/tax_ids.h"

namespace trueup::sandbox {
namespace {

constexpr std::string_view kIndustries[] = {"Manufacturing",  "Technology", "Retail",
                                            "Healthcare",     "Energy",     "Finance",
                                            "Transportation", "Hospitality"};
constexpr std::string_view kDivisions[] = {"Logistics",   "Services",   "Holding", "International",
                                           "Technik",     "Retail",     "Digital", "Real Estate",
                                           "Procurement", "Production", "Nord",    "Süd",
                                           "West",        "Ventures",   "Academy", "Lab"};
constexpr std::string_view kPaymentTerms[] = {"Net 15", "Net 30", "Net 30",        "Net 30",
                                              "Net 45", "Net 60", "Due on receipt"};
constexpr std::string_view kFreeMail[] = {"gmail.com", "outlook.com", "gmx.net", "yahoo.com"};
// Addresses that thousands of companies share because an agent takes their post there.
struct AgentAddress {
  std::string_view iso2, street, city, region, postcode, timezone;
};
constexpr AgentAddress kAgents[] = {
    {"US", "1209 Orange Street", "Wilmington", "DE", "19801", "America/New_York"},
    {"GB", "71-75 Shelton Street", "London", "", "WC2H 9JQ", "Europe/London"},
    {"IE", "5 Fitzwilliam Square East", "Dublin", "", "D02 R744", "Europe/Dublin"},
    {"NL", "Strawinskylaan 3051", "Amsterdam", "", "1077 ZX", "Europe/Amsterdam"}};
constexpr size_t kOwners = 40;

std::string CustomerId(size_t number) {
  char text[16];
  std::snprintf(text, sizeof text, "c%06zu", number + 1);
  return text;
}

Stage DrawStage(Random* random) {
  static constexpr int kShares[] = {12, 8, 11, 19, 36, 8, 6};  // per cent, in the order of Stage
  auto left = static_cast<int>(random->Below(100));
  for (size_t i = 0; i < std::size(kShares); ++i) {
    if ((left -= kShares[i]) < 0) return static_cast<Stage>(i);
  }
  return Stage::kActive;
}

// The first words of a long name, or all of a short one; rarely its initials.
std::string TradeName(const std::string& core, Random* random) {
  std::vector<std::string> words(1);
  for (char c : core) {
    if (c == ' ') {
      words.emplace_back();
    } else {
      words.back().push_back(c);
    }
  }
  std::erase(words, std::string());
  if (words.size() < 3 || random->Chance(0.5)) return core;
  const size_t keep = words[1].size() < 4 ? 3 : 2;  // not "Bank of"
  std::string trade = words[0];
  for (size_t i = 1; i < keep; ++i) trade += " " + words[i];
  return trade;
}

void Locate(Customer* c, const Company& company, Random* random) {
  const Country& country = c->home();
  const City& city = random->Pick(country.cities);
  c->city = company.city.empty() ? std::string(city.name) : company.city;
  c->region = company.city.empty() ? std::string(city.region) : company.region;
  c->postcode = company.postcode.empty() ? FillPattern(city.postcode, random) : company.postcode;
  c->phone = FillPattern(city.phone, random);
  c->timezone = city.timezone;
  const Language& language = LanguageOf(country.language);
  const std::string number = std::to_string(random->Between(1, 180));
  const std::string street(random->Pick(language.streets));
  c->street = language.number_first ? number + " " + street : street + " " + number;
}

void SetDates(Customer* c, Random* random) {
  if (c->stage == Stage::kProspect) return;
  const Seconds signed_at = c->created + random->Between(10, 120) * kDay;
  c->signed_date = DateText(std::min(signed_at, kWorldStart - 40 * kDay));
  if (c->stage < Stage::kOnboarding) return;
  const bool live = c->stage >= Stage::kActive;
  c->go_live_date =
      DateText(live ? std::min(signed_at + random->Between(30, 200) * kDay, kWorldStart - 5 * kDay)
                    : kWorldStart + random->Between(20, 150) * kDay);
}

Customer MakeCustomer(size_t number, const Company& company, Random* random) {
  Customer c;
  c.id = CustomerId(number);
  c.country = company.country;
  c.core = company.core;
  c.form = company.form;
  c.trade = TradeName(c.core, random);
  c.domain = company.domain;
  c.root = static_cast<int>(number);
  Locate(&c, company, random);
  const Country& country = c.home();
  for (const AgentAddress& agent : kAgents) {
    if (agent.iso2 != country.iso2 || !random->Chance(0.04)) continue;
    c.street = agent.street;
    c.city = agent.city;
    c.region = agent.region;
    c.postcode = agent.postcode;
    c.timezone = agent.timezone;
  }
  c.tax_id = MakeTaxId(country.iso2, random);
  c.currency = country.currency;
  c.language = country.language;
  c.payment_terms = random->Pick(kPaymentTerms);
  c.industry = random->Pick(kIndustries);
  c.owner = random->Below(kOwners);
  c.stage = DrawStage(random);
  // A year back at least, so that an account in any stage had the time to get there.
  c.created = kWorldStart - random->Between(365 * kDay, 7 * 365 * kDay);
  if (c.domain.empty() || random->Chance(0.02)) {
    c.domain.clear();
    c.email = Slug(c.core).append("@").append(random->Pick(kFreeMail));
  } else {
    c.email = (random->Chance(0.5) ? "billing@" : "invoices@") + c.domain;
  }
  SetDates(&c, random);
  return c;
}

// A child: its own company, which may share the web site, the switchboard, the address or (in a VAT
// group) the tax id of its parent, but never more than two of them.
void MakeChild(const Customer& parent, std::string_view division, bool vat_group, Customer* c,
               Random* random) {
  c->core = parent.core + " " + std::string(division);
  c->trade = c->core;
  int shared = 0;
  const bool same_country = c->country == parent.country;
  if (same_country && vat_group) {
    c->tax_id = parent.tax_id;
    ++shared;
  }
  if (!parent.domain.empty() && random->Chance(0.6)) {
    c->domain = parent.domain;
    ++shared;
  } else {
    c->domain = Slug(c->core).append(".").append(c->home().tld);
  }
  if (same_country && shared < 2 && random->Chance(0.3)) {
    c->phone = parent.phone;
    ++shared;
  }
  if (same_country && shared < 2 && random->Chance(0.3)) {
    c->street = parent.street;
    c->city = parent.city;
    c->region = parent.region;
    c->postcode = parent.postcode;
    c->timezone = parent.timezone;
  }
  c->email = "billing." + Slug(division) + "@" + c->domain;
}

class Population {
 public:
  explicit Population(const PopulationOptions& options)
      : options_(options),
        companies_(options.seed, options.companies_csv),
        random_(options.seed, "customers") {}

  std::vector<Customer> Make() {
    while (all_.size() < options_.customers) {
      const double kind = static_cast<double>(random_.Below(10000)) / 10000;
      if (kind < 0.030) {
        AddTree();
      } else if (kind < 0.038) {
        AddFranchise();
      } else {
        Add(companies_.Next());
      }
    }
    all_.resize(options_.customers);  // cuts the tail of the last tree at most
    MarkParents();
    ServeThroughAncestors();
    return std::move(all_);
  }

 private:
  size_t Add(const Company& company) {
    Random own(options_.seed, "customer", all_.size());
    all_.push_back(MakeCustomer(all_.size(), company, &own));
    return all_.size() - 1;
  }

  void AddTree() {
    Company base = companies_.Next();
    const size_t root = Add(base);
    const bool vat_group = random_.Chance(0.3);
    const size_t members = 2 + random_.Below(6);
    std::vector<size_t> depth = {1};
    std::set<std::string_view> used;
    for (size_t i = 1; i < members; ++i) {
      const std::string_view division = random_.Pick(kDivisions);
      if (!used.insert(division).second) continue;
      size_t above = random_.Chance(0.6) ? 0 : random_.Below(depth.size());
      while (depth[above] >= 4) above = random_.Below(depth.size());
      Company own;
      own.core = base.core;
      own.country =
          random_.Chance(0.8) ? base.country : static_cast<int>(random_.Below(Countries().size()));
      own.form = random_.Pick(Countries()[static_cast<size_t>(own.country)].legal_forms);
      own.domain = base.domain;
      const size_t child = Add(own);
      Random detail(options_.seed, "child", child);
      MakeChild(all_[root + above], division, vat_group, &all_[child], &detail);
      all_[child].parent = static_cast<int>(root + above);
      all_[child].root = static_cast<int>(root);
      depth.push_back(depth[above] + 1);
    }
  }

  // The same name in several towns, each shop a company of its own.
  void AddFranchise() {
    Company base = companies_.Next();
    const Country& country = Countries()[static_cast<size_t>(base.country)];
    const std::string stem = Slug(base.core);
    base.postcode.clear();
    for (size_t i = 0; i < country.cities.size() && i < 4; ++i) {
      Company shop = base;
      shop.city = country.cities[i].name;
      shop.region = country.cities[i].region;
      shop.domain = stem + "-" + Slug(shop.city) + "." + std::string(country.tld);
      const size_t index = Add(shop);
      Random detail(options_.seed, "shop", index);
      all_[index].postcode = FillPattern(country.cities[i].postcode, &detail);
      all_[index].phone = FillPattern(country.cities[i].phone, &detail);
      all_[index].timezone = country.cities[i].timezone;
      all_[index].email = "office@" + shop.domain;
      all_[index].domain = shop.domain;
    }
  }

  void MarkParents() {
    for (const Customer& c : all_) {
      if (c.parent >= 0) all_[static_cast<size_t>(c.parent)].has_children = true;
    }
  }

  // Some children are billed, or served, through the account above them.
  void ServeThroughAncestors() {
    for (size_t i = 0; i < all_.size(); ++i) {
      Customer& c = all_[i];
      if (c.parent < 0) continue;
      const Customer& parent = all_[static_cast<size_t>(c.parent)];
      Random random(options_.seed, "served", i);
      if (c.stage >= Stage::kBillingReady && parent.stage >= Stage::kBillingReady) {
        c.served_by_ancestor[static_cast<size_t>(System::kNetsuite)] = random.Chance(0.3);
      }
      if (c.stage >= Stage::kOnboarding && parent.stage >= Stage::kBillingReady) {
        c.served_by_ancestor[static_cast<size_t>(System::kSky)] = random.Chance(0.25);
      }
    }
  }

  const PopulationOptions& options_;
  CompanySource companies_;
  Random random_;
  std::vector<Customer> all_;
};

}  // namespace

std::string_view ToString(Term term) {
  static constexpr std::string_view kNames[kTerms] = {
      "name",          "legal_name",       "website",         "phone",    "email",
      "billing_email", "tax_id",           "payment_terms",   "currency", "billing_street",
      "billing_city",  "billing_postcode", "billing_country", "language", "timezone",
      "stage",         "go_live_date",     "owner",           "parent"};
  return kNames[static_cast<size_t>(term)];
}

std::string_view StageName(Stage stage, std::optional<System> system) {
  static constexpr std::string_view kNames[7][4] = {
      {"prospect", "Prospect", "1-Lead", "new"},
      {"contracted", "Contracted", "2-Signed", "signed"},
      {"billing_ready", "Billing Ready", "3-Billing", "ready_to_bill"},
      {"onboarding", "Onboarding", "4-Implementation", "implementing"},
      {"active", "Active", "5-Live", "live"},
      {"at_risk", "At Risk", "6-Watch", "watch"},
      {"churned", "Churned", "7-Closed", "closed"}};
  return kNames[static_cast<size_t>(stage)][system ? static_cast<size_t>(*system) + 1 : 0];
}

const std::vector<Term>& RequiredTerms(Stage stage) {
  static const auto kGates = [] {
    const std::vector<Term> contract = {Term::kName, Term::kBillingCountry, Term::kBillingCity,
                                        Term::kCurrency};
    std::vector<Term> billing = contract;
    billing.insert(billing.end(),
                   {Term::kTaxId, Term::kPaymentTerms, Term::kBillingEmail, Term::kLegalName});
    std::vector<Term> onboarding = billing;
    onboarding.insert(onboarding.end(), {Term::kLanguage, Term::kTimezone});
    std::vector<Term> live = onboarding;
    live.push_back(Term::kGoLiveDate);
    return std::array<std::vector<Term>, 4>{contract, billing, onboarding, live};
  }();
  return kGates[std::min<size_t>(static_cast<size_t>(stage), 3)];
}

const std::vector<Term>& ComparedTerms() {
  static const std::vector<Term> kCompared = {
      Term::kTaxId,           Term::kPaymentTerms, Term::kCurrency, Term::kBillingCountry,
      Term::kBillingPostcode, Term::kLanguage,     Term::kTimezone, Term::kStage,
      Term::kGoLiveDate,      Term::kLegalName};
  return kCompared;
}

std::vector<Customer> MakeCustomers(const PopulationOptions& options) {
  std::vector<Customer> all = Population(options).Make();
  std::vector<Plan> plans(all.size());
  for (size_t i = 0; i < all.size(); ++i) PlanDefects(options.seed, all, i, &plans[i]);
  for (size_t i = 0; i < all.size(); ++i) all[i].plan = std::move(plans[i]);
  return all;
}

Customer MakeNewCustomer(uint64_t seed, size_t number, CompanySource* companies, Seconds now) {
  Random random(seed, "newcomer", number);
  Customer c = MakeCustomer(number, companies->Next(), &random);
  c.stage = Stage::kProspect;
  c.created = now;
  c.signed_date.clear();
  c.go_live_date.clear();
  return c;
}

}  // namespace trueup::sandbox
