#include "pipeline/accounts/account.h"

#include <gtest/gtest.h>

namespace trueup::pipeline {
namespace {

Ref R(std::string_view text) { return Ref::FromText(std::string(text)); }

Roster ExampleRoster() {
  Roster roster;
  roster.account = "a-1";
  roster.founder = R("netsuite/customer/1");
  roster.members = {R("netsuite/customer/1"), R("salesforce/Account/00 1/x")};
  roster.ghosts = {R("sky/accounts/9")};
  roster.parent = "a-2";
  roster.ancestors = {"a-2", "a-3"};
  roster.ancestor_systems = {"netsuite"};
  roster.claims = {{R("netsuite/customer/1"), R("netsuite/customer/2"), "a-2"},
                   {R("salesforce/Account/00 1/x"), R("salesforce/Account/404"), ""}};
  roster.cycle = true;
  return roster;
}

TEST(Roster, ComesBackAsItWas) {
  for (const Roster& roster : {ExampleRoster(), Roster{}}) {
    std::string bytes;
    roster.Encode(bytes);
    const auto read = Roster::Decode(bytes);
    ASSERT_TRUE(read.ok()) << read.error().message();
    EXPECT_EQ(*read, roster);
  }
}

TEST(Roster, RefusesACutText) {
  std::string bytes;
  ExampleRoster().Encode(bytes);
  for (size_t size = 0; size < bytes.size(); ++size) {
    const auto read = Roster::Decode(std::string_view(bytes).substr(0, size));
    ASSERT_FALSE(read.ok()) << size;
    EXPECT_EQ(read.error().kind(), ErrorKind::kCorrupt);
  }
}

TEST(Ids, AreFixedForever) {
  EXPECT_EQ(AccountIdOf(R("salesforce/Account/001A")), AccountIdOf(R("salesforce/Account/001A")));
  EXPECT_EQ(AccountIdOf(R("salesforce/Account/001A")).substr(0, 2), "a-");
  EXPECT_NE(ConditionId("gap", R("a/b/c"), "x"), ConditionId("gap", R("a/b/cx"), ""));
  EXPECT_NE(ConditionId("gap", R("a/b/c"), "x"), ConditionId("gap", R("a/b/c"), "y"));
}

}  // namespace
}  // namespace trueup::pipeline
