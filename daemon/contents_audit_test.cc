#include "daemon/contents_audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/testing/audit_fixture.h"

namespace trueup::daemon {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto kMoment = Instant(std::chrono::hours(1000));
constexpr auto kBefore = kMoment - std::chrono::hours(10);
constexpr auto kYoung = kMoment - kSettling + std::chrono::seconds(1);

class ContentsAuditTest : public AuditFixture {
 protected:
  ContentsFound Compare(const std::vector<HeldContent>& held) {
    ContentsFound found;
    const Status compared =
        CompareContents(source_, "Account", held, kMoment, std::stop_token(), found);
    EXPECT_EQ(compared.ok(), !source_.error.has_value());
    return found;
  }

  // As the source has it now.
  HeldContent Same(const std::string& id) { return {id, source_.rows.at(id).ContentHash()}; }
  static HeldContent Other(const std::string& id) { return {id, Hash128{1, 2}}; }

  // The ids of what is held behind `after`, at most `most`.
  std::vector<std::string> Read(const std::string& after, size_t most) {
    std::vector<std::string> ids;
    for (const auto& row : ReadContents(*state_, "crm", "Account", after, most).value()) {
      ids.push_back(row.id);
    }
    return ids;
  }
};

TEST_F(ContentsAuditTest, ReadsLiveRowsInOrderPageByPage) {
  for (const char* id : {"1", "2", "2b", "3"}) Hold(source_.Put(id, kBefore));
  source_.Put("2", kBefore).deleted = true;
  Hold(source_.rows.at("2"));
  ChangeEvent other = source_.rows.at("1");
  other.ref = Ref("crm", "AccountTeam", "1");
  Hold(other);
  EXPECT_THAT(Read("", 2), ElementsAre("1", "2b"));
  EXPECT_THAT(Read("2b", 2), ElementsAre("3"));
  EXPECT_THAT(Read("3", 2), IsEmpty());
  EXPECT_EQ(ReadContents(*state_, "crm", "Account", "2b", 1).value()[0].content,
            source_.rows.at("3").ContentHash());
  EXPECT_EQ(FindContent(*state_, "crm/Account/3").value(), source_.rows.at("3").ContentHash());
  EXPECT_FALSE(FindContent(*state_, "crm/Account/2").value()) << "deleted";
  EXPECT_FALSE(FindContent(*state_, "crm/Account/4").value());
}

TEST_F(ContentsAuditTest, FindsWhatDiffersAndSetsAsideWhatIsNotOfTheMoment) {
  source_.Put("changed", kBefore);
  source_.Put("deleted", kBefore).deleted = true;
  source_.Put("equal", kBefore);
  source_.Put("young", kYoung);
  const ContentsFound found =
      Compare({Other("changed"), Other("deleted"), Same("equal"), Other("gone"), Other("young")});
  EXPECT_EQ(found.tally, (ContentsTally{2, 1, 3}));
  ASSERT_EQ(found.cures.size(), 1U);
  EXPECT_EQ(found.cures[0].ref.text(), "crm/Account/changed");
  EXPECT_EQ(found.after, "young");
}

TEST_F(ContentsAuditTest, ARowWithoutAStampIsComparedLikeAnyOther) {
  source_.Put("1", Instant());
  EXPECT_EQ(Compare({Other("1")}).tally, (ContentsTally{1, 1, 0}));
}

TEST_F(ContentsAuditTest, AsksForAsManyAtOnceAsTheConnectorTakes) {
  std::vector<HeldContent> held;
  for (int i = 0; i < 25; ++i) {
    const std::string id = std::to_string(100 + i);
    source_.Put(id, kBefore);
    held.push_back(Same(id));
  }
  source_.ids_per_fetch = 10;
  EXPECT_EQ(Compare(held).tally, (ContentsTally{25, 0, 0}));
  EXPECT_EQ(source_.fetches, 3);
  EXPECT_EQ(source_.most_ids, 10U);
}

TEST_F(ContentsAuditTest, LeavesThePullingItsPartOfTheAllowance) {
  source_.Put("1", kBefore);
  source_.usage.own_allowed = 100;
  for (const auto& [own, compared] : std::map<int64_t, uint64_t>{{49, 1}, {50, 0}}) {
    source_.usage.own = own;
    EXPECT_EQ(Compare({Other("1")}).tally.compared, compared) << own;
  }
  EXPECT_THAT(Compare({Other("1")}).waits, HasSubstr("(50 of 100 calls)"));
  source_.usage = {};
  source_.usage.allowed = 1000;
  source_.usage.used = 750;
  const ContentsFound found = Compare({Other("1")});
  EXPECT_THAT(found.waits, HasSubstr("750 of 1000 calls, by everybody"));
  EXPECT_EQ(found.after, "") << "nothing was compared";
}

TEST_F(ContentsAuditTest, ASourceThatFailsHasFoundNothing) {
  source_.error = Error(ErrorKind::kTransient, "no answer");
  EXPECT_EQ(Compare({Other("1")}).tally, ContentsTally());
}

}  // namespace
}  // namespace trueup::daemon
