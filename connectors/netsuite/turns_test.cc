#include "connectors/netsuite/turns.h"

#include <gtest/gtest.h>

namespace trueup::connectors::netsuite {
namespace {

void Answer(Turns& turns, int times) {
  for (int i = 0; i < times; ++i) turns.Answered();
}

TEST(Turns, ShrinkAtOnceAndNeverBelowOne) {
  Turns turns(5);
  turns.Refused();
  EXPECT_EQ(turns.allowed(), 2);
  turns.Refused();
  turns.Refused();
  EXPECT_EQ(turns.allowed(), 1);
}

TEST(Turns, GrowByOneAfterManyAnswersUpToTheSetting) {
  Turns turns(3);
  turns.Refused();
  Answer(turns, 49);
  EXPECT_EQ(turns.allowed(), 1);
  Answer(turns, 1);
  EXPECT_EQ(turns.allowed(), 2);
  Answer(turns, 1000);
  EXPECT_EQ(turns.allowed(), 3);
}

TEST(Turns, CountAnswersAnewAfterARefusal) {
  Turns turns(2);
  turns.Refused();
  Answer(turns, 49);
  turns.Refused();
  Answer(turns, 49);
  EXPECT_EQ(turns.allowed(), 1);
}

TEST(Turns, WaitWhereAllAreTakenUntilStopped) {
  Turns turns(2);
  std::stop_source stopped;
  stopped.request_stop();
  EXPECT_TRUE(turns.Take({}));
  turns.Refused();
  EXPECT_FALSE(turns.Take(stopped.get_token())) << "one is allowed, and it is taken";
  turns.Give();
  EXPECT_TRUE(turns.Take(stopped.get_token()));
}

}  // namespace
}  // namespace trueup::connectors::netsuite
