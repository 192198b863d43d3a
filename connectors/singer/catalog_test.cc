#include "connectors/singer/catalog.h"

#include <gtest/gtest.h>

namespace trueup::connectors::singer {
namespace {

constexpr char kCatalog[] =
    R"({"streams":[{"tap_stream_id":"a-1","stream":"a","replication_method":"FULL_TABLE",)"
    R"("schema":{"properties":{"x":{"type":["null","string"],"format":"date-time"},"_sdc_y":{}}},)"
    R"("metadata":[{"breadcrumb":["properties","x"],"metadata":{"inclusion":"available"}},)"
    R"({"breadcrumb":["properties","z"],"metadata":{"inclusion":"unsupported"}},)"
    R"({"breadcrumb":[],"metadata":{"selected":false,"keep":1}}]},)"
    R"({"tap_stream_id":"b","schema":{"selected":true}}]})";

TEST(Catalog, SelectsOneStreamInEveryFormThatTapsKnow) {
  const auto catalog = Catalog::Parse(kCatalog);
  ASSERT_TRUE(catalog.ok());
  SingerObjectSettings settings;
  settings.replication = Replication::kIncremental;
  settings.replication_key = "x";
  EXPECT_EQ(
      catalog->Select("a", settings),
      R"({"streams":[{"tap_stream_id":"a-1","stream":"a","selected":true,)"
      R"("replication_method":"INCREMENTAL","replication_key":"x",)"
      R"("schema":{"properties":{"x":{"type":["null","string"],"format":"date-time"},"_sdc_y":{}},)"
      R"("selected":true},)"
      R"("metadata":[{"breadcrumb":["properties","x"],"metadata":{"inclusion":"available","selected":true}},)"
      R"({"breadcrumb":["properties","z"],"metadata":{"inclusion":"unsupported","selected":false}},)"
      R"({"breadcrumb":[],"metadata":{"keep":1,"selected":true,)"
      R"("replication-method":"INCREMENTAL","replication-key":"x"}}]},)"
      R"({"tap_stream_id":"b","selected":false,"schema":{"selected":false},)"
      R"("metadata":[{"breadcrumb":[],"metadata":{"selected":false}}]}]})");
}

TEST(Catalog, DescribesFieldsWithoutThoseThatTapsAdd) {
  const auto catalog = Catalog::Parse(kCatalog);
  ASSERT_TRUE(catalog.ok());
  EXPECT_TRUE(catalog->Has("b"));
  EXPECT_FALSE(catalog->Has("a-1"));
  const auto fields = catalog->Fields("a");
  ASSERT_EQ(fields.size(), 1U);
  EXPECT_EQ(fields[0].name, "x");
  EXPECT_EQ(fields[0].type, "date-time");
}

TEST(Catalog, RefusesWhatIsNone) {
  for (const char* text : {"", "[]", "{}", R"({"streams":{}})", R"({"streams":[{}]})"}) {
    const auto catalog = Catalog::Parse(text);
    ASSERT_FALSE(catalog.ok()) << text;
    EXPECT_EQ(catalog.error().kind(), ErrorKind::kInvalid);
  }
}

}  // namespace
}  // namespace trueup::connectors::singer
