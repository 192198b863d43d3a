#include "base/change_event.h"

#include <gtest/gtest.h>

namespace trueup {
namespace {

ChangeEvent Full() {
  ChangeEvent event;
  event.ref = *Ref::Parse("crm/Account/1/a\"b");
  event.modified = FromMicros(1'700'000'000'123'456);
  event.created = FromMicros(1'600'000'000'000'000);
  event.deleted = true;
  event.merged_into = *Ref::Parse("crm/Account/2");
  event.row.AddText("Name", "M\xc3\xbcller \"& Co\"\n");
  event.row.AddText("Empty", "");
  event.row.Add("Revenue", FieldKind::kNumber, "12.50");
  event.row.Add("Active", FieldKind::kTrue);
  event.row.Add("Blocked", FieldKind::kFalse);
  event.row.Add("Parent", FieldKind::kNull);
  event.row.Add("Tags", FieldKind::kJson, R"(["a",{"b":1}])");
  return event;
}

void ExpectSame(const ChangeEvent& read, const ChangeEvent& wanted) {
  EXPECT_EQ(read.ref, wanted.ref);
  EXPECT_EQ(read.modified, wanted.modified);
  EXPECT_EQ(read.created, wanted.created);
  EXPECT_EQ(read.deleted, wanted.deleted);
  EXPECT_EQ(read.merged_into, wanted.merged_into);
  EXPECT_EQ(read.row, wanted.row);
}

TEST(ChangeEvent, IsTheSameBehindBothOfItsForms) {
  ChangeEvent plain;
  plain.ref = *Ref::Parse("crm/Account/1");
  for (const ChangeEvent& event : {Full(), plain}) {
    std::string bytes;
    event.Encode(bytes);
    EXPECT_FALSE(ChangeEvent::IsJson(bytes));
    ExpectSame(*ChangeEvent::Decode(bytes), event);
    const std::string json = event.EncodeJson();
    EXPECT_TRUE(ChangeEvent::IsJson(json));
    ExpectSame(*ChangeEvent::DecodeJson(json), event);
  }
}

TEST(ChangeEvent, IsReadableForOthers) {
  EXPECT_EQ(Full().EncodeJson(),
            R"({"ref":"crm/Account/1/a\"b","modified":"2023-11-14T22:13:20.123456Z",)"
            R"("created":"2020-09-13T12:26:40Z","deleted":true,"merged_into":"crm/Account/2",)"
            R"("fields":{"Name":"Müller \"& Co\"\n","Empty":"","Revenue":12.50,"Active":true,)"
            R"("Blocked":false,"Parent":null,"Tags":["a",{"b":1}]}})");
}

TEST(ChangeEvent, DamagedJsonIsCorrupt) {
  for (const char* text : {"{", "{}", R"({"ref":"crm/Account/1","modified":"yesterday"})",
                           R"({"ref":"crm","modified":"2023-11-14T22:13:20Z"})"}) {
    const auto read = ChangeEvent::DecodeJson(text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.error().kind(), ErrorKind::kCorrupt) << text;
  }
}

}  // namespace
}  // namespace trueup
