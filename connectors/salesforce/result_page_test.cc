#include "connectors/salesforce/result_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trueup::connectors::salesforce {
namespace {

using testing::HasSubstr;

std::shared_ptr<const ObjectFields> Fields() {
  const auto describe = JsonDocument::Parse(
      R"({"fields":[{"name":"Id","type":"id"},{"name":"Name","type":"string"},)"
      R"({"name":"Revenue","type":"currency"},{"name":"Open__c","type":"boolean"},)"
      R"({"name":"Closed__c","type":"date"},{"name":"Seen__c","type":"datetime"},)"
      R"({"name":"SystemModstamp","type":"datetime"},{"name":"IsDeleted","type":"boolean"}]})");
  auto fields = ChooseFields("Account", {}, describe->root());
  EXPECT_TRUE(fields.ok());
  return *fields;
}

constexpr const char* kHeader =
    "\"Id\",\"Name\",\"Revenue\",\"Open__c\",\"Closed__c\",\"Seen__c\",\"SystemModstamp\","
    "\"IsDeleted\"\n";

Result<std::vector<ChangeEvent>> Read(const std::string& csv, std::optional<uint64_t> records) {
  ResultPage page("7501", {"", {FromMemory(csv), records, ""}}, Fields());
  return page.Take("sf", 1'000);
}

// The same record as a line of CSV and as REST gives it.
struct SameCase {
  const char* name;
  std::string cells;  // Name to Seen__c
  std::string json;
};

class BulkAndRest : public testing::TestWithParam<SameCase> {};

TEST_P(BulkAndRest, GiveTheSameContent) {
  const SameCase& same = GetParam();
  const auto events = Read(std::string(kHeader) + "\"001M000000qfPySIAU\"," + same.cells +
                               ",\"2026-01-01T10:00:00.000Z\",\"false\"\n",
                           1);
  ASSERT_TRUE(events.ok()) << events.error().message();
  ASSERT_EQ(events->size(), 1U);
  const auto record =
      JsonDocument::Parse(R"({"attributes":{},"Id":"001M000000qfPySIAU",)" + same.json +
                          R"(,"SystemModstamp":"2026-01-01T10:00:00.000+0000",)"
                          R"("IsDeleted":false})");
  ASSERT_TRUE(record.ok()) << record.error().message();
  const auto by_rest = ToEvent("sf", *Fields(), record->root());
  ASSERT_TRUE(by_rest.ok());
  EXPECT_EQ(events->front().row.ContentHash(), by_rest->row.ContentHash());
  EXPECT_EQ(events->front().ContentHash(), by_rest->ContentHash());
}

INSTANTIATE_TEST_SUITE_P(
    Table, BulkAndRest,
    testing::Values(
        SameCase{"AllKinds",
                 "\"Acme\",\"1.5\",\"true\",\"2026-01-31\",\"2026-01-31T09:00:00.250Z\"",
                 R"("Name":"Acme","Revenue":1.5,"Open__c":true,"Closed__c":"2026-01-31",)"
                 R"("Seen__c":"2026-01-31T09:00:00.250+0000")"},
        SameCase{"Nulls", ",\"\",false,,",
                 R"("Name":null,"Revenue":null,"Open__c":false,"Closed__c":null,"Seen__c":null)"},
        SameCase{"EmptyTextIsNull", "\"\",,false,,",
                 R"("Name":"","Revenue":null,"Open__c":false,"Closed__c":null,"Seen__c":null)"},
        SameCase{"NumbersOtherwiseSpelled", "x,\"100000000.0\",true,,",
                 R"("Name":"x","Revenue":1.0E8,"Open__c":true)"},
        SameCase{"NoughtAndSign", "x,\"-0.50\",true,,",
                 R"("Name":"x","Revenue":-0.5,"Open__c":true)"},
        SameCase{"TextThatLooksLikeOtherTypes", "\"NA\",,true,,",
                 R"("Name":"NA","Revenue":null,"Open__c":true)"},
        SameCase{"TextOfDigits", "\"00.50\",,true,,",
                 R"("Name":"00.50","Revenue":null,"Open__c":true)"},
        SameCase{"TextOfAnInstant", "\"2026-01-31T09:00:00.000Z\",,true,,",
                 R"("Name":"2026-01-31T09:00:00.000Z","Revenue":null,"Open__c":true)"},
        SameCase{"QuotesCommasAndLines", "\"a \"\"b\"\", c\nd\",,true,,",
                 R"("Name":"a \"b\", c\r\nd","Revenue":null,"Open__c":true)"},
        SameCase{"OtherLineEnds", "\"a\r\nb\rc\",,true,,",
                 R"("Name":"a\nb\nc","Revenue":null,"Open__c":true)"},
        SameCase{"Nul", std::string("\"a\0b\0\",,true,,", 14),
                 R"("Name":"a\u0000b","Revenue":null,"Open__c":true)"},
        SameCase{"Utf8", "Zürich 東京 🙂,,true,,",
                 R"("Name":"Zürich 東京 🙂","Revenue":null,"Open__c":true)"}),
    [](const auto& test) { return test.param.name; });

std::string Line(int i) {
  return "001M000000qfP" + std::to_string(100 + i) + "AA,x,,,,,2026-01-01T10:00:00.000Z,false\n";
}

TEST(ResultPage, IsReadInPartsAndFromAnyRecord) {
  std::string csv = kHeader;
  for (int i = 0; i < 5; ++i) csv += Line(i);
  ResultPage page("7501", {"L", {FromMemory(csv), 5, "next"}}, Fields());
  ASSERT_TRUE(*page.Skip(2));
  const auto some = page.Take("sf", 2);
  ASSERT_TRUE(some.ok());
  EXPECT_EQ(some->front().ref.id(), "001M000000qfP102AA");
  EXPECT_FALSE(page.at_end());
  Job job;
  job.id = "7501";
  job.locator = "L";
  job.skip = 4;
  EXPECT_TRUE(page.IsAt(job));
  EXPECT_EQ(page.Take("sf", 2)->size(), 1U);
  EXPECT_TRUE(page.at_end());
  EXPECT_EQ(page.next(), "next");
}

TEST(ResultPage, GivesFewRecordsAtOnceWhereTheyAreLarge) {
  std::string csv = kHeader;
  for (int i = 0; i < 10; ++i) {
    csv += "001M000000qfP10" + std::to_string(i) + "," + std::string(3 << 20, 'x') +
           ",,false,,,2026-01-01T10:00:00.000Z,false\n";
  }
  ResultPage page("7501", {"", {FromMemory(csv), 10, ""}}, Fields());
  EXPECT_EQ(page.Take("sf", 1'000)->size(), 3U);
  EXPECT_FALSE(page.at_end());
}

TEST(ResultPage, MayComeWithoutAHeaderOrWithNothing) {
  EXPECT_EQ(Read(Line(0) + Line(1), 2)->size(), 2U);
  EXPECT_EQ(Read(kHeader, 0)->size(), 0U);
  EXPECT_EQ(Read("", 0)->size(), 0U);
}

TEST(ResultPage, FollowsTheOrderOfItsHeader) {
  const auto events = Read(
      "IsDeleted,SystemModstamp,Id,Name,Revenue,Open__c,Closed__c,Seen__c\n"
      "true,2026-01-01T10:00:00.000Z,001M000000qfPySIAU,x,,,,\n",
      1);
  ASSERT_TRUE(events.ok()) << events.error().message();
  EXPECT_TRUE(events->front().deleted);
  EXPECT_EQ(events->front().ref.id(), "001M000000qfPySIAU");
}

TEST(ResultPage, IsRefusedWhereItIsNotWhole) {
  const struct {
    std::string csv;
    uint64_t records;
    const char* text;
  } cases[] = {
      {kHeader + Line(0), 2, "a page of 1 records, where the server said 2"},
      {kHeader + Line(0) + "001M000000qfP,x", 2, "a record of 2 cells instead of 8"},
      {kHeader + Line(0) + "\"001M", 2, "never closed"},
      {std::string(kHeader) + ",x,,,,,,\n", 1, "without an Id"},
  };
  for (const auto& c : cases) {
    const auto events = Read(c.csv, c.records);
    ASSERT_FALSE(events.ok()) << c.text;
    EXPECT_EQ(events.error().kind(), ErrorKind::kInvalid);
    EXPECT_THAT(events.error().message(), HasSubstr(c.text));
  }
}

}  // namespace
}  // namespace trueup::connectors::salesforce
