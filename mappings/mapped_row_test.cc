#include "mappings/mapped_row.h"

#include <gtest/gtest.h>

namespace trueup::mappings {
namespace {

MappedRow Full() {
  MappedRow row;
  row.ref = Ref("sky", "accounts", "a/1");
  row.entity = 3;
  row.modified = FromMicros(1700000000000000);
  row.created = FromMicros(-5);
  row.deleted = true;
  row.merged_into = Ref("sky", "accounts", "2");
  row.parent = Ref("sky", "accounts", "3");
  row.offset = 123456789;
  row.terms = {{0, Value("Acme"), "", row.modified},
               {2, Value(Null{}), "", FromMicros(1)},
               {7, Value("x"), "not a country", FromMicros(2)},
               {300, Value(*Decimal::Parse("12.5")), "", {}}};
  row.milestones = {{2, Value("active"), FromMicros(3)}, {2, Value(true), FromMicros(4)}};
  return row;
}

std::string Encoded(const MappedRow& row) {
  std::string bytes;
  row.Encode(bytes);
  return bytes;
}

TEST(MappedRow, ComesBackAsItWasEncoded) {
  const MappedRow row = Full();
  const auto back = MappedRow::Decode(Encoded(row));
  ASSERT_TRUE(back.ok()) << back.error().message();
  EXPECT_EQ(back->ref, row.ref);
  EXPECT_EQ(back->entity, row.entity);
  EXPECT_EQ(back->modified, row.modified);
  EXPECT_EQ(back->created, row.created);
  EXPECT_EQ(back->deleted, row.deleted);
  EXPECT_EQ(back->merged_into, row.merged_into);
  EXPECT_EQ(back->parent, row.parent);
  EXPECT_EQ(back->offset, row.offset);
  EXPECT_EQ(back->terms, row.terms);
  EXPECT_EQ(back->milestones, row.milestones);
}

TEST(MappedRow, EmptyComesBackToo) {
  const auto back = MappedRow::Decode(Encoded(MappedRow()));
  ASSERT_TRUE(back.ok());
  EXPECT_TRUE(back->ref.empty());
  EXPECT_FALSE(back->created);
}

TEST(MappedRow, FindsTermsByIndex) {
  const MappedRow row = Full();
  EXPECT_EQ(row.Find(7)->value, Value("x"));
  EXPECT_EQ(row.Find(1), nullptr);
  EXPECT_EQ(row.Find(301), nullptr);
}

TEST(MappedRow, CutAnywhereIsCorrupt) {
  const std::string bytes = Encoded(Full());
  for (size_t size = 0; size < bytes.size(); ++size) {
    const auto back = MappedRow::Decode(std::string_view(bytes).substr(0, size));
    ASSERT_FALSE(back.ok()) << size;
    EXPECT_EQ(back.error().kind(), ErrorKind::kCorrupt) << size;
  }
}

}  // namespace
}  // namespace trueup::mappings
