#include "tests/sandbox/world/activity.h"

#include <algorithm>

#include "tests/sandbox/world/noise.h"

namespace trueup::sandbox {
namespace {

constexpr std::string_view kTitles[] = {"CEO",
                                        "CFO",
                                        "Purchasing Manager",
                                        "Head of Operations",
                                        "IT Director",
                                        "Accounts Payable",
                                        "Plant Manager"};
constexpr std::string_view kSubjects[] = {"Call", "Email", "Site visit", "Quarterly review",
                                          "Demo"};
constexpr std::string_view kGoalNames[] = {"Cut energy use", "Open new sites", "Retire old devices",
                                           "Shorten outages", "Win new region"};
constexpr std::string_view kCategories[] = {"Growth", "Efficiency", "Adoption", "Risk"};
constexpr std::string_view kOpenStages[] = {"Prospecting", "Qualification", "Proposal"};

std::string Money(int64_t cents) {
  const std::string rest = std::to_string(cents % 100);
  return std::to_string(cents / 100) + "." + (rest.size() < 2 ? "0" : "") + rest;
}

}  // namespace

std::string Activity::SomeAccount(int customer, System system, Random* random) const {
  std::vector<uint32_t> rows;
  for (uint32_t number : world_->faces_of(customer)) {
    const Face& face = world_->faces()[number];
    if (face.system == system && world_->IsLive(face)) rows.push_back(face.row);
  }
  if (rows.empty()) return {};
  const uint32_t row = random->Chance(0.7) ? rows.front() : random->Pick(rows);
  return world_->table(AccountTable(system)).row(row).id;
}

Seconds Activity::Moment(Seconds from, Random* random) const {
  return from >= world_->now() ? world_->now() : random->Between(from, world_->now() - 1);
}

uint32_t Activity::Add(TableId id, Seconds created, int customer, Random* random) {
  // A few nights of mass changes give many rows one and the same stamp.
  Seconds stamp = Moment(created, random);
  const Seconds night = kWorldStart - 30 * kDay * random->Between(1, 4);
  if (random->Chance(0.06) && night > created) stamp = night;
  return world_->Mutable(id).Add(created, stamp, customer);
}

void Activity::AddAll(int customer) {
  const Customer& c = CustomerAt(customer);
  Random random(world_->seed(), "activity", static_cast<uint64_t>(customer));
  for (uint64_t n = 1 + random.Below(4); n > 0; --n) AddContact(customer, c.created, &random);
  for (uint64_t n = random.Below(3); n > 0; --n) AddOpportunity(customer, c.created, &random);
  for (uint64_t n = random.Below(2); n > 0; --n) AddSfTask(customer, &random);
  if (random.Chance(0.4)) AddGoal(customer, &random);
  if (c.stage >= Stage::kBillingReady) {
    for (uint64_t n = 1 + random.Below(2); n > 0; --n) AddOrder(customer, c.created, &random);
  }
  AddBackstage(customer, c.created, &random);
  if (c.plan.orphan) AddOrphan(customer);
}

void Activity::AddContact(int customer, Seconds from, Random* random) {
  const Customer& c = CustomerAt(customer);
  const PersonName person = MakePersonName(random);
  const uint32_t row = Add(TableId::kSfContact, Moment(from, random), customer, random);
  const std::string host = c.domain.empty() ? "gmail.com" : c.domain;
  Set(TableId::kSfContact, row, "AccountId", SomeAccount(customer, System::kSalesforce, random));
  Set(TableId::kSfContact, row, "FirstName", person.first);
  Set(TableId::kSfContact, row, "LastName", person.last);
  Set(TableId::kSfContact, row, "Title", std::string(random->Pick(kTitles)));
  const std::string dot = c.domain.empty() ? "." + Slug(c.core) + "." : ".";
  Set(TableId::kSfContact, row, "Email", Slug(person.first) + dot + Slug(person.last) + "@" + host);
  Set(TableId::kSfContact, row, "Phone", std::string("+").append(c.home().calling_code) + c.phone);
  Set(TableId::kSfContact, row, "OwnerId", UserId(c.owner));
  if (random->Chance(0.4)) AddNetsuiteContact(customer, row, random);
}

void Activity::AddNetsuiteContact(int customer, uint32_t twin, Random* random) {
  const std::string company = SomeAccount(customer, System::kNetsuite, random);
  if (company.empty()) return;
  const Table& contacts = world_->table(TableId::kSfContact);
  const uint32_t row = Add(TableId::kNsContact, contacts.row(twin).created, customer, random);
  Set(TableId::kNsContact, row, "company", company);
  Set(TableId::kNsContact, row, "firstname", contacts.Get(twin, "FirstName"));
  Set(TableId::kNsContact, row, "lastname", contacts.Get(twin, "LastName"));
  Set(TableId::kNsContact, row, "title", contacts.Get(twin, "Title"));
  Set(TableId::kNsContact, row, "email", contacts.Get(twin, "Email"));
  Set(TableId::kNsContact, row, "phone", random->Chance(0.5) ? "" : contacts.Get(twin, "Phone"));
  Set(TableId::kNsContact, row, "isinactive", "F");
}

void Activity::AddOpportunity(int customer, Seconds from, Random* random) {
  const Customer& c = CustomerAt(customer);
  const Seconds created = Moment(from, random);
  const uint32_t row = Add(TableId::kSfOpportunity, created, customer, random);
  const std::string id = world_->table(TableId::kSfOpportunity).row(row).id;
  const bool open = c.stage == Stage::kProspect || random->Chance(0.2);
  Set(TableId::kSfOpportunity, row, "AccountId",
      SomeAccount(customer, System::kSalesforce, random));
  Set(TableId::kSfOpportunity, row, "Name", c.trade + " " + DateText(created).substr(0, 7));
  Set(TableId::kSfOpportunity, row, "StageName",
      std::string(open                  ? random->Pick(kOpenStages)
                  : random->Chance(0.8) ? "Closed Won"
                                        : "Closed Lost"));
  Set(TableId::kSfOpportunity, row, "CurrencyIsoCode", c.currency);
  Set(TableId::kSfOpportunity, row, "CloseDate", DateText(created + 60 * kDay));
  Set(TableId::kSfOpportunity, row, "OwnerId", UserId(c.owner));
  int64_t total = 0;
  for (uint64_t n = 1 + random->Below(2); n > 0; --n) {
    const int64_t price = random->Between(1000, 500000);
    const int64_t quantity = random->Between(1, 20);
    const uint32_t line = Add(TableId::kSfLineItem, created, customer, random);
    Set(TableId::kSfLineItem, line, "OpportunityId", id);
    Set(TableId::kSfLineItem, line, "Product2Id",
        world_->table(TableId::kSfProduct).row(static_cast<uint32_t>(random->Below(kProducts))).id);
    Set(TableId::kSfLineItem, line, "Quantity", std::to_string(quantity));
    Set(TableId::kSfLineItem, line, "UnitPrice", Money(price));
    Set(TableId::kSfLineItem, line, "TotalPrice", Money(price * quantity));
    total += price * quantity;
  }
  Set(TableId::kSfOpportunity, row, "Amount", Money(total));
  NoteChange(TableId::kSfOpportunityHistory, "OpportunityId", id, created, UserId(c.owner),
             {"created", "", ""});
  if (row % 3 == 0) AddApproval(row, !open);
}

void Activity::NoteChange(TableId history, std::string_view link, const std::string& id, Seconds at,
                          const std::string& by, const FieldChange& change) {
  const uint32_t row = world_->Mutable(history).Add(at, at, kNobody);
  Set(history, row, link, id);
  Set(history, row, "CreatedById", by);
  Set(history, row, "Field", change.field);
  Set(history, row, "OldValue", change.before);
  Set(history, row, "NewValue", change.after);
}

// A discount that somebody has to agree to.
void Activity::AddApproval(uint32_t opportunity, bool decided) {
  const Table& opportunities = world_->table(TableId::kSfOpportunity);
  const Row& target = opportunities.row(opportunity);
  const std::string owner = opportunities.Get(opportunity, "OwnerId");
  const std::string boss = UserId(0);
  const Seconds end = decided ? std::min(target.created + kDay, world_->now()) : target.created;
  const uint32_t row = world_->Mutable(TableId::kSfApproval).Add(target.created, end, kNobody);
  Set(TableId::kSfApproval, row, "TargetObjectId", target.id);
  Set(TableId::kSfApproval, row, "Status", decided ? "Approved" : "Pending");
  Set(TableId::kSfApproval, row, "SubmittedById", owner);
  const std::string id = world_->table(TableId::kSfApproval).row(row).id;
  AddApprovalStep(id, target.created, "Started", owner);
  if (!decided) return;
  Set(TableId::kSfApproval, row, "CompletedDate", std::to_string(end));
  Set(TableId::kSfApproval, row, "LastActorId", boss);
  AddApprovalStep(id, end, "Approved", boss);
}

void Activity::AddApprovalStep(const std::string& approval, Seconds at, const std::string& status,
                               const std::string& actor) {
  const uint32_t row = world_->Mutable(TableId::kSfApprovalStep).Add(at, at, kNobody);
  Set(TableId::kSfApprovalStep, row, "ProcessInstanceId", approval);
  Set(TableId::kSfApprovalStep, row, "StepStatus", status);
  // Line breaks and quotes inside a cell.
  if (status == "Approved") {
    Set(TableId::kSfApprovalStep, row, "Comments", "As agreed:\n\"Net 30\", no more.\r\nBest");
  }
  Set(TableId::kSfApprovalStep, row, "ActorId", actor);
  Set(TableId::kSfApprovalStep, row, "OriginalActorId", actor);
}

void Activity::AddSfTask(int customer, Random* random) {
  const Customer& c = CustomerAt(customer);
  const Seconds created = Moment(c.created, random);
  const uint32_t row = Add(TableId::kSfTask, created, customer, random);
  Set(TableId::kSfTask, row, "AccountId", SomeAccount(customer, System::kSalesforce, random));
  Set(TableId::kSfTask, row, "Subject", std::string(random->Pick(kSubjects)));
  Set(TableId::kSfTask, row, "ActivityDate", DateText(created + 7 * kDay));
  Set(TableId::kSfTask, row, "Status", random->Chance(0.7) ? "Completed" : "Not Started");
  Set(TableId::kSfTask, row, "OwnerId", UserId(c.owner));
}

void Activity::AddGoal(int customer, Random* random) {
  const Customer& c = CustomerAt(customer);
  const Seconds created = Moment(c.created, random);
  const uint32_t row = Add(TableId::kSfGoal, created, customer, random);
  Set(TableId::kSfGoal, row, "Account__c", SomeAccount(customer, System::kSalesforce, random));
  Set(TableId::kSfGoal, row, "Name", std::string(random->Pick(kGoalNames)));
  Set(TableId::kSfGoal, row, "Category__c", std::string(random->Pick(kCategories)));
  Set(TableId::kSfGoal, row, "Target__c", std::to_string(random->Between(1, 20) * 5));
  Set(TableId::kSfGoal, row, "Progress__c", std::to_string(random->Between(0, 100)));
  Set(TableId::kSfGoal, row, "Due_Date__c", DateText(created + 365 * kDay));
  Set(TableId::kSfGoal, row, "OwnerId", UserId(c.owner));
}

void Activity::AddOrder(int customer, Seconds from, Random* random) {
  const std::string entity = SomeAccount(customer, System::kNetsuite, random);
  if (entity.empty()) return;
  const Customer& c = CustomerAt(customer);
  const Seconds created = Moment(from, random);
  const uint32_t row = Add(TableId::kNsTransaction, created, customer, random);
  const Table& orders = world_->table(TableId::kNsTransaction);
  const Table& currencies = world_->table(TableId::kNsCurrency);
  Set(TableId::kNsTransaction, row, "tranid", "SO" + orders.row(row).id);
  Set(TableId::kNsTransaction, row, "type", "SalesOrd");
  Set(TableId::kNsTransaction, row, "entity", entity);
  Set(TableId::kNsTransaction, row, "trandate", DateText(created));
  Set(TableId::kNsTransaction, row, "status", random->Chance(0.7) ? "G" : "B");
  for (uint32_t i = 0; i < currencies.rows().size(); ++i) {
    if (currencies.Get(i, "symbol") == c.currency) {
      Set(TableId::kNsTransaction, row, "currency", currencies.row(i).id);
    }
  }
  Set(TableId::kNsTransaction, row, "employee", std::to_string(c.owner + 1));
  int64_t total = 0;
  for (uint64_t n = 1 + random->Below(2); n > 0; --n) {
    const int64_t amount = random->Between(1000, 900000);
    const uint32_t line = Add(TableId::kNsTransactionLine, created, customer, random);
    Set(TableId::kNsTransactionLine, line, "transaction", orders.row(row).id);
    Set(TableId::kNsTransactionLine, line, "item", std::to_string(1 + random->Below(kProducts)));
    Set(TableId::kNsTransactionLine, line, "quantity", std::to_string(random->Between(1, 20)));
    Set(TableId::kNsTransactionLine, line, "netamount", Money(amount));
    total += amount;
  }
  Set(TableId::kNsTransaction, row, "foreigntotal", Money(total));
}

void Activity::AddBackstage(int customer, Seconds from, Random* random) {
  const std::string account = SomeAccount(customer, System::kSky, random);
  if (account.empty()) return;
  const Customer& c = CustomerAt(customer);
  const bool live = c.stage >= Stage::kActive;
  const Seconds created = Moment(from, random);
  const uint32_t site = Add(TableId::kSkySites, created, customer, random);
  Set(TableId::kSkySites, site, "account_id", account);
  Set(TableId::kSkySites, site, "name", c.trade + " " + c.city);
  Set(TableId::kSkySites, site, "address.street", ShowStreet(c.street, random));
  Set(TableId::kSkySites, site, "address.city", c.city);
  Set(TableId::kSkySites, site, "address.postcode", c.postcode);
  Set(TableId::kSkySites, site, "address.country", std::string(c.home().iso2));
  Set(TableId::kSkySites, site, "timezone", c.timezone);
  Set(TableId::kSkySites, site, "status", live ? "live" : "planned");
  const uint32_t unit = Add(TableId::kSkyInstallations, created, customer, random);
  const std::string installation = world_->table(TableId::kSkyInstallations).row(unit).id;
  Set(TableId::kSkyInstallations, unit, "site_id", world_->table(TableId::kSkySites).row(site).id);
  Set(TableId::kSkyInstallations, unit, "product_code",
      "NB-" + std::to_string(1000 + random->Below(kProducts) * 10));
  Set(TableId::kSkyInstallations, unit, "status", live ? "installed" : "scheduled");
  Set(TableId::kSkyInstallations, unit, "planned_date", DateText(created + 30 * kDay));
  if (live)
    Set(TableId::kSkyInstallations, unit, "installed_at", std::to_string(Moment(created, random)));
  HandoffDefect defect = c.plan.handoff.value_or(HandoffDefect::kNoOwner);
  bool use_defect = c.plan.handoff.has_value();
  const auto missing = defect == HandoffDefect::kNoTask && use_defect ? random->Below(3) : 3;
  static constexpr std::string_view kKinds[] = {"hardware", "installation", "onboarding"};
  for (size_t i = 0; i < 3; ++i) {
    if (i == missing) continue;
    const bool on_account = i == 2;
    AddTask(customer, kKinds[i], on_account ? "" : installation, on_account ? account : "", created,
            &defect, &use_defect, random);
  }
}

void Activity::AddTask(int customer, std::string_view kind, const std::string& installation,
                       const std::string& account, Seconds from, HandoffDefect* defect,
                       bool* use_defect, Random* random) {
  const Customer& c = CustomerAt(customer);
  const Seconds created = Moment(from, random);
  const uint32_t row = Add(TableId::kSkyTasks, created, customer, random);
  const bool done = c.stage >= Stage::kActive ||
                    (c.stage == Stage::kOnboarding && kind == "hardware" && !*use_defect);
  std::string owner = world_->table(TableId::kSkyUsers)
                          .row(static_cast<uint32_t>(random->Below(kSkyActiveUsers)))
                          .id;
  if (*use_defect && *defect != HandoffDefect::kNoTask) {  // on the first task; the others are fine
    *use_defect = false;
    owner.clear();
    if (*defect == HandoffDefect::kInactiveOwner) {
      const auto gone = static_cast<uint32_t>(kSkyActiveUsers + random->Below(kSkyInactiveUsers));
      owner = world_->table(TableId::kSkyUsers).row(gone).id;
    }
  }
  Set(TableId::kSkyTasks, row, "installation_id", installation);
  Set(TableId::kSkyTasks, row, "account_id", account);
  Set(TableId::kSkyTasks, row, "kind", std::string(kind));
  Set(TableId::kSkyTasks, row, "title", std::string(kind) + " for " + c.trade);
  Set(TableId::kSkyTasks, row, "status",
      done                  ? "done"
      : random->Chance(0.4) ? "in_progress"
                            : "open");
  Set(TableId::kSkyTasks, row, "owner_id", owner);
  // Far enough off that no task of this world is late, whichever clock a reader goes by.
  Set(TableId::kSkyTasks, row, "due_date",
      DateText(done ? created + 30 * kDay : kWorldStart + random->Between(700, 1000) * kDay));
  if (done) Set(TableId::kSkyTasks, row, "completed_at", std::to_string(Moment(created, random)));
}

void Activity::FinishTasks(int customer, Seconds at) {
  std::vector<uint32_t> open;
  Table& tasks = world_->Mutable(TableId::kSkyTasks);
  for (uint32_t i = 0; i < tasks.rows().size(); ++i) {
    const Row& row = tasks.row(i);
    if (row.customer == customer && !row.deleted && tasks.Get(i, "status") != "done")
      open.push_back(i);
  }
  for (uint32_t i : open) {
    tasks.Set(i, "status", "done");
    tasks.Set(i, "completed_at", std::to_string(at));
    tasks.Change(i).stamp = tasks.Change(i).modified = at;
  }
}

void Activity::AddOrphan(int customer) {
  struct Kind {
    TableId table;
    std::string_view field;
    std::string_view nobody;  // an id that no record has
  };
  static constexpr Kind kKinds[] = {{TableId::kSfContact, "AccountId", "001gK0009zzzzzyIAB"},
                                    {TableId::kSfOpportunity, "AccountId", "001gK0009zzzzzyIAB"},
                                    {TableId::kSfGoal, "Account__c", "001gK0009zzzzzyIAB"},
                                    {TableId::kNsContact, "company", "99999999"},
                                    {TableId::kNsTransaction, "entity", "99999999"},
                                    {TableId::kSkySites, "account_id", "acc_ffffffff"},
                                    {TableId::kSkyInstallations, "site_id", "site_ffffffff"},
                                    {TableId::kSkyTasks, "account_id", "acc_ffffffff"}};
  Random random(world_->seed(), "orphan", static_cast<uint64_t>(customer));
  const Kind& kind = random.Pick(kKinds);
  const Customer& c = CustomerAt(customer);
  const uint32_t row = Add(kind.table, Moment(c.created, &random), kNobody, &random);
  const std::string reference(random.Chance(0.5) ? kind.nobody : std::string_view());
  Set(kind.table, row, kind.field, reference);
  const PersonName person = MakePersonName(&random);
  switch (kind.table) {
    case TableId::kSfContact:
      Set(kind.table, row, "FirstName", person.first);
      Set(kind.table, row, "LastName", person.last);
      break;
    case TableId::kNsContact:
      Set(kind.table, row, "firstname", person.first);
      Set(kind.table, row, "lastname", person.last);
      Set(kind.table, row, "isinactive", "F");
      break;
    case TableId::kSfOpportunity:
      Set(kind.table, row, "Name", "Left over");
      Set(kind.table, row, "StageName", "Prospecting");
      break;
    case TableId::kSfGoal: Set(kind.table, row, "Name", "Left over"); break;
    case TableId::kNsTransaction:
      Set(kind.table, row, "tranid", "SO-X" + std::to_string(row));
      Set(kind.table, row, "type", "SalesOrd");
      break;
    case TableId::kSkySites:
    case TableId::kSkyInstallations: Set(kind.table, row, "status", "planned"); break;
    default:
      Set(kind.table, row, "kind", "hardware");
      Set(kind.table, row, "title", "Left over");
      Set(kind.table, row, "status", "open");
      Set(kind.table, row, "owner_id", world_->table(TableId::kSkyUsers).row(0).id);
  }
}

}  // namespace trueup::sandbox
