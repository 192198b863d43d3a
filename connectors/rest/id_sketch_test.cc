#include "connectors/rest/id_sketch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace trueup::connectors::rest {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

IdSketch Of(const std::vector<std::string>& ids, int differences = 10) {
  IdSketch sketch(differences);
  for (const std::string& id : ids) sketch.Add(id);
  return sketch;
}

TEST(IdSketch, TellsWhatCameAndWhatWent) {
  const auto found = Of({"new", "a", "b"}).Since(Of({"a", "b", "gone", ""}));
  ASSERT_TRUE(found);
  EXPECT_THAT(found->added, ElementsAre("new"));
  EXPECT_THAT(found->gone, ElementsAre("", "gone"));
}

TEST(IdSketch, FindsNoDifferenceInAnotherOrder) {
  const auto found = Of({"a", "b", "c"}).Since(Of({"c", "a", "b"}));
  ASSERT_TRUE(found);
  EXPECT_THAT(found->added, IsEmpty());
  EXPECT_THAT(found->gone, IsEmpty());
}

TEST(IdSketch, ComesBackFromItsText) {
  const IdSketch sketch = Of({"a", "0a1b", std::string("nul\0in", 6), std::string(300, 'x')});
  const auto again = IdSketch::FromText(sketch.ToText());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->ToText(), sketch.ToText());
  EXPECT_THAT(sketch.Since(*again)->gone, IsEmpty());
  const std::string text = sketch.ToText();
  for (const std::string& damaged :
       {std::string(), std::string("0"), std::string("xx"), text.substr(2), text + "00",
        text.substr(0, text.size() - 2), std::string("ffffffffffffffff7f")}) {
    EXPECT_FALSE(IdSketch::FromText(damaged)) << damaged.substr(0, 20);
  }
}

TEST(IdSketch, AdmitsThatThereAreTooManyDifferences) {
  IdSketch many(10);
  for (int i = 0; i < 1'000; ++i) many.Add(std::to_string(i));
  EXPECT_FALSE(many.Since(IdSketch(10)));
  EXPECT_FALSE(IdSketch(20).Since(IdSketch(10)));
}

// Whatever the sets, as many differences as it was made for are read back, and no others.
TEST(IdSketch, ReadsBackAsManyDifferencesAsItWasMadeFor) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    const int most = std::uniform_int_distribution<int>(10, 600)(random);
    IdSketch before(most);
    IdSketch now(most);
    std::vector<std::string> added;
    std::vector<std::string> gone;
    for (int i = 0; i < 3'000; ++i) {
      const std::string id = std::to_string(random() >> (random() % 40));
      before.Add("k" + id);
      now.Add("k" + id);
    }
    for (int i = 0; i < most; ++i) {
      const std::string id = std::to_string(i) + "-" + std::to_string(random());
      if (random() % 2 == 0) {
        now.Add(id);
        added.push_back(id);
      } else {
        before.Add(id);
        gone.push_back(id);
      }
    }
    const auto found = now.Since(*IdSketch::FromText(before.ToText()));
    ASSERT_TRUE(found) << "round " << round << ", differences " << most;
    EXPECT_THAT(found->added, testing::UnorderedElementsAreArray(added));
    EXPECT_THAT(found->gone, testing::UnorderedElementsAreArray(gone));
  }
}

}  // namespace
}  // namespace trueup::connectors::rest
