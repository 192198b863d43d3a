#include "daemon/monitor/monitor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

namespace trueup::daemon {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class RestingPipeline : public Pipeline {
 public:
  Status Start() override { return {}; }
  void Run(std::stop_token) override {}
  bool pulls(const std::string&) const override { return true; }
  Status NotePulled(const std::string&) override { return {}; }
  uint64_t idle_rounds() const override { return rounds += 2; }
  std::string error() const override { return {}; }

  mutable uint64_t rounds = 0;
};

class MonitorTest : public testing::Test {
 protected:
  MonitorTest() : board_("", clock_) {}

  Result<std::unique_ptr<Monitor>> Open(int port) {
    return Monitor::Open(
        {"127.0.0.1", port}, std::chrono::minutes(5), board_, [this](Instant) { return findings_; },
        clock_);
  }
  static httplib::Client ClientOf(const Monitor& monitor) {
    return httplib::Client("http://" + monitor.address());
  }

  const std::shared_ptr<ManualClock> clock_ =
      std::make_shared<ManualClock>(FromMicros(1'800'000'000'000'000));
  StatusBoard board_;
  Result<std::vector<reports::FindingCount>> findings_ = std::vector<reports::FindingCount>{};
};

TEST_F(MonitorTest, AnswersFromTheStartOn) {
  const auto monitor = Open(0).value();
  auto client = ClientOf(*monitor);
  EXPECT_EQ(client.Get("/live")->status, 200);
  EXPECT_EQ(client.Get("/ready")->status, 503);
  EXPECT_EQ(client.Get("/metrics")->status, 200);
  EXPECT_EQ(client.Get("/else")->status, 404);
}

TEST_F(MonitorTest, IsReadyWhileWhatWasPulledAndWorkedOffIsYoung) {
  const auto monitor = Open(0).value();
  auto client = ClientOf(*monitor);
  ObjectStatus account;
  account.caught_up = clock_->Now();
  board_.SetSystem("crm", PullState::kOk, "");
  board_.UpdateObject("crm", "Account", account);
  EXPECT_EQ(client.Get("/ready")->status, 503) << "it is not worked off";
  RestingPipeline pipeline;
  board_.NoteRest(pipeline);
  board_.NoteRest(pipeline);
  EXPECT_EQ(client.Get("/ready")->status, 200);
  clock_->Advance(std::chrono::minutes(6));
  board_.NoteRest(pipeline);
  const auto old = client.Get("/ready");
  EXPECT_EQ(old->status, 503);
  EXPECT_THAT(old->body, HasSubstr("\"why\":\"its data is 6 min old, and may be 5 min\""));
}

TEST_F(MonitorTest, GivesMetricsAsOpenMetrics) {
  findings_ = std::vector<reports::FindingCount>{{"gap", "low", 2}};
  const auto monitor = Open(0).value();
  const auto answer = ClientOf(*monitor).Get("/metrics");
  EXPECT_THAT(answer->get_header_value("Content-Type"), StartsWith("application/openmetrics-text"));
  EXPECT_THAT(answer->body, HasSubstr("trueup_findings_open{kind=\"gap\",severity=\"low\"} 2\n"));
}

TEST_F(MonitorTest, WithoutReportsTheOtherMetricsAreThere) {
  findings_ = Error(ErrorKind::kInvalid, "no run was made yet");
  const auto monitor = Open(0).value();
  EXPECT_THAT(ClientOf(*monitor).Get("/metrics")->body, HasSubstr("trueup_build_info{"));
}

TEST_F(MonitorTest, APortThatIsTakenIsRefused) {
  const auto first = Open(0).value();
  const auto address = config::ParseAddress(first->address());
  const auto second = Open(address->port);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind(), ErrorKind::kInvalid);
  EXPECT_THAT(second.error().message(), HasSubstr("cannot listen on " + first->address()));
}

}  // namespace
}  // namespace trueup::daemon
