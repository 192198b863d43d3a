#include "connectors/http/paced_http.h"

#include <gtest/gtest.h>

#include "connectors/http/scripted_http.h"

namespace trueup::connectors {
namespace {

using std::chrono::milliseconds;

class Paced : public testing::Test {
 protected:
  milliseconds Now() const {
    return std::chrono::duration_cast<milliseconds>(clock_->Elapsed() - start_);
  }
  void Send() { EXPECT_TRUE(paced_.Send(request_, {}).ok()); }

  HttpRequest request_{"GET", "https://x.example/a", {}, "", milliseconds(0), nullptr};
  std::shared_ptr<ManualClock> clock_ = std::make_shared<ManualClock>(Instant());
  std::chrono::microseconds start_ = clock_->Elapsed();
  std::shared_ptr<ScriptedHttp> inner_ =
      std::make_shared<ScriptedHttp>([](const HttpRequest&) { return JsonResponse(200, "{}"); });
  PacedHttp paced_{inner_, clock_, milliseconds(250)};
};

TEST_F(Paced, SendsTheFirstAtOnceAndTheRestAtIntervals) {
  Send();
  EXPECT_EQ(Now(), milliseconds(0));
  Send();
  EXPECT_EQ(Now(), milliseconds(250));
  Send();
  EXPECT_EQ(Now(), milliseconds(500));
}

TEST_F(Paced, SavesNoTurnsForLater) {
  Send();
  clock_->Advance(milliseconds(10'000));
  Send();
  EXPECT_EQ(Now(), milliseconds(10'000));
  Send();
  EXPECT_EQ(Now(), milliseconds(10'250));
}

TEST_F(Paced, StopsWhileItWaits) {
  Send();
  std::stop_source stop;
  stop.request_stop();
  const auto sent = paced_.Send(request_, stop.get_token());
  ASSERT_FALSE(sent.ok());
  EXPECT_EQ(sent.error().kind(), ErrorKind::kCancelled);
  EXPECT_EQ(inner_->requests().size(), 1u);
}

}  // namespace
}  // namespace trueup::connectors
