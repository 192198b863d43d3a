#include "connectors/netsuite/settings.h"

#include <utility>

namespace trueup::connectors::netsuite {
namespace {

ObjectSettings Customer() {
  ObjectSettings customer;
  customer.modified = "lastmodifieddate";
  customer.created = "datecreated";
  customer.deleted_type = "customer";
  customer.columns = {"entityid",
                      "externalid",
                      "companyname",
                      "custentity_legal_name",
                      "email",
                      "phone",
                      "url",
                      "parent",
                      "terms",
                      "currency",
                      "entitystatus",
                      "searchstage",
                      "salesrep",
                      "category",
                      "subsidiary",
                      "language",
                      "vatregnumber",
                      "isinactive",
                      "custentity_crm_id",
                      "custentity_timezone",
                      "custentity_lifecycle",
                      "custentity_billing_confirmed"};
  customer.dates = {"custentity_golive"};
  customer.display = {"terms", "currency"};
  customer.joins["a"] = {"customeraddressbookentityaddress",
                         "nkey",
                         "defaultbillingaddress",
                         {{"addr1", "billing_addr1"},
                          {"city", "billing_city"},
                          {"state", "billing_state"},
                          {"zip", "billing_zip"},
                          {"country", "billing_country"}}};
  return customer;
}

ObjectSettings Contact() {
  ObjectSettings contact;
  contact.modified = "lastmodifieddate";
  contact.created = "datecreated";
  contact.deleted_type = "contact";
  contact.columns = {"company", "firstname", "lastname", "title", "email", "phone", "isinactive"};
  return contact;
}

ObjectSettings Transaction() {
  ObjectSettings transaction;
  transaction.modified = "lastmodifieddate";
  transaction.created = "createddate";
  transaction.deleted_type = "transaction";
  transaction.columns = {"tranid",   "type",         "entity",  "status",
                         "currency", "foreigntotal", "employee"};
  transaction.dates = {"trandate"};
  transaction.display = {"currency"};
  return transaction;
}

// Lines have no deletions of their own: a line that is taken off its order is found by the audit.
ObjectSettings TransactionLine() {
  ObjectSettings line;
  line.id = "uniquekey";
  line.modified = "linelastmodifieddate";
  line.columns = {"transaction", "item", "quantity", "netamount"};
  return line;
}

ObjectSettings Employee() {
  ObjectSettings employee;
  employee.modified = "lastmodifieddate";
  employee.created = "datecreated";
  employee.deleted_type = "employee";
  employee.columns = {"entityid", "email", "isinactive"};
  return employee;
}

ObjectSettings Item() {
  ObjectSettings item;
  item.modified = "lastmodifieddate";
  item.created = "createddate";
  item.deleted_type = "item";
  item.columns = {"itemid", "displayname", "isinactive"};
  return item;
}

// Tables without stamps: read whole.
ObjectSettings Whole(std::vector<std::string> columns) {
  ObjectSettings whole;
  whole.columns = std::move(columns);
  return whole;
}

void FillFrom(const ObjectSettings& from, ObjectSettings& object) {
  if (object.table.empty()) object.table = from.table;
  if (object.id.empty()) object.id = from.id;
  if (!object.modified) object.modified = from.modified;
  if (!object.created) object.created = from.created;
  if (!object.deleted_type) object.deleted_type = from.deleted_type;
  if (object.columns.empty()) object.columns = from.columns;
  if (object.dates.empty()) object.dates = from.dates;
  if (object.instants.empty()) object.instants = from.instants;
  if (object.display.empty()) object.display = from.display;
  if (object.joins.empty()) object.joins = from.joins;
}

}  // namespace

const std::map<std::string, ObjectSettings>& DefaultObjects() {
  static const std::map<std::string, ObjectSettings> objects = {
      {"customer", Customer()},
      {"contact", Contact()},
      {"transaction", Transaction()},
      {"transactionline", TransactionLine()},
      {"employee", Employee()},
      {"item", Item()},
      {"term", Whole({"name", "isinactive"})},
      {"currency", Whole({"symbol", "name", "isinactive"})},
  };
  return objects;
}

ObjectSettings CompleteObject(const std::string& name, ObjectSettings object) {
  const auto built_in = DefaultObjects().find(name);
  if (built_in != DefaultObjects().end()) FillFrom(built_in->second, object);
  ObjectSettings plain;
  plain.table = name;
  plain.id = "id";
  plain.modified = "";
  plain.created = "";
  plain.deleted_type = "";
  FillFrom(plain, object);
  return object;
}

}  // namespace trueup::connectors::netsuite
