#include "daemon/contents_places.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing/temporary_folder.h"

namespace trueup::daemon {
namespace {

constexpr auto kMoment = Instant(std::chrono::hours(1000));
constexpr auto kValid = std::chrono::hours(10);

class ContentsPlacesTest : public testing::Test {
 protected:
  Result<ContentsPlaces> Open(Instant now) { return ContentsPlaces::Open(path_, now, kValid); }

  const TemporaryFolder folder_;
  const std::string path_ = folder_ / "places.json";
};

TEST_F(ContentsPlacesTest, AreThereWhenTheFileIsOpenedAgainWhileTheyAreYoung) {
  auto places = Open(kMoment).value();
  EXPECT_EQ(places.Find("crm/Account"), ContentsPlace());
  ASSERT_TRUE(places.Put("crm/Account", {"0\"1", 7, false}).ok());
  places = Open(kMoment + kValid).value();
  ASSERT_TRUE(places.Put("crm/Contact", {"9", 2, true}).ok());
  places = Open(kMoment + kValid).value();
  EXPECT_EQ(places.Find("crm/Account"), (ContentsPlace{"0\"1", 7, false}));
  EXPECT_EQ(places.Find("crm/Contact"), (ContentsPlace{"9", 2, true}));
  places = Open(kMoment + kValid + std::chrono::seconds(1)).value();
  EXPECT_EQ(places.Find("crm/Account"), ContentsPlace());
}

TEST_F(ContentsPlacesTest, AreGoneWhenAllIsCompared) {
  auto places = Open(kMoment).value();
  EXPECT_TRUE(places.Clear().ok()) << "there was nothing";
  ASSERT_TRUE(places.Put("crm/Account", {"1", 7, true}).ok());
  ASSERT_TRUE(places.Clear().ok());
  EXPECT_EQ(Open(kMoment).value().Find("crm/Account"), ContentsPlace());
}

TEST_F(ContentsPlacesTest, AFileThatIsNoneOfOursIsNamed) {
  for (const char* text : {"{\"crm", "{}"}) {
    ASSERT_TRUE(WriteFileAtomically(path_, text).ok());
    const auto places = Open(kMoment);
    ASSERT_FALSE(places.ok()) << text;
    EXPECT_NE(places.error().message().find(path_), std::string::npos) << places.error().message();
  }
}

}  // namespace
}  // namespace trueup::daemon
