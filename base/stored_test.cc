// What is stored must come back as it was, and a damaged or cut encoding must be noticed.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "base/binary.h"
#include "base/change_event.h"
#include "base/row.h"
#include "base/value.h"

namespace trueup {
namespace {

Value Sample() {
  return Value::List{Absent(),
                     Null(),
                     true,
                     false,
                     Decimal::Parse("-12.5").value(),
                     "text",
                     "",
                     ParseDate("2026-01-31").value(),
                     ParseInstant("2026-01-31T10:00:00.5+01:00").value(),
                     Value::List{"a", Value::List{}}};
}

TEST(StoredValue, ComesBackAsItWas) {
  std::string bytes;
  Sample().Encode(bytes);
  bytes += "rest";
  std::string_view in = bytes;
  const Value back = Value::Decode(in).value();
  EXPECT_EQ(back, Sample());
  EXPECT_EQ((*back.if_list())[8].if_instant()->offset, std::chrono::hours(1));
  EXPECT_EQ(in, "rest");
}

TEST(StoredValue, CutAnywhereIsCorrupt) {
  std::string bytes;
  Sample().Encode(bytes);
  for (size_t size = 0; size < bytes.size(); ++size) {
    std::string_view in = std::string_view(bytes).substr(0, size);
    const Result<Value> value = Value::Decode(in);
    ASSERT_FALSE(value.ok()) << size;
    EXPECT_EQ(value.error().kind(), ErrorKind::kCorrupt) << size;
  }
}

TEST(StoredValue, ListsWithoutEndDoNotOverflowTheStack) {
  std::string bytes;
  for (int i = 0; i < 100'000; ++i) bytes += "\x08\x01";
  std::string_view in = bytes;
  EXPECT_FALSE(Value::Decode(in).ok());
}

RC_GTEST_PROP(StoredValueProperty, AnyBytesAreDecodedOrRefused, (const std::string& bytes)) {
  std::string_view in = bytes;
  const Result<Value> value = Value::Decode(in);
  if (!value.ok()) {
    RC_ASSERT(value.error().kind() == ErrorKind::kCorrupt);
    return;
  }
  std::string again;
  value->Encode(again);
  std::string_view back = again;
  RC_ASSERT(Value::Decode(back).value() == *value);
}

TEST(Value, TextIsCanonical) {
  EXPECT_EQ(Sample().ToText(),
            "true; false; -12.5; text; ; 2026-01-31; 2026-01-31T09:00:00.500Z; a; ");
  EXPECT_EQ(Value(Decimal::Parse("1.50").value()).ToText(),
            Value(Decimal::Parse("15e-1").value()).ToText());
}

TEST(Value, KnowsWhatCouldNeverWin) {
  for (const Value& empty : {Value(), Value(Null()), Value(""), Value(Value::List{})})
    EXPECT_TRUE(empty.is_empty());
  for (const Value& filled : {Value(false), Value(Decimal()), Value(" "), Value(Value::List{""})}) {
    EXPECT_FALSE(filled.is_empty());
  }
}

Row Made(std::vector<std::pair<std::string, std::string>> fields) {
  Row row;
  for (const auto& [name, text] : fields) row.AddText(name, text);
  return row;
}

TEST(StoredRow, ComesBackAndIsRefusedWhenCutWithinAField) {
  Row row = Made({{"a", "1"}, {"b", ""}});
  row.Add("n", FieldKind::kNull);
  row.Add("t", FieldKind::kTrue);
  EXPECT_EQ(Row::FromBytes(row.bytes()).value(), row);
  size_t refused = 0;
  for (size_t size = 0; size < row.bytes().size(); ++size) {
    const Result<Row> cut = Row::FromBytes(row.bytes().substr(0, size));
    if (!cut.ok()) {
      EXPECT_EQ(cut.error().kind(), ErrorKind::kCorrupt);
      ++refused;
    }
  }
  EXPECT_EQ(refused, row.bytes().size() - 4) << "a cut between two of the four fields leaves a row";
  EXPECT_FALSE(Row::FromBytes("\x09\x01"
                              "a")
                   .ok());
}

TEST(Row, FindsFieldsByName) {
  const Row row = Made({{"a", "1"}, {"b", "2"}});
  EXPECT_EQ(row.Find("b")->text, "2");
  EXPECT_FALSE(row.Find("c").has_value());
  EXPECT_FALSE(Row().Find("a").has_value());
}

RC_GTEST_PROP(RowProperty, ContentDoesNotDependOnTheOrderOfFieldsNorOnNulls, ()) {
  auto names = *rc::gen::unique<std::vector<std::string>>(rc::gen::arbitrary<std::string>());
  std::vector<std::pair<std::string, std::string>> fields;
  for (const std::string& name : names)
    fields.emplace_back(name, *rc::gen::arbitrary<std::string>());
  auto reversed = fields;
  std::reverse(reversed.begin(), reversed.end());
  Row other = Made(reversed);
  other.Add("a field that is null", FieldKind::kNull);
  RC_ASSERT(Made(fields).ContentHash() == other.ContentHash());
}

TEST(Row, ContentDiffersWhereAnythingDoes) {
  const Hash128 hash = Made({{"a", "1"}, {"b", "2"}}).ContentHash();
  EXPECT_NE(hash, Made({{"a", "2"}, {"b", "1"}}).ContentHash());
  EXPECT_NE(hash, Made({{"a", "1"}, {"b", "2"}, {"c", ""}}).ContentHash());
  EXPECT_NE(hash, Made({{"a", "1"}}).ContentHash());
  Row number;
  number.Add("a", FieldKind::kNumber, "1");
  EXPECT_NE(number.ContentHash(), Made({{"a", "1"}}).ContentHash());
}

ChangeEvent SampleEvent() {
  ChangeEvent event;
  event.ref = Ref("salesforce", "Account", "001/x");
  event.modified = FromMicros(1'700'000'000'000'001);
  event.created = FromMicros(-5);
  event.deleted = true;
  event.merged_into = Ref("salesforce", "Account", "002");
  event.row = Made({{"a", "1"}});
  return event;
}

TEST(StoredChangeEvent, ComesBackAsItWas) {
  std::string bytes;
  SampleEvent().Encode(bytes);
  const ChangeEvent back = ChangeEvent::Decode(bytes).value();
  EXPECT_EQ(back.ref, SampleEvent().ref);
  EXPECT_EQ(back.modified, SampleEvent().modified);
  EXPECT_EQ(back.created, SampleEvent().created);
  EXPECT_TRUE(back.deleted);
  EXPECT_EQ(back.merged_into, SampleEvent().merged_into);
  EXPECT_EQ(back.row, SampleEvent().row);
  EXPECT_EQ(back.ContentHash(), SampleEvent().ContentHash());
}

TEST(StoredChangeEvent, CutAnywhereOrWithSomethingBehindItIsCorrupt) {
  std::string bytes;
  SampleEvent().Encode(bytes);
  for (size_t size = 0; size < bytes.size(); ++size) {
    const auto event = ChangeEvent::Decode(std::string_view(bytes).substr(0, size));
    ASSERT_FALSE(event.ok()) << size;
    EXPECT_EQ(event.error().kind(), ErrorKind::kCorrupt) << size;
  }
  EXPECT_FALSE(ChangeEvent::Decode(bytes + "x").ok());
}

TEST(StoredChangeEvent, ADamagedWinnerIsCorrupt) {
  ChangeEvent event = SampleEvent();
  std::string bytes;
  event.Encode(bytes);
  const size_t at = bytes.find("salesforce/Account/002");
  bytes.replace(at, 22, std::string(22, 'x'));
  EXPECT_EQ(ChangeEvent::Decode(bytes).error().kind(), ErrorKind::kCorrupt);
}

TEST(ChangeEvent, ContentCoversRowDeletionMergeAndStamp) {
  const Hash128 hash = SampleEvent().ContentHash();
  ChangeEvent other = SampleEvent();
  other.modified += std::chrono::seconds(1);
  EXPECT_NE(other.ContentHash(), hash);
  other = SampleEvent();
  other.deleted = false;
  EXPECT_NE(other.ContentHash(), hash);
  other = SampleEvent();
  other.merged_into = Ref();
  EXPECT_NE(other.ContentHash(), hash);
  other = SampleEvent();
  other.row.AddText("b", "2");
  EXPECT_NE(other.ContentHash(), hash);
}

RC_GTEST_PROP(BinaryProperty, NumbersAndBytesComeBack,
              (uint64_t number, int64_t with_sign, const std::string& bytes)) {
  std::string out;
  PutVarint(out, number);
  PutSigned(out, with_sign);
  PutBytes(out, bytes);
  BinaryReader reader(out);
  RC_ASSERT(reader.Varint() == number);
  RC_ASSERT(reader.Signed() == with_sign);
  RC_ASSERT(reader.Bytes() == bytes);
  RC_ASSERT(reader.ok() && reader.at_end());
  RC_ASSERT(reader.Byte() == 0);
  RC_ASSERT(!reader.ok());
}

RC_GTEST_PROP(BinaryProperty, BigEndianOrderIsNumericOrder, (uint64_t a, uint64_t b)) {
  std::string bytes_a;
  std::string bytes_b;
  PutBigEndian64(bytes_a, a);
  PutBigEndian64(bytes_b, b);
  RC_ASSERT(GetBigEndian64(bytes_a) == a);
  RC_ASSERT((bytes_a < bytes_b) == (a < b));
}

}  // namespace
}  // namespace trueup
