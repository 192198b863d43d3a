#include "connectors/salesforce/soql.h"

#include <gtest/gtest.h>

namespace trueup::connectors::salesforce {
namespace {

Instant At(const char* text) { return ParseInstant(text)->at; }

TEST(LongId, HasTheSuffixThatSalesforceGives) {
  for (const auto& [id, suffix] : {std::pair{"a01M00000062mPg", "IAI"},
                                   {"001M000000qfPyS", "IAU"},
                                   {"a0FE000000D6r3F", "MAR"},
                                   {"0F9E000000092w2", "KAA"},
                                   {"aaaaaaaaaaaaaaa", "AAA"},
                                   {"AbCdEfGhIjKlMnO", "VKV"},
                                   {"aBcDEfgHIJKLMNO", "025"},
                                   {"a0RE000000IJmcN", "MAT"},
                                   {"a0D30000001n7Pi", "EAI"}}) {
    EXPECT_EQ(LongId(id), std::string(id) + suffix);
  }
}

TEST(LongId, LeavesAnythingElseAsItIs) {
  for (const char* id : {"", "001", "001M000000qfPySIAU", "001M000000qf'yS"}) {
    EXPECT_EQ(LongId(id), id);
  }
}

TEST(StretchQuery, BeginsWithTheFirstRow) {
  EXPECT_EQ(StretchQuery("Account", "Id,Name", "SystemModstamp",
                         {std::nullopt, "", At("2026-01-02T00:00:00Z")}),
            "SELECT Id,Name FROM Account WHERE SystemModstamp <= 2026-01-02T00:00:00.000Z "
            "ORDER BY SystemModstamp, Id");
}

TEST(StretchQuery, GoesOnBehindARow) {
  EXPECT_EQ(StretchQuery("Account", "Id", "SystemModstamp",
                         {At("2026-01-01T10:00:00.5Z"), "001A", At("2026-01-02T00:00:00Z")}),
            "SELECT Id FROM Account WHERE SystemModstamp >= 2026-01-01T10:00:00.500Z AND "
            "SystemModstamp <= 2026-01-02T00:00:00.000Z AND (SystemModstamp > "
            "2026-01-01T10:00:00.500Z OR Id > '001A') ORDER BY SystemModstamp, Id");
}

TEST(AuditQueries, LeaveDeletedRowsOutWhereTheObjectHasThem) {
  EXPECT_EQ(CountQuery("Account", true), "SELECT COUNT() FROM Account WHERE IsDeleted = false");
  EXPECT_EQ(CountQuery("User", false), "SELECT COUNT() FROM User");
  EXPECT_EQ(IdsQuery("Account", true, "001A", 200),
            "SELECT Id FROM Account WHERE IsDeleted = false AND Id > '001A' ORDER BY Id LIMIT 200");
  EXPECT_EQ(IdsQuery("User", false, "", 200), "SELECT Id FROM User ORDER BY Id LIMIT 200");
  EXPECT_EQ(FetchQuery("Account", "Id", {"001A", "001M000000qfPyS"}),
            "SELECT Id FROM Account WHERE Id IN ('001A','001M000000qfPySIAU')");
}

TEST(SoqlText, EscapesWhatWouldEndIt) { EXPECT_EQ(SoqlText("O'Neil\\"), "'O\\'Neil\\\\'"); }

TEST(SoqlName, IsNoSoql) {
  for (const char* name : {"Account", "Goal__c", "Owner.Name"}) EXPECT_TRUE(IsSoqlName(name));
  for (const char* name : {"", "1a", "a b", "a,b", "a'", "Account WHERE"}) {
    EXPECT_FALSE(IsSoqlName(name)) << name;
  }
}

}  // namespace
}  // namespace trueup::connectors::salesforce
