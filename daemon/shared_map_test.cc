#include "daemon/shared_map.h"

#include <gtest/gtest.h>

#include "pipeline/log/memory/memory_log.h"

namespace trueup::daemon {
namespace {

using Values = std::map<std::string, std::string>;

class SharedMapTest : public testing::Test {
 protected:
  SharedMapTest() { EXPECT_TRUE(log_.MakeTopic("values", {1, true}).ok()); }

  pipeline::MemoryLog log_;
  SharedMap one_{log_, "values"};
  SharedMap two_{log_, "values"};
};

TEST_F(SharedMapTest, AnotherInstanceFindsWhatTheFirstPut) {
  EXPECT_EQ(two_.Find("crm/Account").value(), "");
  EXPECT_TRUE(one_.Put("crm/Account", "a1").ok());
  EXPECT_TRUE(one_.Put("crm/Account", "a2").ok());
  EXPECT_TRUE(one_.Put("crm/Contact", "c1").ok());
  EXPECT_EQ(two_.Find("crm/Account").value(), "a2");
  EXPECT_EQ(two_.Find("crm/Contact").value(), "c1");
  EXPECT_EQ(two_.Find("erp/Account").value(), "");
  EXPECT_TRUE(two_.Put("crm/Account", "a3").ok());
  EXPECT_EQ(one_.Find("crm/Account").value(), "a3");
  EXPECT_EQ(one_.All().value(), (Values{{"crm/Account", "a3"}, {"crm/Contact", "c1"}}));
}

TEST_F(SharedMapTest, WhatIsTakenAwayIsGoneEverywhere) {
  EXPECT_TRUE(one_.Put("crm/Account", "a1").ok());
  EXPECT_TRUE(one_.Put("crm/Contact", "c1").ok());
  EXPECT_EQ(two_.Find("crm/Account").value(), "a1");
  EXPECT_TRUE(one_.Put("crm/Account", "").ok());
  EXPECT_EQ(two_.All().value(), (Values{{"crm/Contact", "c1"}}));
  EXPECT_TRUE(one_.Clear().ok());
  EXPECT_EQ(one_.All().value(), Values());
  EXPECT_EQ(two_.All().value(), Values());
}

}  // namespace
}  // namespace trueup::daemon
