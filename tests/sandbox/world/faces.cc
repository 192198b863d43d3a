// The account records: which there are, what they stand for, and how each system writes it.
#include <algorithm>

#include "tests/sandbox/world/languages.h"
#include "tests/sandbox/world/noise.h"
#include "tests/sandbox/world/world.h"

namespace trueup::sandbox {
namespace {

// How often a system leaves a term empty that it could hold; in the order of Term.
constexpr double kDropped[kSystems][kTerms] = {
    {0, .15, .10, .10, 0, 0, .15, .15, 0, .05, .03, .05, .03, .10, .10, 0, .20, 0, 0},
    {0, .30, .30, .20, 0, .15, .10, .05, .02, .05, .03, .05, .02, .20, .40, 0, .60, 0, .15},
    {0, .50, .15, .20, .30, 0, .35, 1, 1, .05, .05, .05, .02, .30, .15, 0, .20, 0, .15}};

bool IsRequired(Stage stage, Term term) {
  const auto& required = RequiredTerms(stage);
  return std::find(required.begin(), required.end(), term) != required.end();
}

const std::string& TrueValue(const Customer& c, Term term, std::string* scratch) {
  switch (term) {
    case Term::kName:
    case Term::kLegalName: return c.core;
    case Term::kWebsite: return c.domain;
    case Term::kPhone: return c.phone;
    case Term::kEmail:
    case Term::kBillingEmail: return c.email;
    case Term::kTaxId: return c.tax_id;
    case Term::kPaymentTerms: return c.payment_terms;
    case Term::kCurrency: return c.currency;
    case Term::kBillingStreet: return c.street;
    case Term::kBillingCity: return c.city;
    case Term::kBillingPostcode: return c.postcode;
    case Term::kBillingCountry: return *scratch = c.home().iso2;
    case Term::kLanguage: return c.language;
    case Term::kTimezone: return c.timezone;
    case Term::kStage: return *scratch = StageName(c.stage, std::nullopt);
    case Term::kGoLiveDate: return c.go_live_date;
    default: return *scratch = std::string();
  }
}

// Only Sky tells the general e-mail address from the one for invoices; see systems.md.
bool Holds(System system, Term term) {
  if (term == Term::kEmail) return system == System::kSky;
  if (term == Term::kBillingEmail) return system != System::kSky;
  return term != Term::kOwner && term != Term::kParent;
}

int StrongEvidence(const Face& a, const Face& b) {
  const auto agree = [&](Term term) {
    return !a.at(term).empty() && a.at(term) == b.at(term) && !a.is_invalid(term) &&
           !b.is_invalid(term);
  };
  int evidence = 1;  // the name
  for (Term term : {Term::kWebsite, Term::kPhone, Term::kTaxId}) evidence += agree(term) ? 1 : 0;
  if (agree(Term::kBillingStreet) && agree(Term::kBillingPostcode)) ++evidence;
  return evidence;
}

Stage StageOf(const std::string& word) {
  for (int i = 0; i < 7; ++i) {
    if (StageName(static_cast<Stage>(i), std::nullopt) == word) return static_cast<Stage>(i);
  }
  return Stage::kProspect;
}

}  // namespace

const std::string& Face::valid(Term term) const {
  static const std::string kNothing;
  return is_invalid(term) ? kNothing : at(term);
}

bool World::Wants(const Customer& c, System system) const {
  if (c.plan.missing == system) return false;
  if (system == System::kSalesforce) return true;
  if (c.served_by_ancestor[static_cast<size_t>(system)]) return false;
  // Finance sometimes creates the customer before the gate; operations prepare at billing_ready.
  const bool early =
      system == System::kNetsuite && c.stage == Stage::kContracted && c.created % 10 < 3;
  return c.stage >= Stage::kBillingReady || early;
}

uint32_t World::AddFace(int customer, System system, uint8_t copy, Seconds created) {
  const auto number = static_cast<uint32_t>(faces_.size());
  Random random(seed(), "face", number);
  Face face;
  face.customer = customer;
  face.system = system;
  face.copy = copy;
  const Seconds until = std::max(created, now());
  face.row = Mutable(AccountTable(system)).Add(created, random.Between(created, until), customer);
  face.shows_trade_name = random.Chance(system == System::kSky ? 0.5 : 0.25);
  face.has_typo = random.Chance(copy > 0 ? 0.35 : 0.03);
  faces_.push_back(std::move(face));
  faces_of_[static_cast<size_t>(customer)].push_back(number);
  if (system == System::kNetsuite) {
    Table& addresses = Mutable(TableId::kNsAddress);
    const uint32_t address = addresses.Add(created, created, customer);
    Mutable(TableId::kNsCustomer)
        .Set(faces_[number].row, "defaultbillingaddress", addresses.row(address).id);
    AddSubsidiaries(faces_[number].row, created);
  }
  return number;
}

// Every eighth customer is one of two subsidiaries: a join by `entity` then gives it twice.
void World::AddSubsidiaries(uint32_t row, Seconds created) {
  Table& links = Mutable(TableId::kNsSubsidiaryLink);
  const std::string id = table(TableId::kNsCustomer).row(row).id;
  for (int subsidiary = 1; subsidiary <= (row % 8 == 0 ? 2 : 1); ++subsidiary) {
    const uint32_t link = links.Add(created, created, kNobody);
    links.Set(link, "entity", id);
    links.Set(link, "subsidiary", std::to_string(subsidiary));
    links.Set(link, "isprimarysub", subsidiary == 1 ? "T" : "F");
  }
}

void World::AddFacesOf(int customer) {
  const Customer& c = customers_[static_cast<size_t>(customer)];
  Random random(seed(), "faces", static_cast<uint64_t>(customer));
  for (System system : kAllSystems) {
    if (!Wants(c, system)) continue;
    const size_t copies = 1 + c.plan.duplicates[static_cast<size_t>(system)];
    for (size_t copy = 0; copy < copies; ++copy) {
      const Seconds later =
          static_cast<Seconds>(static_cast<size_t>(system) * 20 + copy * 60) * kDay;
      const Seconds created = std::min(c.created + later + random.Between(0, 20 * kDay), now());
      FillFace(AddFace(customer, system, static_cast<uint8_t>(copy), std::max(created, c.created)));
    }
  }
}

void World::FillFace(uint32_t number) {
  Face& face = faces_[number];
  const Customer& c = customers_[static_cast<size_t>(face.customer)];
  Random random(seed(), "fill", number);
  std::string scratch;
  for (size_t i = 0; i < kTerms; ++i) {
    const auto term = static_cast<Term>(i);
    if (!Holds(face.system, term)) continue;
    double dropped = kDropped[static_cast<size_t>(face.system)][i];
    if (face.copy > 0 && dropped > 0) dropped += 0.3;
    const bool optional =
        term != Term::kName && term != Term::kStage && term != Term::kBillingCountry;
    if (optional && !IsRequired(c.stage, term) && IsRequired(Stage::kActive, term)) {
      dropped += 0.3;  // not asked for yet
    }
    if (!random.Chance(dropped)) face.value[i] = TrueValue(c, term, &scratch);
  }
  if (face.copy > 0 && random.Chance(0.3)) {  // somebody's direct line
    face.at(Term::kPhone) = FillPattern(c.home().cities.back().phone, &random);
  }
  if (random.Chance(0.15) && !face.at(Term::kGoLiveDate).empty() && !c.plan.conflict) {
    // A day's difference is a matter of time zones.
    if (face.system == System::kSky)
      face.at(Term::kGoLiveDate) = DateText(*ParseTime(c.go_live_date) + kDay);
  }
  if (face.system != System::kSalesforce && random.Chance(0.28)) {
    const std::string id = PrimaryId(face.customer, System::kSalesforce);
    face.crm_id = random.Chance(0.4) ? id.substr(0, 15) : id;
  }
  if (face.system == System::kSky && random.Chance(0.2)) {
    face.erp_id = PrimaryId(face.customer, System::kNetsuite);
  }
  ApplyPlan(&face);
}

void World::ApplyPlan(Face* face) {
  const Customer& c = customers_[static_cast<size_t>(face->customer)];
  const Plan& plan = c.plan;
  if (plan.gap) {
    face->at(*plan.gap).clear();
    if (*plan.gap == Term::kBillingEmail) face->at(Term::kEmail).clear();
  }
  if (plan.conflict) {
    std::string scratch;
    const bool other = face->system == plan.conflict_system;
    const bool holds =
        kDropped[static_cast<size_t>(face->system)][static_cast<size_t>(*plan.conflict)] < 1;
    if (other) face->at(*plan.conflict) = plan.conflict_value;
    if (face->system == System::kSalesforce && holds && face->copy == 0) {
      face->at(*plan.conflict) = TrueValue(c, *plan.conflict, &scratch);
    }
    // With two tax ids, only what people typed in and the contact data say that it is one company.
    if (other && *plan.conflict == Term::kTaxId) {
      face->crm_id = PrimaryId(face->customer, System::kSalesforce);
      face->at(Term::kWebsite) = c.domain;
      face->at(Term::kPhone) = c.phone;
    }
    // A tax id is checked by its country's rule: under another country it would be a second defect.
    if (other && *plan.conflict == Term::kBillingCountry) face->at(Term::kTaxId).clear();
  }
  if (plan.invalid && face->system == plan.invalid_system && face->copy == 0) {
    face->at(*plan.invalid) = plan.invalid_value;
    face->invalid.set(static_cast<size_t>(*plan.invalid));
  } else if (plan.invalid == Term::kBillingEmail && plan.invalid_system == System::kSalesforce) {
    // Whichever address a mapping takes for invoices, there is no other.
    face->at(Term::kBillingEmail).clear();
    face->at(Term::kEmail).clear();
  }
}

void World::CompleteFaces(int customer) {
  const Customer& c = customers_[static_cast<size_t>(customer)];
  std::vector<Face*> live;
  for (uint32_t number : faces_of(customer)) {
    if (IsLive(faces_[number])) live.push_back(&faces_[number]);
  }
  if (live.empty()) return;
  std::string scratch;
  Face* first = live.front();
  for (Term term : RequiredTerms(c.stage)) {
    if (c.plan.gap == term || first->is_invalid(term)) continue;
    const bool held =
        std::any_of(live.begin(), live.end(), [&](Face* f) { return !f->valid(term).empty(); });
    // Invoices go to the CRM's address first, whatever else is known.
    if ((!held || term == Term::kBillingEmail) && Holds(first->system, term)) {
      first->at(term) = TrueValue(c, term, &scratch);
    }
  }
  for (Face* a : live) {
    for (Face* b : live) {
      for (Term term : {Term::kWebsite, Term::kPhone, Term::kTaxId}) {
        if (a == b || StrongEvidence(*a, *b) >= 3) break;
        if (c.plan.gap == term || c.plan.conflict == term) continue;
        for (Face* f : {a, b}) {
          const bool foreign = f->valid(Term::kBillingCountry) != c.home().iso2;
          if (term == Term::kTaxId && foreign) continue;
          if (!f->is_invalid(term)) f->at(term) = TrueValue(c, term, &scratch);
        }
      }
    }
  }
}

const Face* World::Primary(int customer, System system) const {
  for (uint32_t number : faces_of(customer)) {
    if (faces_[number].system == system && IsLive(faces_[number])) return &faces_[number];
  }
  return nullptr;
}

std::string World::PrimaryId(int customer, System system) const {
  const Face* face = Primary(customer, system);
  return face == nullptr ? std::string() : table(AccountTable(system)).row(face->row).id;
}

std::string World::ParentId(const Face& face, Random* random) const {
  const Customer& c = customers_[static_cast<size_t>(face.customer)];
  const bool forgotten = random->Chance(
      kDropped[static_cast<size_t>(face.system)][static_cast<size_t>(Term::kParent)]);
  if (c.plan.hierarchy == HierarchyDefect::kMissingParent && face.system == System::kSalesforce &&
      face.copy == 0) {
    return WithCaseSuffix("001gK0009zzzzzz");
  }
  if (c.plan.hierarchy == HierarchyDefect::kCycle && face.system == System::kSalesforce &&
      face.copy == 0) {
    for (size_t i = static_cast<size_t>(face.customer) + 1; i < customers_.size(); ++i) {
      if (customers_[i].parent == face.customer)
        return PrimaryId(static_cast<int>(i), System::kSalesforce);
    }
  }
  if (c.parent < 0) return {};
  if (c.plan.hierarchy == HierarchyDefect::kDisagree && face.system != System::kSalesforce) {
    // Somebody hung the record under another company: the nearest one outside the tree.
    for (int other = c.root - 1; other >= 0; --other) {
      const std::string id = PrimaryId(other, face.system);
      if (customers_[static_cast<size_t>(other)].root != c.root && !id.empty()) return id;
    }
  }
  return forgotten ? std::string() : PrimaryId(c.parent, face.system);
}

std::string World::ShownAs(const Face& face, Term term, Random* random) const {
  const std::string& value = face.at(term);
  if (value.empty() || face.is_invalid(term)) return value;
  const Customer& c = customers_[static_cast<size_t>(face.customer)];
  switch (term) {
    case Term::kName: {
      std::string name =
          face.shows_trade_name ? ShowName(c.trade, -1, random) : ShowName(c.core, c.form, random);
      return face.has_typo ? Typo(name, random) : name;
    }
    case Term::kLegalName: return ShowLegalName(value, c.form, random);
    case Term::kPhone:
      // Without its country a national number means nothing.
      if (face.valid(Term::kBillingCountry) != c.home().iso2) {
        return std::string("+").append(c.home().calling_code).append(" ").append(value);
      }
      return ShowPhone(c.home(), value, random);
    case Term::kTaxId: return ShowTaxId(c.home(), value, random);
    case Term::kBillingStreet: return ShowStreet(value, random);
    case Term::kBillingPostcode: return ShowPostcode(value, random);
    case Term::kBillingCity:
      return random->Chance(0.3) ? Asciify(value, random->Chance(0.5)) : value;
    case Term::kStage: return std::string(StageName(StageOf(value), face.system));
    default: return value;
  }
}

void World::Render(uint32_t number) {
  const Face& face = faces_[number];
  Random random(seed(), "render", number);  // the same variations each time
  Table& table = Mutable(AccountTable(face.system));
  switch (face.system) {
    case System::kSalesforce: RenderSalesforce(face, &table, &random); break;
    case System::kNetsuite: RenderNetsuite(face, &table, &random); break;
    case System::kSky: RenderSky(face, &table, &random); break;
  }
}

void World::RenderSalesforce(const Face& face, Table* table, Random* random) {
  const Customer& c = customers_[static_cast<size_t>(face.customer)];
  const auto set = [&](std::string_view field, std::string value) {
    table->Set(face.row, field, std::move(value));
  };
  const auto show = [&](Term term) { return ShownAs(face, term, random); };
  set("Name", show(Term::kName));
  set("Legal_Name__c", show(Term::kLegalName));
  set("AccountNumber", "A-" + std::to_string(100000 + face.row));
  set("Type", c.stage == Stage::kProspect ? "Prospect" : "Customer");
  set("Industry", c.industry);
  set("Phone", show(Term::kPhone));
  set("Website",
      face.at(Term::kWebsite).empty() ? "" : ShowWebsite(face.at(Term::kWebsite), random));
  set("BillingStreet", show(Term::kBillingStreet));
  set("BillingCity", show(Term::kBillingCity));
  set("BillingState", c.region);
  set("BillingPostalCode", show(Term::kBillingPostcode));
  const int country = FindCountry(face.at(Term::kBillingCountry));
  set("BillingCountry", country < 0
                            ? face.at(Term::kBillingCountry)
                            : ShowCountry(Countries()[static_cast<size_t>(country)], random));
  set("CurrencyIsoCode", show(Term::kCurrency));
  set("ParentId", ParentId(face, random));
  set("OwnerId", this->table(TableId::kSfUser).row(static_cast<uint32_t>(c.owner)).id);
  set("Lifecycle_Stage__c", show(Term::kStage));
  set("Tax_ID__c", show(Term::kTaxId));
  set("Payment_Terms__c", show(Term::kPaymentTerms));
  const std::string& language = face.at(Term::kLanguage);
  set("Language__c", language.empty() || face.is_invalid(Term::kLanguage)
                         ? language
                         : std::string(LanguageOf(language).label));
  set("Timezone__c", show(Term::kTimezone));
  set("Billing_Email__c", show(Term::kBillingEmail));
  set("AnnualRevenue", std::to_string(random->Between(1, 9000) * 10000));
  set("Contract_Signed_Date__c", c.signed_date);
  set("Go_Live_Date__c", show(Term::kGoLiveDate));
}

void World::RenderNetsuite(const Face& face, Table* table, Random* random) {
  const Customer& c = customers_[static_cast<size_t>(face.customer)];
  const auto set = [&](std::string_view field, std::string value) {
    table->Set(face.row, field, std::move(value));
  };
  const auto show = [&](Term term) { return ShownAs(face, term, random); };
  const auto reference = [&](TableId id, std::string_view field, const std::string& value) {
    const Table& target = this->table(id);
    for (uint32_t i = 0; i < target.rows().size(); ++i) {
      if (target.Get(i, field) == value) return target.row(i).id;
    }
    return std::string();
  };
  set("companyname", show(Term::kName));
  set("entityid", "CUST" + std::to_string(10000 + face.row));
  set("custentity_legal_name", show(Term::kLegalName));
  set("email", show(Term::kBillingEmail));
  const bool nothing_known = face.at(Term::kPhone).empty() && random->Chance(0.01);
  set("phone", nothing_known ? (random->Chance(0.5) ? "n/a" : "000000000") : show(Term::kPhone));
  set("url", face.at(Term::kWebsite).empty() ? (random->Chance(0.005) ? "n/a" : "")
                                             : ShowWebsite(face.at(Term::kWebsite), random));
  set("parent", ParentId(face, random));
  set("terms", reference(TableId::kNsTerm, "name", face.at(Term::kPaymentTerms)));
  set("currency", reference(TableId::kNsCurrency, "symbol", face.at(Term::kCurrency)));
  set("entitystatus", c.stage == Stage::kProspect ? "7" : "13");
  set("searchstage", c.stage == Stage::kProspect ? "Prospect" : "Customer");
  set("salesrep", std::to_string(c.owner + 1));
  set("category", std::to_string(1 + c.owner % 5));
  set("subsidiary", std::to_string(1 + c.owner % 3));
  const std::string& language = face.at(Term::kLanguage);
  set("language", language.empty() || face.is_invalid(Term::kLanguage)
                      ? language
                      : std::string(LanguageOf(language).locale));
  set("vatregnumber", show(Term::kTaxId));
  set("isinactive", "F");
  set("custentity_crm_id", face.crm_id);
  set("custentity_timezone", show(Term::kTimezone));
  set("custentity_lifecycle", show(Term::kStage));
  set("custentity_billing_confirmed", c.stage >= Stage::kBillingReady ? "T" : "F");
  set("custentity_golive", show(Term::kGoLiveDate));
  Table& addresses = Mutable(TableId::kNsAddress);
  const auto address = addresses.Find(table->Get(face.row, "defaultbillingaddress"));
  addresses.Set(*address, "addr1", show(Term::kBillingStreet));
  addresses.Set(*address, "city", show(Term::kBillingCity));
  addresses.Set(*address, "state", c.region);
  addresses.Set(*address, "zip", show(Term::kBillingPostcode));
  addresses.Set(*address, "country", show(Term::kBillingCountry));
}

void World::RenderSky(const Face& face, Table* table, Random* random) {
  const Customer& c = customers_[static_cast<size_t>(face.customer)];
  const auto set = [&](std::string_view field, std::string value) {
    table->Set(face.row, field, std::move(value));
  };
  const auto show = [&](Term term) { return ShownAs(face, term, random); };
  set("name", show(Term::kName));
  set("legal_name", show(Term::kLegalName));
  set("status", show(Term::kStage));
  set("domain", face.at(Term::kWebsite));
  set("phone", show(Term::kPhone));
  const bool unknown = face.at(Term::kEmail).empty() && !c.plan.gap && random->Chance(0.03);
  set("email", unknown ? "unknown@example.com" : show(Term::kEmail));
  set("vat_id", show(Term::kTaxId));
  set("address.street", show(Term::kBillingStreet));
  set("address.city", show(Term::kBillingCity));
  set("address.postcode", show(Term::kBillingPostcode));
  set("address.region", c.region);
  set("address.country", show(Term::kBillingCountry));
  set("timezone", show(Term::kTimezone));
  set("language", show(Term::kLanguage));
  set("parent_id", ParentId(face, random));
  set("crm_id", face.crm_id);
  set("erp_id", face.erp_id);
  set("owner_id",
      this->table(TableId::kSkyUsers).row(static_cast<uint32_t>(c.owner % kSkyActiveUsers)).id);
  set("go_live_date", show(Term::kGoLiveDate));
}

}  // namespace trueup::sandbox
