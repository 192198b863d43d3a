#include "daemon/count_audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/testing/audit_fixture.h"

namespace trueup::daemon {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

Instant At(const std::string& text) { return ParseInstant(text)->at; }

TEST(CreationBounds, AreYearsThenMonthsThenTheMoment) {
  std::vector<std::string> texts;
  for (const Instant bound : CreationBounds(At("2026-03-09T10:00:00Z"))) {
    texts.push_back(FormatInstant(bound).substr(0, 10));
  }
  ASSERT_EQ(texts.size(), 25U + 11U + 3U + 1U);
  EXPECT_EQ(texts[0], "2001-01-01");
  texts.erase(texts.begin(), texts.begin() + 23);
  EXPECT_THAT(texts,
              ElementsAre("2024-01-01", "2025-01-01", "2025-02-01", "2025-03-01", "2025-04-01",
                          "2025-05-01", "2025-06-01", "2025-07-01", "2025-08-01", "2025-09-01",
                          "2025-10-01", "2025-11-01", "2025-12-01", "2026-01-01", "2026-02-01",
                          "2026-03-01", "2026-03-09"));
}

TEST(CreationBounds, AscendWhereverTheMomentIs) {
  for (const char* until : {"1970-02-01T00:00:00Z", "2001-01-01T00:00:00Z", "2026-01-01T00:00:00Z",
                            "2026-01-01T00:00:01Z", "2026-12-31T00:00:00Z"}) {
    const auto bounds = CreationBounds(At(until));
    EXPECT_EQ(std::adjacent_find(bounds.begin(), bounds.end(), std::greater_equal<>()),
              bounds.end())
        << until;
    EXPECT_EQ(bounds.back(), At(until));
  }
}

TEST(CompareCounts, TellsTheWindowsThatDiffer) {
  const std::vector<Instant> bounds = {At("2025-01-01T00:00:00Z"), At("2026-01-01T00:00:00Z"),
                                       At("2026-02-01T00:00:00Z")};
  const std::vector<Instant> created = {At("2024-06-01T00:00:00Z"), At("2025-01-01T00:00:00Z"),
                                        At("2026-02-01T00:00:00Z")};
  EXPECT_THAT(CompareCounts(created, bounds, {1, 1, 0}), IsEmpty()) << "the last is too new";
  EXPECT_THAT(CompareCounts(created, bounds, {0, 1, 5}),
              ElementsAre(Pair(Instant::min(), -1), Pair(bounds[1], 5)));
}

class ReadCreatedTest : public AuditFixture {};

TEST_F(ReadCreatedTest, IsOfLiveRowsOfWhichItIsKnown) {
  source_.Put("1", kStart).created = At("2025-01-01T00:00:00Z");
  source_.Put("2", kStart).created = At("2025-01-02T00:00:00Z");
  source_.rows.at("2").deleted = true;
  source_.Put("3", kStart);
  for (const auto& [id, event] : source_.rows) Hold(event);
  EXPECT_THAT(*ReadCreated(*state_, "crm", "Account"), ElementsAre(At("2025-01-01T00:00:00Z")));
}

}  // namespace
}  // namespace trueup::daemon
