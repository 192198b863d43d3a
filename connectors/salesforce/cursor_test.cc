#include "connectors/salesforce/cursor.h"

#include <gtest/gtest.h>

namespace trueup::connectors::salesforce {
namespace {

Instant At(const char* text) { return ParseInstant(text)->at; }

TEST(Cursor, ComesBackAsItWasWritten) {
  Cursor cursor;
  cursor.fields = "abc";
  cursor.mark = At("2026-01-01T10:00:00.25Z");
  cursor.query = Cursor::Query{{At("2026-01-01T10:00:00Z"), "001A", At("2026-01-02T00:00:00Z")},
                               At("2026-01-03T00:00:00Z"),
                               "/services/data/v62.0/query/0r8-2000"};
  const std::string text = cursor.ToText();
  const auto read = Cursor::FromText(text);
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(read->ToText(), text);
  EXPECT_EQ(read->query->rest.after_id, "001A");
  EXPECT_EQ(read->mark, cursor.mark);
}

TEST(Cursor, IsCorruptWhereItIsNoneOfOurs) {
  for (const char* text :
       {"", "x", "[]", "{}", R"({"version":2})", R"({"version":1,"mark":"yesterday"})",
        R"({"version":1,"query":{}})", R"({"version":1,"query":{"until":"2026-01-01T00:00:00Z"}})",
        R"({"version":1,"query":{"until":"2026-01-01T00:00:00Z","target":"2026-01-01T00:00:00Z",)"
        R"("locator":"https://evil.example/"}})"}) {
    const auto read = Cursor::FromText(text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.error().kind(), ErrorKind::kCorrupt);
  }
}

}  // namespace
}  // namespace trueup::connectors::salesforce
