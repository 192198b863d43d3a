#include "connectors/salesforce/records.h"

#include <gtest/gtest.h>

namespace trueup::connectors::salesforce {
namespace {

ObjectFields AccountFields() {
  ObjectFields fields;
  fields.info.name = "Account";
  fields.stamp = "SystemModstamp";
  fields.types = {{"SystemModstamp", ValueType::kInstant}, {"CreatedDate", ValueType::kInstant}};
  return fields;
}

ChangeEvent EventOf(const std::string& json) {
  const auto document = JsonDocument::Parse(json);
  auto event = ToEvent("sf", AccountFields(), document->root());
  EXPECT_TRUE(event.ok());
  return *event;
}

TEST(NormalInstant, GivesBothFormsOfSalesforceOneForm) {
  for (const auto& [text, normal] :
       {std::pair{"2026-01-01T10:00:00.000+0000", "2026-01-01T10:00:00Z"},
        {"2026-01-01T10:00:00.000Z", "2026-01-01T10:00:00Z"},
        {"2026-01-01T10:00:00.250+0000", "2026-01-01T10:00:00.250Z"},
        {"2026-01-01T10:00:00.000+0200", "2026-01-01T08:00:00Z"},
        {"no instant", "no instant"}}) {
    EXPECT_EQ(NormalInstant(text), normal);
  }
}

TEST(Record, BecomesAnEventWithItsRow) {
  const ChangeEvent event = EventOf(
      R"({"attributes":{"type":"Account"},"Id":"001M000000qfPyS","Name":"Acme","AnnualRevenue":1.50,)"
      R"("IsDeleted":false,"CreatedDate":"2025-01-01T00:00:00.000+0000","Phone":null,)"
      R"("SystemModstamp":"2026-01-01T10:00:00.000+0000",)"
      R"("Owner":{"attributes":{},"Name":"Eve","Manager":{"Name":"Bob"}}})");
  EXPECT_EQ(event.ref.text(), "sf/Account/001M000000qfPySIAU");
  EXPECT_EQ(event.modified, ParseInstant("2026-01-01T10:00:00Z")->at);
  EXPECT_EQ(event.created, ParseInstant("2025-01-01T00:00:00Z")->at);
  EXPECT_FALSE(event.deleted);
  EXPECT_FALSE(event.row.Find("attributes").has_value());
  EXPECT_EQ(event.row.Find("SystemModstamp")->text, "2026-01-01T10:00:00Z");
  EXPECT_EQ(event.row.Find("AnnualRevenue")->text, "1.5");
  EXPECT_EQ(event.row.Find("Phone")->kind, FieldKind::kNull);
  EXPECT_EQ(event.row.Find("Owner.Name")->text, "Eve");
  EXPECT_EQ(event.row.Find("Owner.Manager.Name")->text, "Bob");
}

TEST(Record, ThatWasMergedNamesItsWinner) {
  const ChangeEvent event = EventOf(
      R"({"Id":"001M000000qfPySIAU","IsDeleted":true,"MasterRecordId":"a01M00000062mPgIAI",)"
      R"("SystemModstamp":"2026-01-01T10:00:00.000+0000"})");
  EXPECT_TRUE(event.deleted);
  EXPECT_TRUE(event.row.empty());
  EXPECT_EQ(event.merged_into.text(), "sf/Account/a01M00000062mPgIAI");
}

TEST(Record, TextThatOnlyLooksLikeAnInstantStays) {
  const ChangeEvent event =
      EventOf(R"({"Id":"001M000000qfPySIAU","Name":"2026-01-01T10:00:00.000+0000"})");
  EXPECT_EQ(event.row.Find("Name")->text, "2026-01-01T10:00:00.000+0000");
}

TEST(Record, WithoutAnIdIsRefused) {
  const auto document = JsonDocument::Parse(R"({"Name":"x"})");
  EXPECT_FALSE(ToEvent("sf", AccountFields(), document->root()).ok());
}

TEST(ObjectFields, LeaveOutCompoundFieldsAndWhatIsExcluded) {
  const auto describe = JsonDocument::Parse(
      R"({"queryable":true,"fields":[{"name":"Id","type":"id"},{"name":"Name","type":"string"},)"
      R"({"name":"Secret__c","type":"string"},{"name":"BillingAddress","type":"address"},)"
      R"({"name":"SystemModstamp","type":"datetime"},{"name":"IsDeleted","type":"boolean"}]})");
  ObjectSettings settings;
  settings.exclude = {"Secret__c", "Id"};
  const auto fields = ChooseFields("Account", settings, describe->root());
  ASSERT_TRUE(fields.ok()) << fields.error().message();
  EXPECT_EQ((*fields)->select_list, "Id,Name,SystemModstamp,IsDeleted");
  EXPECT_TRUE((*fields)->has_is_deleted);
  settings.fields = {"Name", "Nmae"};
  const auto listed = ChooseFields("Account", settings, describe->root());
  ASSERT_TRUE(listed.ok()) << listed.error().message();
  EXPECT_EQ((*listed)->missing, "\"Nmae\" (did you mean \"Name\"?)");
  EXPECT_EQ((*listed)->field_types, (FieldTypes{{"Id", "id"},
                                                {"IsDeleted", "boolean"},
                                                {"Name", "string"},
                                                {"SystemModstamp", "datetime"}}));
}

}  // namespace
}  // namespace trueup::connectors::salesforce
