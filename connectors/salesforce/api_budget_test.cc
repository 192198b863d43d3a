#include "connectors/salesforce/api_budget.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trueup::connectors::salesforce {
namespace {

using std::chrono::minutes;

HttpHeaders LimitInfo(const std::string& value) {
  HttpHeaders headers;
  headers.Add("Sforce-Limit-Info", value);
  return headers;
}

TEST(LimitInfo, IsReadWhole) {
  const auto plain = ReadLimitInfo("api-usage=18/5000");
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(plain->used, 18);
  EXPECT_EQ(plain->allowed, 5000);
  const auto per_app = ReadLimitInfo("api-usage=25/5000; per-app-api-usage=17/250(appName=x)");
  ASSERT_TRUE(per_app.has_value());
  EXPECT_EQ(per_app->allowed, 250) << "the tighter one counts";
  for (const char* text : {"", "api-usage=", "api-usage=5", "api-usage=a/b", "api-usage=1/0"}) {
    EXPECT_FALSE(ReadLimitInfo(text).has_value()) << text;
  }
}

TEST(ApiBudget, PausesWhereEverybodyHasUsedTheTotalShare) {
  auto clock = std::make_shared<ManualClock>(FromMicros(0));
  ApiBudget budget({}, clock);
  EXPECT_TRUE(budget.Check().ok());
  budget.Note(LimitInfo("api-usage=79/100"));
  EXPECT_TRUE(budget.Check().ok());
  budget.Note(LimitInfo("api-usage=80/100"));
  const Status paused = budget.Check();
  ASSERT_FALSE(paused.ok());
  EXPECT_EQ(paused.error().kind(), ErrorKind::kTransient);
  EXPECT_EQ(paused.error().retry_after(), minutes(15));
}

TEST(ApiBudget, LetsOneCallThroughPerPauseToSeeWhatIsLeft) {
  auto clock = std::make_shared<ManualClock>(FromMicros(0));
  ApiBudget budget({}, clock);
  budget.Note(LimitInfo("api-usage=90/100"));
  EXPECT_FALSE(budget.Check().ok());
  clock->Advance(minutes(15));
  EXPECT_TRUE(budget.Check().ok());
  EXPECT_FALSE(budget.Check().ok());
  budget.Note(LimitInfo("api-usage=10/100"));
  EXPECT_TRUE(budget.Check().ok());
}

TEST(ApiBudget, PausesForItsOwnCallsOfOneDay) {
  auto clock = std::make_shared<ManualClock>(FromMicros(0));
  ApiBudget budget({}, clock);
  for (int i = 0; i < 25; ++i) budget.Note(LimitInfo("api-usage=30/100"));
  const Status paused = budget.Check();
  ASSERT_FALSE(paused.ok());
  EXPECT_THAT(paused.error().message(), testing::HasSubstr("25 calls are used by trueup"));
  clock->Advance(std::chrono::hours(24));
  EXPECT_TRUE(budget.Check().ok());
}

}  // namespace
}  // namespace trueup::connectors::salesforce
