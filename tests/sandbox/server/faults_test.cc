#include "tests/sandbox/server/faults.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace trueup::sandbox {
namespace {

TEST(Faults, NeverStrikeTheSameRequestTwiceInARow) {
  Faults faults(FaultProfile::kNasty, 1);
  bool failed = false;
  size_t strikes = 0;
  for (int i = 0; i < 2000; ++i) {
    const bool fails = faults.Next(System::kSky, "/x", "/x?page=1").has_value();
    EXPECT_FALSE(failed && fails);
    failed = fails;
    strikes += fails ? 1 : 0;
  }
  EXPECT_GT(strikes, 100U);
}

std::set<std::string> KindsThatStrike(FaultProfile profile, System system,
                                      const std::string& path) {
  Faults faults(profile, 1);
  std::set<std::string> kinds;
  size_t struck = 0;
  for (int i = 0; i < 5000; ++i) {
    const auto fault = faults.Next(system, path, std::to_string(i));
    if (!fault) continue;
    kinds.emplace(ToString(*fault));
    ++struck;
  }
  size_t counted = 0;
  for (const auto& [fault, count] : faults.Struck(system)) counted += count;
  EXPECT_EQ(counted, struck);
  return kinds;
}

TEST(Faults, NastyStrikesEachRequestInEveryWayThatItsSystemHas) {
  const struct {
    System system;
    const char* path;
    std::set<std::string> own;  // besides those of every request for data
  } table[] = {
      {System::kSalesforce,
       "/services/data/v62.0/queryAll",
       {"expired", "406", "420", "timeout", "concurrency"}},
      {System::kSalesforce,
       "/services/data/v62.0/query/0r8gK123-50.50",
       {"expired", "406", "420", "timeout", "daily", "locator", "concurrency"}},
      {System::kSalesforce,
       "/services/data/v62.0/jobs/query",
       {"expired", "406", "420", "failed", "aborted"}},
      {System::kSalesforce,
       "/services/data/v62.0/jobs/query/750gK123/results",
       {"expired", "406", "420", "locator", "gone"}},
      {System::kSalesforce,
       "/services/data/v62.0/sobjects/Account/deleted",
       {"expired", "406", "420"}},
      {System::kSalesforce, "/services/oauth2/token", {}},
      {System::kNetsuite,
       "/services/rest/query/v1/suiteql",
       {"expired", "unexpected", "concurrency"}},
      {System::kNetsuite, "/services/rest/auth/oauth2/v1/token", {}},
      {System::kSky, "/api/v1/users", {}},
  };
  const std::set<std::string> common = {"500", "503", "429", "html", "cut", "slow"};
  for (const auto& [system, path, own] : table) {
    std::set<std::string> wanted = common;
    wanted.insert(own.begin(), own.end());
    EXPECT_EQ(KindsThatStrike(FaultProfile::kNasty, system, path), wanted) << path;
  }
  std::set<std::string> flaky = common;
  flaky.insert("expired");
  EXPECT_EQ(KindsThatStrike(FaultProfile::kFlaky, System::kSalesforce, table[0].path), flaky);
}

TEST(Faults, ProfileIsTurnedOffWhileItRuns) {
  Faults faults(FaultProfile::kNasty, 1);
  faults.SetProfile(FaultProfile::kNone);
  for (int i = 0; i < 500; ++i) {
    EXPECT_FALSE(faults.Next(System::kSky, "/x", std::to_string(i)));
  }
}

}  // namespace
}  // namespace trueup::sandbox
