#include "base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace trueup {
namespace {

using ::testing::HasSubstr;

JsonDocument Parsed(std::string text) {
  auto document = JsonDocument::Parse(text);
  EXPECT_TRUE(document.ok()) << text << ": " << document.error().message();
  return std::move(document).value();
}

TEST(Json, KeepsNumbersAsTheirDigits) {
  for (const char* digits : {"0", "-0", "12.50", "1e300", "12345678901234567890123", "0.1"}) {
    const JsonDocument document = Parsed(digits);
    EXPECT_TRUE(document.root().is_number());
    EXPECT_EQ(document.root().text(), digits);
    EXPECT_EQ(document.root().ToJson(), digits);
  }
}

TEST(Json, ReadsWholeNumbersOfSixtyFourBits) {
  EXPECT_EQ(Parsed("9223372036854775807").root().integer(), INT64_MAX);
  EXPECT_EQ(Parsed("\"-42\"").root().integer(), -42);
  for (const char* text :
       {"9223372036854775808", "1.0", "1e3", "\"\"", "\"4x\"", "true", "null", "[1]"}) {
    EXPECT_EQ(Parsed(text).root().integer(), std::nullopt) << text;
  }
}

TEST(Json, ALookUpThatFindsNothingFindsNothingInTurn) {
  const JsonDocument document = Parsed(R"({"a":{"b":[10,{"c":"x"}]},"n":null})");
  const JsonValue root = document.root();
  EXPECT_EQ(root["a"]["b"].size(), 2U);
  EXPECT_FALSE(root["a"]["x"]["y"].exists());
  EXPECT_TRUE(root["a"]["x"]["y"].is_null());
  EXPECT_TRUE(root["n"].exists());
  EXPECT_FALSE(JsonValue().exists());
  EXPECT_EQ(root["a"]["b"]["c"].text(), "");
}

TEST(Json, FollowsPointers) {
  const JsonDocument document =
      Parsed(R"({"a":{"b":[10,{"c":"x"}]},"~1":"tilde","/":"slash","":"empty"})");
  const JsonValue root = document.root();
  EXPECT_EQ(root.At("/a/b/1/c").text(), "x");
  EXPECT_EQ(root.At("/~01").text(), "tilde");
  EXPECT_EQ(root.At("/~1").text(), "slash");
  EXPECT_EQ(root.At("/").text(), "empty");
  EXPECT_TRUE(root.At("").is_object());
  for (const char* pointer : {"a", "/a/b/2", "/a/b/-", "/a/b/1x", "/a/b/0/c", "/x/y"}) {
    EXPECT_FALSE(root.At(pointer).exists()) << pointer;
  }
}

TEST(Json, TheFirstOfTwoMembersOfOneNameCounts) {
  const JsonDocument document = Parsed(R"({"a":1,"a":2})");
  EXPECT_EQ(document.root()["a"].text(), "1");
  EXPECT_EQ(document.root().size(), 2U);
}

TEST(Json, RefusesWhatIsNotJsonAndSaysWhere) {
  const struct {
    const char* text;
    const char* place;
  } rows[] = {
      {"", "line 1, column 1"},
      {"{\"a\":1,}", "line 1, column 8"},
      {"{\n  \"a\": tru\n}", "line 2"},
      {"[1] x", "line 1, column 5"},
      {"[\"two\\nlines\",\n x]", "line 2, column 2"},
      {"{\"a\\n\\n\":1,\n\"b\":x}", "line 2, column 5"},
      {"<html>", "line 1, column 1"},
      {"[01]", "line 1"},
      {"[NaN]", "line 1"},
      {"'a'", "line 1"},
      {"\"\x01\"", "line 1"},
      {"\"\xff\"", "line 1"},
      {"{\"a\":1", "line 1, column 7"},
  };
  for (const auto& row : rows) {
    const auto document = JsonDocument::Parse(row.text);
    ASSERT_FALSE(document.ok()) << row.text;
    EXPECT_EQ(document.error().kind(), ErrorKind::kInvalid);
    EXPECT_THAT(document.error().message(), HasSubstr(row.place)) << row.text;
  }
}

TEST(Json, ANulByteDoesNotHideWhatFollows) {
  EXPECT_FALSE(JsonDocument::Parse(std::string("{}\0garbage", 10)).ok());
  EXPECT_EQ(Parsed("\"a\\u0000b\"").root().text(), std::string_view("a\0b", 3));
}

TEST(Json, DeepNestingIsRefusedAndDoesNotOverflowTheStack) {
  EXPECT_TRUE(JsonDocument::Parse(std::string(256, '[') + std::string(256, ']')).ok());
  const auto deep = JsonDocument::Parse(std::string(1'000'000, '['));
  ASSERT_FALSE(deep.ok());
  EXPECT_THAT(deep.error().message(), HasSubstr("nested too deeply"));
}

TEST(Json, ADocumentCanBeMoved) {
  JsonDocument first = Parsed(R"(["short"])");
  const JsonDocument second = std::move(first);
  EXPECT_EQ((*second.root().begin()).text(), "short");
}

TEST(Json, WritesMembersInTheirOrder) {
  JsonWriter writer;
  writer.BeginObject()
      .Member("b", "x")
      .Key("a")
      .BeginArray()
      .Number(1)
      .Null()
      .Bool(true)
      .BeginObject()
      .EndObject();
  writer.EndArray().Key("d").Digits("1.50").Key("r").Raw("[]").EndObject();
  EXPECT_EQ(writer.text(), R"({"b":"x","a":[1,null,true,{}],"d":1.50,"r":[]})");
}

TEST(Json, WritesOnlyUtf8) {
  JsonWriter writer;
  writer.String("a\"\\\n\x01\xff\xc3\xa4\xed\xa0\x80");
  EXPECT_EQ(writer.text(),
            "\"a\\\"\\\\\\n\\u0001\xef\xbf\xbd\xc3\xa4\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}

RC_GTEST_PROP(JsonProperty, AnyBytesAreWrittenAsJsonThatReadsBack, (const std::string& bytes)) {
  JsonWriter writer;
  writer.BeginArray().String(bytes).EndArray();
  const auto document = JsonDocument::Parse(writer.text());
  RC_ASSERT(document.ok());
  RC_ASSERT(document->root().ToJson() == writer.text());
}

RC_GTEST_PROP(JsonProperty, ACutTextIsNeverTakenForAWholeOne, ()) {
  const std::string whole = R"({"data":[{"id":"1","n":1.5,"ok":true,"x":null}],"next":"a"})";
  const auto size = *rc::gen::inRange<size_t>(0, whole.size());
  RC_ASSERT(!JsonDocument::Parse(whole.substr(0, size)).ok());
}

TEST(JsonRow, FlattensNestedObjectsByPath) {
  const JsonDocument document = Parsed(
      R"({"id":7,"ok":true,"no":false,"nil":null,"address":{"city":"Ulm","geo":{"lat":1.50}},"tags":["a",1]})");
  Row row;
  AddJsonFields(document.root(), row);
  EXPECT_EQ(row.Find("id")->kind, FieldKind::kNumber);
  EXPECT_EQ(row.Find("ok")->kind, FieldKind::kTrue);
  EXPECT_EQ(row.Find("no")->kind, FieldKind::kFalse);
  EXPECT_EQ(row.Find("nil")->kind, FieldKind::kNull);
  EXPECT_EQ(row.Find("address.city")->text, "Ulm");
  EXPECT_EQ(row.Find("address.geo.lat")->text, "1.50");
  EXPECT_EQ(row.Find("tags")->kind, FieldKind::kJson);
  EXPECT_EQ(row.Find("tags")->text, R"(["a",1])");
}

TEST(JsonRow, KeepsWhatIsTooDeepAsJson) {
  const JsonDocument document = Parsed(R"({"a":{"b":{"c":{"d":{"e":{"f":1}}}}}})");
  Row row;
  AddJsonFields(document.root(), row);
  EXPECT_EQ(row.Find("a.b.c.d.e")->text, R"({"f":1})");
}

}  // namespace
}  // namespace trueup
