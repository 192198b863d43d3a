#include "daemon/shared_cursors.h"

#include <gtest/gtest.h>

#include "pipeline/log/memory/memory_log.h"
#include "pipeline/runtime/topics.h"

namespace trueup::daemon {
namespace {

class SharedCursorsTest : public testing::Test {
 protected:
  SharedCursorsTest() { EXPECT_TRUE(log_.MakeTopic(pipeline::kCursorsTopic, {1, true}).ok()); }

  pipeline::MemoryLog log_;
  SharedCursors one_{log_};
  SharedCursors two_{log_};
};

TEST_F(SharedCursorsTest, AnotherInstanceGoesOnWhereTheFirstStopped) {
  EXPECT_EQ(two_.Find("crm", "Account").value(), "") << "from the beginning";
  EXPECT_TRUE(one_.Move("crm", "Account", "a1").ok());
  EXPECT_TRUE(one_.Move("crm", "Account", "a2").ok());
  EXPECT_TRUE(one_.Move("crm", "Contact", "c1").ok());
  EXPECT_EQ(two_.Find("crm", "Account").value(), "a2");
  EXPECT_EQ(two_.Find("crm", "Contact").value(), "c1");
  EXPECT_EQ(two_.Find("erp", "Account").value(), "");
  EXPECT_TRUE(two_.Move("crm", "Account", "a3").ok());
  EXPECT_EQ(one_.Find("crm", "Account").value(), "a3");
}

TEST_F(SharedCursorsTest, WhatIsForgottenBeginsAnewEverywhere) {
  EXPECT_TRUE(one_.Move("crm", "Account", "a1").ok());
  EXPECT_EQ(two_.Find("crm", "Account").value(), "a1");
  EXPECT_TRUE(one_.Forget().ok());
  EXPECT_EQ(one_.Find("crm", "Account").value(), "");
  EXPECT_EQ(two_.Find("crm", "Account").value(), "");
}

}  // namespace
}  // namespace trueup::daemon
