#include "mappings/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "base/file.h"

namespace trueup::mappings {
namespace {

const std::string kDefaults = TRUEUP_SOURCE_DIR "/mappings/default";

std::shared_ptr<const Catalog> Load(const std::string& folder) {
  Problems problems;
  auto catalog = Catalog::Load(folder, problems);
  EXPECT_EQ(problems.ToText(), "");
  return catalog;
}

// A folder of mappings that a test writes, gone afterwards.
class Folder {
 public:
  Folder() {
    std::string pattern = testing::TempDir() + "mappings-XXXXXX";
    path_ = mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }

  void Write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(WriteFileAtomically(path_ + "/" + name, text).ok());
  }
  void CopyDefaults() {
    for (const auto& entry : std::filesystem::directory_iterator(kDefaults)) {
      std::filesystem::copy(entry.path(), path_ + "/" + entry.path().filename().string());
    }
  }
  void Append(const std::string& name, const std::string& text) {
    Write(name, *ReadFile(path_ + "/" + name) + text);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A folder with one entity whose term `value` is mapped as given.
std::shared_ptr<const Catalog> WithTerm(Folder& folder, const std::string& term,
                                        const std::string& mapping) {
  folder.Write("glossary.yaml",
               "empty: [n/a]\n"
               "entities:\n"
               "  account: {label: Account, role: account, terms: {name: {label: Name, type: "
               "name}, value: " +
                   term + "}}\n");
  folder.Write("lifecycle.yaml", "stages: []\n");
  folder.Write("matching.yaml", "features: {}\nweights: {}\n");
  folder.Write("crm.yaml",
               "system: crm\nobjects: {A: {entity: account, terms: {value: " + mapping + "}}}\n");
  return Load(folder.path());
}

ChangeEvent Event(const std::string& system, const std::string& object) {
  ChangeEvent event;
  event.ref = Ref(system, object, "1");
  event.modified = FromMicros(7);
  return event;
}

// The text of the term `value` of a row with these fields; "absent" where the row has no such term.
std::string MapValue(const Catalog& catalog,
                     const std::vector<std::pair<std::string, std::string>>& fields) {
  ChangeEvent event = Event("crm", "A");
  for (const auto& [name, text] : fields) event.row.AddText(name, text);
  std::string quarantine;
  const auto row = catalog.Map(event, quarantine);
  if (!row) return quarantine;
  const MappedTerm* term = row->Find(1);
  if (term == nullptr) return "absent";
  return (term->valid() ? "" : "invalid ") + term->value.ToText();
}

TEST(Catalog, KnowsTheSystemsAndObjectsOfTheDefaults) {
  const auto catalog = Load(kDefaults);
  EXPECT_EQ(catalog->systems(), (std::vector<std::string>{"netsuite", "salesforce", "sky"}));
  EXPECT_EQ(catalog->objects("sky"),
            (std::vector<std::string>{"accounts", "installations", "sites", "tasks", "users"}));
  EXPECT_TRUE(catalog->objects("sap").empty());
  EXPECT_EQ(catalog->lifecycle().stages.size(), 7u);
  EXPECT_EQ(catalog->lifecycle().stages[2].label, "Billing ready");
  EXPECT_EQ(catalog->glossary().account().name, "account");
}

TEST(Catalog, TellsWhereATermComesFrom) {
  const auto catalog = Load(kDefaults);
  const uint16_t name = catalog->glossary().Find("contact")->Find("name")->index;
  const auto source = catalog->SourceOf("salesforce", "Contact", name);
  ASSERT_TRUE(source);
  EXPECT_EQ(source->field, "FirstName + LastName");
  EXPECT_EQ(source->place.file, kDefaults + "/salesforce.yaml");
  EXPECT_GT(source->place.line, 1);
  EXPECT_FALSE(catalog->SourceOf("salesforce", "Contact", 999));
  EXPECT_FALSE(catalog->SourceOf("salesforce", "Lead", name));
}

TEST(Catalog, TellsWhichFieldsAnObjectsMappingReads) {
  const auto catalog = Load(kDefaults);
  EXPECT_THAT(catalog->FieldsOf("salesforce", "Contact"),
              testing::IsSupersetOf({"FirstName", "LastName", "AccountId"}));
  EXPECT_THAT(catalog->FieldsOf("salesforce", "Contact"), testing::Not(testing::Contains("Fax")));
  EXPECT_TRUE(catalog->FieldsOf("salesforce", "Lead").empty());
}

TEST(Catalog, KeepsWhatTheEventSays) {
  const auto catalog = Load(kDefaults);
  ChangeEvent event = Event("sky", "accounts");
  event.created = FromMicros(3);
  event.deleted = true;
  event.merged_into = Ref("sky", "accounts", "2");
  event.row.AddText("parent_id", "9");
  std::string quarantine;
  const auto row = catalog->Map(event, quarantine);
  ASSERT_TRUE(row) << quarantine;
  EXPECT_EQ(row->ref, event.ref);
  EXPECT_EQ(row->modified, event.modified);
  EXPECT_EQ(row->created, event.created);
  EXPECT_TRUE(row->deleted);
  EXPECT_EQ(row->merged_into, event.merged_into);
  EXPECT_EQ(row->parent, Ref("sky", "accounts", "9"));
}

TEST(Catalog, TakesTheFirstParentThatIsThere) {
  const auto catalog = Load(kDefaults);
  ChangeEvent event = Event("sky", "tasks");
  event.row.Add("installation_id", FieldKind::kNull);
  event.row.AddText("account_id", "5");
  std::string quarantine;
  EXPECT_EQ(catalog->Map(event, quarantine)->parent, Ref("sky", "accounts", "5"));
  event.row.AddText("kind", "hardware");
  ChangeEvent nobody = Event("sky", "tasks");
  EXPECT_TRUE(catalog->Map(nobody, quarantine)->parent.empty());
}

TEST(Catalog, QuarantinesWhatHasNoMapping) {
  const auto catalog = Load(kDefaults);
  std::string quarantine;
  EXPECT_FALSE(catalog->Map(Event("salesforce", "Lead"), quarantine));
  EXPECT_EQ(quarantine, "no mapping for salesforce/Lead");
}

// The tax id of a Salesforce account with that country and phone.
std::string TaxIdWith(const Catalog& catalog, const std::string& country,
                      const std::string& phone) {
  ChangeEvent event = Event("salesforce", "Account");
  event.row.AddText("Name", "Acme");
  event.row.AddText("BillingCountry", country);
  event.row.AddText("Phone", phone);
  event.row.AddText("Tax_ID__c", "91-1144442");
  std::string quarantine;
  const auto row = catalog.Map(event, quarantine);
  return row->Find(catalog.glossary().account().Find("tax_id")->index)->value.ToText();
}

TEST(Catalog, ReadsATaxIdByThePhoneWhereTheCountryIsUnknown) {
  const auto catalog = Load(kDefaults);
  EXPECT_EQ(TaxIdWith(*catalog, "United States", ""), "US911144442");
  EXPECT_EQ(TaxIdWith(*catalog, "Neverland", "+1 212 491 4177"), "US911144442");
  EXPECT_EQ(TaxIdWith(*catalog, "", "+1 212 491 4177"), "US911144442");
  EXPECT_EQ(TaxIdWith(*catalog, "", ""), "911144442");
  EXPECT_EQ(TaxIdWith(*catalog, "", "+49 30 1234567"), "911144442");  // no German one
}

TEST(Catalog, TellsAbsentFromEmpty) {
  Folder folder;
  const auto catalog = WithTerm(folder, "{label: V, type: text}", "V");
  EXPECT_EQ(MapValue(*catalog, {}), "absent");
  EXPECT_EQ(MapValue(*catalog, {{"V", "  "}}), "");
  EXPECT_EQ(MapValue(*catalog, {{"V", "N/A"}}), "");
  EXPECT_EQ(MapValue(*catalog, {{"V", " a  b "}}), "a  b");
}

TEST(Catalog, TakesTheFirstFieldThatIsNotEmpty) {
  Folder folder;
  const auto catalog = WithTerm(folder, "{label: V, type: text}", "{fields: [A, B]}");
  EXPECT_EQ(MapValue(*catalog, {{"B", "b"}, {"A", "a"}}), "a");
  EXPECT_EQ(MapValue(*catalog, {{"A", ""}, {"B", "b"}}), "b");
  EXPECT_EQ(MapValue(*catalog, {{"A", ""}}), "");
}

TEST(Catalog, JoinsWhatIsThere) {
  Folder folder;
  const auto catalog =
      WithTerm(folder, "{label: V, type: text}", "{fields: [A, B, C], join: \", \"}");
  EXPECT_EQ(MapValue(*catalog, {{"A", "a"}, {"B", " "}, {"C", "c"}}), "a, c");
  EXPECT_EQ(MapValue(*catalog, {{"A", ""}}), "");
  EXPECT_EQ(MapValue(*catalog, {}), "absent");
}

TEST(Catalog, SetsConstants) {
  Folder folder;
  const auto catalog = WithTerm(folder, "{label: V, type: country}", "{const: Germany}");
  EXPECT_EQ(MapValue(*catalog, {}), "DE");
}

TEST(Catalog, ReadsChoicesByAnySpellingAndTheValueMapFirst) {
  Folder folder;
  const auto catalog = WithTerm(folder,
                                "{label: V, type: enumeration, choices: {net_30: {label: Net 30, "
                                "aliases: [30 days]}, none: None}}",
                                "{field: V, values: {X: net_30, Net 30: none}}");
  EXPECT_EQ(MapValue(*catalog, {{"V", "net_30"}}), "none");  // the same spelling as "Net 30"
  EXPECT_EQ(MapValue(*catalog, {{"V", "30 DAYS"}}), "net_30");
  EXPECT_EQ(MapValue(*catalog, {{"V", "x"}}), "net_30");
  EXPECT_EQ(MapValue(*catalog, {{"V", "None"}}), "none");
  EXPECT_EQ(MapValue(*catalog, {{"V", "Net 90"}}), "invalid Net 90");
}

TEST(Catalog, VersionFollowsTheContentAlone) {
  Folder folder;
  folder.CopyDefaults();
  const std::string version = Load(kDefaults)->version();
  folder.Append("sky.yaml", "\n# a comment changes nothing\n");
  EXPECT_EQ(Load(folder.path())->version(), version);
  folder.Append("sky_test.yaml", "\n");
  EXPECT_EQ(Load(folder.path())->version(), version);
  folder.Append("matching.yaml", "  \n# x\n");
  EXPECT_EQ(Load(folder.path())->version(), version);
  folder.Append("sky.yaml", "  regions: {entity: product, terms: {name: name}}\n");
  EXPECT_NE(Load(folder.path())->version(), version);
}

}  // namespace
}  // namespace trueup::mappings
