#include "daemon/monitor/readiness.h"

#include <gtest/gtest.h>

namespace trueup::daemon {
namespace {

using std::chrono::minutes;

const Instant kNow = FromMicros(1'800'000'000'000'000);
constexpr minutes kLimit{15};

SystemStatus WorkedOffBefore(std::initializer_list<std::optional<minutes>> ages) {
  SystemStatus system;
  system.state = PullState::kOk;
  for (const auto& age : ages) {
    ObjectStatus& object = system.objects["object" + std::to_string(system.objects.size())];
    if (age) object.worked_off = kNow - *age;
  }
  return system;
}

// Why the daemon is not ready where it has this one source; empty: it is.
std::string WhyOf(const SystemStatus& system, const std::string& pipeline_error = "") {
  DaemonFigures figures;
  figures.systems["crm"] = system;
  figures.pipeline_error = pipeline_error;
  const Readiness readiness = JudgeReadiness(figures, kLimit, kNow);
  EXPECT_EQ(readiness.ready(), readiness.sources[0].why.empty());
  return readiness.sources[0].why;
}

TEST(Readiness, IsTheAgeOfTheObjectThatIsBehindFurthest) {
  EXPECT_EQ(WhyOf(WorkedOffBefore({minutes(1), minutes(15)})), "");
  EXPECT_EQ(WhyOf(WorkedOffBefore({minutes(1), minutes(16)})),
            "its data is 16 min old, and may be 15 min");
  EXPECT_EQ(WhyOf(WorkedOffBefore({minutes(1), std::nullopt})),
            "it was not pulled to its end and worked off yet");
  EXPECT_EQ(WhyOf(WorkedOffBefore({})), "it was not pulled to its end and worked off yet");
}

TEST(Readiness, SaysWhatMayBeTheCause) {
  SystemStatus system = WorkedOffBefore({minutes(20)});
  EXPECT_EQ(WhyOf(system, "no broker"),
            "its data is 20 min old, and may be 15 min; the pipeline fails: no broker");
  system.state = PullState::kDenied;
  system.error = "401";
  EXPECT_EQ(WhyOf(system), "its data is 20 min old, and may be 15 min; it is denied: 401");
}

TEST(Readiness, AFailureThatLeavesTheDataYoungDoesNotMatter) {
  SystemStatus system = WorkedOffBefore({minutes(2)});
  system.state = PullState::kRetrying;
  system.error = "503";
  EXPECT_EQ(WhyOf(system, "no broker"), "");
}

TEST(Readiness, AnotherInstanceAnswersForWhatItPulls) {
  SystemStatus system = WorkedOffBefore({minutes(200)});
  system.state = PullState::kElsewhere;
  EXPECT_EQ(WhyOf(system), "");
}

TEST(Readiness, ADaemonThatStartsIsNotReady) {
  EXPECT_FALSE(JudgeReadiness({}, kLimit, kNow).ready());
}

TEST(Readiness, IsWrittenAsJson) {
  DaemonFigures figures;
  figures.systems["crm"] = WorkedOffBefore({minutes(1)});
  figures.systems["erp"] = WorkedOffBefore({});
  EXPECT_EQ(JudgeReadiness(figures, kLimit, kNow).Json(),
            R"({"ready":false,"limit_seconds":900,"sources":{)"
            R"("crm":{"ready":true,"data_age_seconds":60,"elsewhere":false,"why":null},)"
            R"("erp":{"ready":false,"data_age_seconds":null,"elsewhere":false,)"
            R"("why":"it was not pulled to its end and worked off yet"}}})");
}

}  // namespace
}  // namespace trueup::daemon
