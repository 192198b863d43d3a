// The people and things that the other rows name: users, employees, products, terms, currencies.
#include <set>

#include "tests/sandbox/world/world.h"

namespace trueup::sandbox {
namespace {

constexpr std::string_view kFirstNames[] = {
    "Anna", "Ben",    "Clara",  "David", "Elena", "Felix",  "Greta",  "Hugo",
    "Ines", "Jonas",  "Karin",  "Luis",  "Maria", "Nils",   "Olga",   "Paul",
    "Rosa", "Simon",  "Tessa",  "Umar",  "Vera",  "Will",   "Yuki",   "Zoe",
    "Amir", "Bianca", "Carlos", "Dana",  "Erik",  "Fatima", "Giulia", "Henrik"};
constexpr std::string_view kLastNames[] = {
    "Adler",  "Brandt",    "Costa",    "Dubois",   "Eriksen", "Fischer", "Garcia",   "Hansen",
    "Ivanov", "Jansen",    "Keller",   "Larsen",   "Moreau",  "Novak",   "Olsen",    "Petrov",
    "Quinn",  "Rossi",     "Silva",    "Tanaka",   "Ullman",  "Vega",    "Weber",    "Young",
    "Zimmer", "Andersson", "Bakker",   "Conti",    "Dvorak",  "Evans",   "Fontaine", "Gupta",
    "Holm",   "Iyer",      "Kowalski", "Lindqvist"};
constexpr std::string_view kFamilies[] = {"Terminal", "Gateway", "Sensor", "Service"};
constexpr Seconds kFoundation = kWorldStart - 8 * 365 * kDay;

std::string Email(const PersonName& person) {
  return Slug(person.first) + "." + Slug(person.last) + "@northbeam.example";
}

}  // namespace

PersonName MakePersonName(Random* random) {
  return {std::string(random->Pick(kFirstNames)), std::string(random->Pick(kLastNames))};
}

void World::AddReferenceRows() {
  Table& organization = Mutable(TableId::kSfOrganization);
  const uint32_t org = organization.Add(kFoundation, kFoundation, kNobody);
  for (const auto& [field, value] : {std::pair{"Name", "Northbeam"},
                                     {"InstanceName", "EU42"},
                                     {"OrganizationType", "Enterprise Edition"},
                                     {"IsSandbox", "true"},
                                     {"TimeZoneSidKey", "Europe/Berlin"},
                                     {"DefaultLocaleSidKey", "en_US"},
                                     {"LanguageLocaleKey", "en_US"}}) {
    organization.Set(org, field, value);
  }
  Table& users = Mutable(TableId::kSfUser);
  Table& employees = Mutable(TableId::kNsEmployee);
  for (size_t i = 0; i < kSalesPeople; ++i) {
    // The person is a function of the number, so that CRM and ERP name the same one.
    Random random(seed(), "person", i);
    const PersonName person = MakePersonName(&random);
    const uint32_t user =
        users.Add(kFoundation, kFoundation + static_cast<Seconds>(i) * kDay, kNobody);
    users.Set(user, "Name", person.first + " " + person.last);
    users.Set(user, "Email", Email(person));
    users.Set(user, "IsActive", "true");
    const uint32_t employee =
        employees.Add(kFoundation, kFoundation + static_cast<Seconds>(i) * kDay, kNobody);
    employees.Set(employee, "entityid", person.first + " " + person.last);
    employees.Set(employee, "email", Email(person));
    employees.Set(employee, "isinactive", "F");
  }
  Table& sky_users = Mutable(TableId::kSkyUsers);
  for (size_t i = 0; i < kSkyActiveUsers + kSkyInactiveUsers; ++i) {
    Random random(seed(), "sky person", i);
    const PersonName person = MakePersonName(&random);
    const uint32_t user =
        sky_users.Add(kFoundation, kFoundation + static_cast<Seconds>(i) * kDay, kNobody);
    sky_users.Set(user, "name", person.first + " " + person.last);
    sky_users.Set(user, "email", Email(person));
    sky_users.Set(user, "active", i < kSkyActiveUsers ? "true" : "false");
  }
  for (size_t i = 0; i < kProducts; ++i) {
    const std::string code = "NB-" + std::to_string(1000 + i * 10);
    const std::string family(kFamilies[i % std::size(kFamilies)]);
    const std::string name = family + " " + std::to_string(i / std::size(kFamilies) + 1);
    Table& products = Mutable(TableId::kSfProduct);
    const uint32_t product = products.Add(kFoundation, kFoundation, kNobody);
    products.Set(product, "Name", name);
    products.Set(product, "ProductCode", code);
    products.Set(product, "Family", family);
    products.Set(product, "IsActive", "true");
    Table& items = Mutable(TableId::kNsItem);
    const uint32_t item = items.Add(kFoundation, kFoundation, kNobody);
    items.Set(item, "itemid", code);
    items.Set(item, "displayname", name);
    items.Set(item, "isinactive", "F");
  }
  for (std::string_view name : {"Net 15", "Net 30", "Net 45", "Net 60", "Due on receipt"}) {
    Table& terms = Mutable(TableId::kNsTerm);
    const uint32_t term = terms.Add(kFoundation, kFoundation, kNobody);
    terms.Set(term, "name", std::string(name));
    terms.Set(term, "isinactive", "F");
  }
  std::set<std::string_view> currencies;
  for (const Country& country : Countries()) currencies.insert(country.currency);
  for (std::string_view symbol : currencies) {
    Table& table = Mutable(TableId::kNsCurrency);
    const uint32_t currency = table.Add(kFoundation, kFoundation, kNobody);
    table.Set(currency, "symbol", std::string(symbol));
    table.Set(currency, "name", std::string(symbol));
    table.Set(currency, "isinactive", "F");
  }
}

}  // namespace trueup::sandbox
