#include "connectors/salesforce/api_budget.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trueup::connectors::salesforce {
namespace {

using std::chrono::minutes;

HttpHeaders LimitHeader(const std::string& value) {
  HttpHeaders headers;
  headers.Add("Sforce-Limit-Info", value);
  return headers;
}

TEST(LimitInfoHeader, IsReadWhole) {
  const LimitInfo plain = ReadLimitInfo("api-usage=18/5000");
  ASSERT_TRUE(plain.org.has_value());
  EXPECT_EQ(plain.org->used, 18);
  EXPECT_EQ(plain.org->allowed, 5000);
  EXPECT_FALSE(plain.app.has_value());
  const LimitInfo both = ReadLimitInfo("api-usage=25/5000; per-app-api-usage=17/250(appName=x)");
  ASSERT_TRUE(both.org.has_value() && both.app.has_value());
  EXPECT_EQ(both.org->allowed, 5000);
  EXPECT_EQ(both.app->used, 17);
  EXPECT_EQ(both.app->allowed, 250);
  for (const char* text :
       {"", ";", "api-usage=", "api-usage=5", "api-usage=a/b", "api-usage=1/0"}) {
    EXPECT_FALSE(ReadLimitInfo(text).org.has_value()) << text;
  }
}

TEST(ApiBudget, PausesWhereEverybodyHasUsedTheTotalShare) {
  auto clock = std::make_shared<ManualClock>(FromMicros(0));
  ApiBudget budget({}, clock);
  EXPECT_TRUE(budget.Check().ok());
  budget.Note(LimitHeader("api-usage=79/100"));
  EXPECT_TRUE(budget.Check().ok());
  budget.Note(LimitHeader("api-usage=80/100"));
  const Status paused = budget.Check();
  ASSERT_FALSE(paused.ok());
  EXPECT_EQ(paused.error().kind(), ErrorKind::kTransient);
  EXPECT_EQ(paused.error().retry_after(), minutes(15));
}

TEST(ApiBudget, LetsOneCallThroughPerPauseToSeeWhatIsLeft) {
  auto clock = std::make_shared<ManualClock>(FromMicros(0));
  ApiBudget budget({}, clock);
  budget.Note(LimitHeader("api-usage=90/100"));
  EXPECT_FALSE(budget.Check().ok());
  clock->Advance(minutes(15));
  EXPECT_TRUE(budget.Check().ok());
  EXPECT_FALSE(budget.Check().ok());
  budget.Note(LimitHeader("api-usage=10/100"));
  EXPECT_TRUE(budget.Check().ok());
}

TEST(ApiBudget, PausesWhereTheAppHasUsedItsShareThoughTheOrgHasNot) {
  auto clock = std::make_shared<ManualClock>(FromMicros(0));
  ApiBudget budget({}, clock);
  budget.Note(LimitHeader("api-usage=300/5000; per-app-api-usage=199/250(appName=x)"));
  EXPECT_TRUE(budget.Check().ok()) << "the own share is one of the org's allowance";
  budget.Note(LimitHeader("api-usage=301/5000; per-app-api-usage=200/250(appName=x)"));
  const Status paused = budget.Check();
  ASSERT_FALSE(paused.ok());
  EXPECT_THAT(paused.error().message(), testing::HasSubstr("200 of 250 calls a day are used by the "
                                                           "app (api_budget.total)"));
}

TEST(ApiBudget, CountsJobsOfOneDayAgainstTheOwnShareOfTheirLimit) {
  auto clock = std::make_shared<ManualClock>(FromMicros(0));
  ApiBudget budget({}, clock);
  EXPECT_TRUE(budget.CheckJob().ok()) << "nothing is known of a limit";
  const auto limits = JsonDocument::Parse(R"({"DailyBulkV2QueryJobs":{"Max":8,"Remaining":8}})");
  budget.NoteLimits(limits->root());
  for (int i = 0; i < 2; ++i) budget.NoteJob();
  const Status none_left = budget.CheckJob();
  ASSERT_FALSE(none_left.ok());
  EXPECT_EQ(none_left.error().kind(), ErrorKind::kInvalid);
  EXPECT_EQ(none_left.error().message(), "2 of 8 jobs a day are used by trueup (api_budget.own)");
  EXPECT_TRUE(budget.Check().ok()) << "calls are another matter";
  clock->Advance(std::chrono::hours(24));
  EXPECT_TRUE(budget.CheckJob().ok());
}

TEST(ApiBudget, CountsJobsOfOtherClientsAgainstTheTotal) {
  auto clock = std::make_shared<ManualClock>(FromMicros(0));
  ApiBudget budget({}, clock);
  const auto limits = JsonDocument::Parse(R"({"DailyBulkV2QueryJobs":{"Max":100,"Remaining":22}})");
  budget.NoteLimits(limits->root());
  budget.NoteJob();
  EXPECT_TRUE(budget.CheckJob().ok());
  budget.NoteJob();
  const Status none_left = budget.CheckJob();
  ASSERT_FALSE(none_left.ok());
  EXPECT_EQ(none_left.error().message(),
            "80 of 100 jobs a day are used by everybody (api_budget.total)");
}

TEST(ApiBudget, AsksForTheLimitsOncePerPause) {
  auto clock = std::make_shared<ManualClock>(FromMicros(0));
  ApiBudget budget({}, clock);
  EXPECT_TRUE(budget.IsTimeForLimits());
  EXPECT_FALSE(budget.IsTimeForLimits());
  clock->Advance(minutes(15));
  EXPECT_TRUE(budget.IsTimeForLimits());
}

TEST(ApiBudget, PausesForItsOwnCallsOfOneDay) {
  auto clock = std::make_shared<ManualClock>(FromMicros(0));
  ApiBudget budget({}, clock);
  for (int i = 0; i < 25; ++i) budget.Note(LimitHeader("api-usage=30/100"));
  const Status paused = budget.Check();
  ASSERT_FALSE(paused.ok());
  EXPECT_THAT(paused.error().message(),
              testing::HasSubstr("25 of 100 calls a day are used by trueup"));
  clock->Advance(std::chrono::hours(24));
  EXPECT_TRUE(budget.Check().ok());
}

}  // namespace
}  // namespace trueup::connectors::salesforce
