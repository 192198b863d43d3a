#include "connectors/salesforce/cursor.h"

#include <gtest/gtest.h>

namespace trueup::connectors::salesforce {
namespace {

Instant At(const char* text) { return ParseInstant(text)->at; }

TEST(Cursor, ComesBackAsItWasWritten) {
  Cursor cursor;
  cursor.fields = {{"Id", "id"}, {"Name", "string"}, {"Owner.Name", ""}};
  cursor.partial = {"Name"};
  cursor.mark = At("2026-01-01T10:00:00.25Z");
  cursor.query.emplace();
  cursor.query->rest = {At("2026-01-01T10:00:00Z"), "001A", At("2026-01-02T00:00:00Z")};
  cursor.query->target = At("2026-01-03T00:00:00Z");
  cursor.query->locator = "/services/data/v62.0/query/0r8-2000";
  cursor.query->deletions = true;
  cursor.deletions = Deletions{At("2026-01-01T09:00:00Z"), true, At("2026-01-01T10:00:00Z")};
  const std::string text = cursor.ToText();
  const auto read = Cursor::FromText(text);
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(read->ToText(), text);
  EXPECT_EQ(read->query->rest.after_id, "001A");
  EXPECT_EQ(read->mark, cursor.mark);
  EXPECT_EQ(read->fields, cursor.fields);
  EXPECT_EQ(read->partial, cursor.partial);
  EXPECT_TRUE(read->query->deletions);
  EXPECT_EQ(read->deletions->due, At("2026-01-01T10:00:00Z"));
}

TEST(Cursor, RemembersTheJobAndItsPlace) {
  Cursor cursor;
  cursor.query.emplace();
  cursor.query->bulk = true;
  cursor.query->lost_jobs = 2;
  cursor.query->job = Job{"750X", At("2026-01-01T10:00:00Z"), true, 90, "MTAw/+=", 7, 57};
  const auto read = Cursor::FromText(cursor.ToText());
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(read->ToText(), cursor.ToText());
  EXPECT_TRUE(read->query->bulk);
  EXPECT_EQ(read->query->lost_jobs, 2);
  const Job& job = *read->query->job;
  EXPECT_EQ(job.id, "750X");
  EXPECT_TRUE(job.complete);
  EXPECT_EQ(job.locator, "MTAw/+=");
  EXPECT_EQ(job.total, 90U);
  EXPECT_EQ(job.skip, 7U);
  EXPECT_EQ(job.rows, 57U);
}

TEST(Cursor, HalvesAStretchAndComesToItsEnd) {
  Cursor cursor;
  cursor.mark = At("2026-01-01T00:10:00Z");
  cursor.BeginQuery(At("2026-01-01T00:08:00Z"), std::chrono::minutes(10));
  EXPECT_EQ(cursor.query->rest.from, At("2026-01-01T00:00:00Z"));
  EXPECT_EQ(cursor.query->target, At("2026-01-01T00:10:00Z"));  // the mark is later than the bound
  EXPECT_TRUE(cursor.HalveStretch());
  EXPECT_EQ(cursor.query->rest.until, At("2026-01-01T00:05:00Z"));
  EXPECT_FALSE(cursor.EndStretch());
  EXPECT_EQ(cursor.query->rest.from, At("2026-01-01T00:05:00Z"));
  EXPECT_EQ(cursor.query->rest.until, At("2026-01-01T00:10:00Z"));
  EXPECT_TRUE(cursor.EndStretch());
  EXPECT_FALSE(cursor.query.has_value());
}

TEST(Cursor, IsCorruptWhereItIsNoneOfOurs) {
  for (const char* text :
       {"", "x", "[]", "{}", R"({"version":1})", R"({"version":2,"mark":"yesterday"})",
        R"({"version":2,"query":{}})", R"({"version":2,"query":{"until":"2026-01-01T00:00:00Z"}})",
        R"({"version":2,"query":{"until":"2026-01-01T00:00:00Z","target":"2026-01-01T00:00:00Z",)"
        R"("locator":"https://evil.example/"}})",
        R"({"version":2,"query":{"until":"2026-01-01T00:00:00Z","target":"2026-01-01T00:00:00Z",)"
        R"("job":{"id":"../x"}}})",
        R"({"version":2,"deletions":{}})",
        R"({"version":2,"query":{"until":"2026-01-01T00:00:00Z","target":"2026-01-01T00:00:00Z",)"
        R"("deletions":true}})"}) {
    const auto read = Cursor::FromText(text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.error().kind(), ErrorKind::kCorrupt);
  }
}

}  // namespace
}  // namespace trueup::connectors::salesforce
