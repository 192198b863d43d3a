#include "daemon/monitor/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/generated.h"
#include "daemon/monitor/open_metrics.h"

namespace trueup::daemon {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Instant kNow = FromMicros(1'800'000'000'000'000);

TEST(OpenMetrics, WritesFamiliesWithTypeUnitAndHelp) {
  OpenMetricsWriter writer;
  writer.Begin({"age", MetricFamily::Type::kGauge, "seconds", "How old."});
  writer.Sample({}, 1.5);
  writer.Begin({"calls", MetricFamily::Type::kCounter, "", "How many."});
  writer.Sample({{"system", "a\"b\\c\nd"}, {"object", "x"}}, 12'345'678'901);
  EXPECT_EQ(writer.Take(),
            "# TYPE trueup_age_seconds gauge\n"
            "# UNIT trueup_age_seconds seconds\n"
            "# HELP trueup_age_seconds How old.\n"
            "trueup_age_seconds 1.500000\n"
            "# TYPE trueup_calls counter\n"
            "# HELP trueup_calls How many.\n"
            "trueup_calls_total{system=\"a\\\"b\\\\c\\nd\",object=\"x\"} 12345678901\n"
            "# EOF\n");
}

TEST(Metrics, SayHowASourceStands) {
  DaemonFigures figures;
  SystemStatus& system = figures.systems["crm"];
  system.state = PullState::kOk;
  system.usage = {17, 400, 15000};
  ObjectStatus& object = system.objects["Account"];
  object.state = PullState::kRetrying;
  object.counts = {30, 20, 10};
  object.worked_off = kNow - std::chrono::seconds(90);
  figures.pipeline.sources["crm"] = {15, 20, {13, 1, 1}};
  const std::string text = MetricsText(figures, {{"duplicate", "high", 3}}, kNow);
  for (const char* line :
       {"trueup_source_data_age_seconds{system=\"crm\"} 90\n",
        "trueup_source_api_calls_total{system=\"crm\"} 17\n",
        "trueup_source_api_allowance{system=\"crm\"} 15000\n",
        "trueup_object_records_received_total{system=\"crm\",object=\"Account\"} 30\n",
        "trueup_object_records_repeats_total{system=\"crm\",object=\"Account\"} 10\n",
        "trueup_source_lag_events{system=\"crm\"} 5\n",
        "{system=\"crm\",object=\"Account\",trueup_pull_state=\"retrying\"} 1\n",
        "{system=\"crm\",object=\"Account\",trueup_pull_state=\"ok\"} 0\n",
        "trueup_findings_open{kind=\"duplicate\",severity=\"high\"} 3\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  EXPECT_THAT(text, Not(HasSubstr("trueup_audit_timestamp_seconds{"))) << "there was no audit";
}

TEST(Metrics, SayWhichTasksRunHere) {
  DaemonFigures figures;
  figures.cluster = ClusterFigures{9,
                                   {{"collect", "g000001.collect", 3, 40, 44, 10, 12, 7, 2048}},
                                   {{5, 2, 8, 1000, 4000}},
                                   {{6, 70}}};
  const std::string text = MetricsText(figures, {}, kNow);
  const std::string labels = "{stage=\"collect\",inbox=\"g000001.collect\",partition=\"3\"} ";
  for (const std::string& line :
       {std::string("trueup_cluster_lag_entries 9\n"), "trueup_task_owned" + labels + "1\n",
        "trueup_task_replay_entries" + labels + "12\n",
        "trueup_task_replayed_entries" + labels + "10\n",
        std::string("trueup_standby_lag_entries{slot=\"6\"} 70\n"),
        std::string("trueup_slot_restored_bytes{slot=\"5\"} 1000\n"),
        std::string("trueup_slot_restore_bytes{slot=\"5\"} 4000\n"),
        "trueup_task_lag_entries" + labels + "4\n", "trueup_task_batches_total" + labels + "7\n",
        "trueup_task_unacknowledged_bytes" + labels + "2048\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(Metrics, SayNothingOfWhatWasNotMeasuredYet) {
  DaemonFigures figures;
  figures.cluster.emplace();
  EXPECT_THAT(MetricsText(figures, {}, kNow), Not(HasSubstr("\ntrueup_cluster_lag_entries ")));
}

TEST(Metrics, TheReferenceIsOfThisCode) {
  ExpectGenerated("docs/reference/metrics.md",
                  "# The metrics\n\nWhat `/metrics` says, where `monitor: {listen: ...}` of the "
                  "[config](config.md) lets it. [OpenMetrics](https://openmetrics.io) text: the "
                  "samples of a counter have `_total` behind the name, those of an info `_info`. "
                  "A number that is not known has no sample.\n\n" +
                      MetricsReference());
}

}  // namespace
}  // namespace trueup::daemon
