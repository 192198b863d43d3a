#include "tests/sandbox/world/schema.h"

#include <cstdlib>

namespace trueup::sandbox {
namespace {

constexpr std::string_view kSfCommon =
    "Id:id CreatedDate:created LastModifiedDate:modified SystemModstamp:stamp IsDeleted:deleted ";

struct Words {
  std::string_view suffix;
  FieldType type;
  FieldSource source;
};

constexpr size_t kAddressParts = 5;  // street, city, state, postcode, country, in this order

constexpr Words kWords[] = {
    {"id", FieldType::kText, FieldSource::kId},
    {"nid", FieldType::kNumber, FieldSource::kId},
    {"created", FieldType::kInstant, FieldSource::kCreated},
    {"modified", FieldType::kInstant, FieldSource::kModified},
    {"stamp", FieldType::kInstant, FieldSource::kStamp},
    {"deleted", FieldType::kBool, FieldSource::kDeleted},
    {"number", FieldType::kNumber, FieldSource::kSlot},
    {"bool", FieldType::kBool, FieldSource::kSlot},
    {"date", FieldType::kDate, FieldSource::kSlot},
    {"instant", FieldType::kInstant, FieldSource::kSlot},
    {"any", FieldType::kAny, FieldSource::kSlot},
    {"address", FieldType::kAddress, FieldSource::kSlot},
};

Field MakeField(std::string_view word, size_t* slots) {
  Field field;
  const size_t colon = word.find(':');
  field.name = word.substr(0, colon);
  if (colon != std::string_view::npos) {
    bool known = false;
    for (const Words& w : kWords) {
      if (w.suffix != word.substr(colon + 1)) continue;
      field.type = w.type;
      field.source = w.source;
      known = true;
    }
    if (!known) std::abort();
  }
  if (field.type == FieldType::kAddress) {
    field.slot = *slots - kAddressParts;
  } else if (field.source == FieldSource::kSlot) {
    field.slot = (*slots)++;
  }
  return field;
}

void AddFields(TableSpec* spec, std::string_view words) {
  while (!words.empty()) {
    const size_t space = words.find(' ');
    if (space != 0) spec->fields.push_back(MakeField(words.substr(0, space), &spec->slots));
    words = space == std::string_view::npos ? std::string_view() : words.substr(space + 1);
  }
}

TableSpec Make(TableId id, System system, std::string_view name, std::string_view fields,
               std::vector<Link> hangs_on = {}) {
  TableSpec spec{id, system, name, {}, 0, std::move(hangs_on)};
  const bool lists_all = fields.starts_with("Id:");
  if (system == System::kSalesforce && !lists_all) AddFields(&spec, kSfCommon);
  AddFields(&spec, fields);
  return spec;
}

std::vector<TableSpec> SalesforceTables() {
  constexpr System s = System::kSalesforce;
  return {
      Make(TableId::kSfAccount, s, "Account",
           "Name Legal_Name__c AccountNumber Type Industry Phone Website BillingStreet BillingCity "
           "BillingState BillingPostalCode BillingCountry BillingAddress:address CurrencyIsoCode "
           "ParentId OwnerId "
           "MasterRecordId Lifecycle_Stage__c Tax_ID__c Payment_Terms__c Language__c Timezone__c "
           "Billing_Email__c AnnualRevenue:number Contract_Signed_Date__c:date "
           "Go_Live_Date__c:date"),
      Make(TableId::kSfContact, s, "Contact",
           "AccountId FirstName LastName Title Email Phone OwnerId",
           {{"AccountId", TableId::kSfAccount}}),
      Make(TableId::kSfOpportunity, s, "Opportunity",
           "AccountId Name StageName Amount:number CurrencyIsoCode CloseDate:date OwnerId",
           {{"AccountId", TableId::kSfAccount}}),
      Make(TableId::kSfLineItem, s, "OpportunityLineItem",
           "OpportunityId Product2Id Quantity:number UnitPrice:number TotalPrice:number",
           {{"OpportunityId", TableId::kSfOpportunity}}),
      Make(TableId::kSfTask, s, "Task", "AccountId WhoId Subject ActivityDate:date Status OwnerId",
           {{"AccountId", TableId::kSfAccount}, {"WhoId", TableId::kSfContact}}),
      Make(TableId::kSfGoal, s, "Goal__c",
           "Account__c Name Category__c Target__c:number Progress__c:number Due_Date__c:date "
           "OwnerId",
           {{"Account__c", TableId::kSfAccount}}),
      Make(TableId::kSfUser, s, "User", "Name Email IsActive:bool"),
      Make(TableId::kSfProduct, s, "Product2", "Name ProductCode Family IsActive:bool"),
      // Histories are only added to: they have no stamp but that of their making.
      Make(TableId::kSfAccountHistory, s, "AccountHistory",
           "Id:id CreatedDate:stamp IsDeleted:deleted AccountId CreatedById Field OldValue:any "
           "NewValue:any"),
      Make(TableId::kSfOpportunityHistory, s, "OpportunityFieldHistory",
           "Id:id CreatedDate:stamp IsDeleted:deleted OpportunityId CreatedById Field "
           "OldValue:any NewValue:any"),
      Make(TableId::kSfApproval, s, "ProcessInstance",
           "TargetObjectId Status CompletedDate:instant SubmittedById LastActorId"),
      Make(TableId::kSfApprovalStep, s, "ProcessInstanceStep",
           "Id:id CreatedDate:created SystemModstamp:stamp ProcessInstanceId StepStatus ActorId "
           "OriginalActorId Comments"),
      Make(TableId::kSfOrganization, s, "Organization",
           "Id:id CreatedDate:created LastModifiedDate:modified SystemModstamp:stamp Name "
           "InstanceName OrganizationType IsSandbox:bool NamespacePrefix TimeZoneSidKey "
           "DefaultLocaleSidKey LanguageLocaleKey"),
  };
}

std::vector<TableSpec> NetsuiteTables() {
  constexpr System s = System::kNetsuite;
  return {
      Make(TableId::kNsCustomer, s, "customer",
           "id:nid entityid externalid companyname custentity_legal_name email phone url "
           "parent:number terms:number currency:number entitystatus:number searchstage "
           "salesrep:number category:number subsidiary:number language vatregnumber isinactive "
           "datecreated:created lastmodifieddate:stamp defaultbillingaddress:number "
           "custentity_crm_id custentity_timezone custentity_lifecycle "
           "custentity_billing_confirmed custentity_golive:date"),
      Make(TableId::kNsAddress, s, "customeraddressbookentityaddress",
           "nkey:nid addr1 city state zip country"),
      Make(TableId::kNsContact, s, "contact",
           "id:nid company:number firstname lastname title email phone isinactive "
           "datecreated:created lastmodifieddate:stamp",
           {{"company", TableId::kNsCustomer}}),
      Make(TableId::kNsTransaction, s, "transaction",
           "id:nid tranid type entity:number trandate:date status currency:number "
           "foreigntotal:number employee:number createddate:created lastmodifieddate:stamp",
           {{"entity", TableId::kNsCustomer}}),
      Make(TableId::kNsTransactionLine, s, "transactionline",
           "uniquekey:nid transaction:number item:number quantity:number netamount:number "
           "linelastmodifieddate:stamp",
           {{"transaction", TableId::kNsTransaction}}),
      Make(TableId::kNsEmployee, s, "employee",
           "id:nid entityid email isinactive datecreated:created lastmodifieddate:stamp"),
      Make(TableId::kNsItem, s, "item",
           "id:nid itemid displayname isinactive createddate:created lastmodifieddate:stamp"),
      Make(TableId::kNsTerm, s, "term", "id:nid name isinactive"),
      Make(TableId::kNsCurrency, s, "currency", "id:nid symbol name isinactive"),
      Make(TableId::kNsDeleted, s, "deletedrecord", "recordid:number type deleteddate:stamp name"),
      Make(TableId::kNsSubsidiaryLink, s, "customersubsidiaryrelationship",
           "id:nid entity:number subsidiary:number isprimarysub"),
  };
}

std::vector<TableSpec> SkyTables() {
  constexpr System s = System::kSky;
  return {
      Make(TableId::kSkyAccounts, s, "accounts",
           "id:id name legal_name status domain phone email vat_id address.street address.city "
           "address.postcode address.region address.country timezone language parent_id crm_id "
           "erp_id owner_id go_live_date:date created_at:created updated_at:stamp"),
      Make(TableId::kSkySites, s, "sites",
           "id:id account_id name address.street address.city address.postcode address.country "
           "timezone status created_at:created updated_at:stamp",
           {{"account_id", TableId::kSkyAccounts}}),
      Make(TableId::kSkyInstallations, s, "installations",
           "id:id site_id product_code status planned_date:date installed_at:instant "
           "created_at:created updated_at:stamp",
           {{"site_id", TableId::kSkySites}}),
      Make(
          TableId::kSkyTasks, s, "tasks",
          "id:id installation_id account_id kind title status owner_id due_date:date "
          "completed_at:instant created_at:created updated_at:stamp",
          {{"installation_id", TableId::kSkyInstallations}, {"account_id", TableId::kSkyAccounts}}),
      Make(TableId::kSkyUsers, s, "users",
           "id:id name email active:bool created_at:created updated_at:stamp"),
  };
}

const std::vector<TableSpec>& Specs() {
  static const std::vector<TableSpec> specs = [] {
    std::vector<TableSpec> all = SalesforceTables();
    for (auto tables : {NetsuiteTables(), SkyTables()}) {
      for (auto& table : tables) all.push_back(std::move(table));
    }
    return all;
  }();
  return specs;
}

bool SameIgnoringCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  for (size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

}  // namespace

std::string_view ToString(System system) {
  static constexpr std::string_view kNames[] = {"salesforce", "netsuite", "sky"};
  return kNames[static_cast<size_t>(system)];
}

const Field* TableSpec::Find(std::string_view field) const {
  for (const Field& f : fields) {
    if (SameIgnoringCase(f.name, field)) return &f;
  }
  return nullptr;
}

const TableSpec& SpecOf(TableId id) { return Specs()[static_cast<size_t>(id)]; }

std::optional<TableId> FindTable(System system, std::string_view name) {
  for (const TableSpec& spec : Specs()) {
    if (spec.system == system && SameIgnoringCase(spec.name, name)) return spec.id;
  }
  return std::nullopt;
}

bool HoldsRecords(TableId id) {
  return id != TableId::kNsAddress && id != TableId::kNsDeleted &&
         id != TableId::kNsSubsidiaryLink && id != TableId::kSfOrganization;
}

TableId AccountTable(System system) {
  static constexpr TableId kTablesOf[] = {TableId::kSfAccount, TableId::kNsCustomer,
                                          TableId::kSkyAccounts};
  return kTablesOf[static_cast<size_t>(system)];
}

}  // namespace trueup::sandbox
