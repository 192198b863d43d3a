#include "pipeline/stages/view.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <map>
#include <random>

namespace trueup::pipeline {
namespace {

class ViewTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "view.XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    StoreOptions options;
    options.families = FamilyNames();
    auto store = Store::Open(folder_, options);
    ASSERT_TRUE(store.ok()) << store.error().message();
    store_ = *std::move(store);
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Commit(const View& view) {
    StoreBatch batch;
    view.WriteTo(batch);
    ASSERT_TRUE(store_->Commit(batch).ok());
  }

  static std::map<std::string, std::string> ScanAll(View& view, std::string_view prefix) {
    std::map<std::string, std::string> found;
    std::string last;
    view.Scan(kNodeRows, prefix, [&](std::string_view key, std::string_view value) {
      EXPECT_LT(last, key) << "out of order or twice";
      last = key;
      found.emplace(key, value);
    });
    return found;
  }

  std::string folder_;
  std::unique_ptr<Store> store_;
};

TEST_F(ViewTest, ReadsWhatWasCommittedAndWhatItWrote) {
  View first(store_.get());
  first.Put(kNodes, "a", "1");
  first.Put(kNodes, "b", "2");
  Commit(first);

  View second(store_.get());
  second.Prefetch(kNodes, {"a", "b", "c", "a"});
  second.Put(kNodes, "a", "changed");
  second.Delete(kNodes, "b");
  ASSERT_NE(second.Get(kNodes, "a"), nullptr);
  EXPECT_EQ(*second.Get(kNodes, "a"), "changed");
  EXPECT_EQ(second.Get(kNodes, "b"), nullptr);
  EXPECT_EQ(second.Get(kNodes, "c"), nullptr);
  EXPECT_EQ(second.writes(), 2U);
  EXPECT_TRUE(second.status().ok());
}

TEST_F(ViewTest, KeepsFamiliesApart) {
  View view(store_.get());
  view.Put(kNodes, "a", "node");
  EXPECT_EQ(view.Get(kAccounts, "a"), nullptr);
}

TEST_F(ViewTest, KeepsTheFirstFailure) {
  View view(store_.get());
  view.Fail({ErrorKind::kCorrupt, "first"});
  view.Fail({ErrorKind::kCorrupt, "second"});
  EXPECT_EQ(view.status().error().message(), "first");
}

// Whatever is committed and then written, a scan sees what a plain map would.
TEST_F(ViewTest, ScansLikeAMap) {
  for (unsigned seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const std::string world = "w" + std::to_string(seed) + "/";
    std::map<std::string, std::string> expected;
    for (int round = 0; round < 3; ++round) {
      View view(store_.get());
      for (int i = 0; i < 12; ++i) {
        const std::string key = world + std::to_string(random() % 15);
        if (random() % 3 == 0) {
          view.Delete(kNodeRows, key);
          expected.erase(key);
        } else {
          const std::string value = std::to_string(random());
          view.Put(kNodeRows, key, value);
          expected[key] = value;
        }
      }
      EXPECT_EQ(ScanAll(view, world), expected);
      EXPECT_TRUE(ScanAll(view, world + "none").empty());
      Commit(view);
    }
  }
}

}  // namespace
}  // namespace trueup::pipeline
