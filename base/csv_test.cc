#include "base/csv.h"

#include <gtest/gtest.h>

#include <string>

namespace trueup {
namespace {

// Gives a text in chunks of one size, so that every boundary falls everywhere.
ByteSource InChunks(std::string text, size_t size) {
  return [text = std::move(text), size, at = size_t{0}]() mutable -> Result<std::string_view> {
    const auto chunk = std::string_view(text).substr(at, size);
    at += chunk.size();
    return chunk;
  };
}

// "a|b" a record a line; an error ends it.
std::string ReadAll(CsvReader reader) {
  std::string out;
  CsvRecord record;
  for (;;) {
    const auto any = reader.Next(record);
    if (!any.ok()) return out + "error: " + any.error().message();
    if (!*any) return out;
    for (size_t i = 0; i < record.size(); ++i) {
      if (i > 0) out += '|';
      out += record[i];
    }
    out += '\n';
  }
}

struct Case {
  std::string name;
  std::string text;
  std::string expected;
};

const Case kCases[] = {
    {"Nothing", "", ""},
    {"Plain", "a,b\n1,2\n", "a|b\n1|2\n"},
    {"NoNewlineAtTheEnd", "a,b\n1,2", "a|b\n1|2\n"},
    {"Crlf", "a,b\r\n1,2\r\n", "a|b\n1|2\n"},
    {"EmptyCells", ",\n,x,\n", "|\n|x|\n"},
    {"QuotedEmpty", "\"\",\"\"\n", "|\n"},
    {"DoubledQuotes", "\"a \"\"b\"\"\",\"\"\"\"\n", "a \"b\"|\"\n"},
    {"DelimiterInQuotes", "\"a,b\",c\n", "a,b|c\n"},
    {"NewlineInQuotes", "\"a\nb\",c\nd,e\n", "a\nb|c\nd|e\n"},
    {"CrlfInQuotes", "\"a\r\nb\",c\r\n", "a\r\nb|c\n"},
    {"InchesInPlainCell", "5\" pipe,x\n", "5\" pipe|x\n"},
    {"BlankLines", "\na\n\r\n\nb\n\n", "a\nb\n"},
    {"Utf8", "Zürich,東京,🙂\n", "Zürich|東京|🙂\n"},
    {"UnclosedQuote", "a,b\n1,\"2\n3,4\n", "a|b\nerror: f.csv:2:3: this quote is never closed"},
    {"TextAfterQuote", "\"a\"b,c\n",
     "error: f.csv:1:4: a cell ends here, but neither the delimiter nor a line end follows"},
    {"Nul", std::string("a\nb\0c\n", 6), "a\nerror: f.csv:2:2: a NUL byte, which no text holds"},
    {"Latin1", "a,b\nx,Z\xFCrich\n",
     "a|b\nerror: f.csv:2:4: not UTF-8; save the file as UTF-8, for example with: iconv -f "
     "WINDOWS-1252 -t UTF-8"},
    {"Latin1InQuotes", "a\n\"x\ny\"\"\xE9\"\n",
     "a\nerror: f.csv:3:4: not UTF-8; save the file as UTF-8, for example with: iconv -f "
     "WINDOWS-1252 -t UTF-8"},
    {"Surrogate", "\xED\xA0\x80\n",
     "error: f.csv:1:1: not UTF-8; save the file as UTF-8, for example with: iconv -f "
     "WINDOWS-1252 -t UTF-8"},
};

TEST(Csv, ReadsOrRefusesWhateverTheChunks) {
  for (const Case& c : kCases) {
    for (const size_t size : {1, 2, 3, 7, 4096}) {
      EXPECT_EQ(ReadAll(CsvReader(InChunks(c.text, size), "f.csv")), c.expected)
          << c.name << " in chunks of " << size;
    }
  }
}

TEST(Csv, SkipsAByteOrderMark) {
  EXPECT_EQ(ReadAll(CsvReader(FromMemory("\xEF\xBB\xBF\"a\",b\n"), "f.csv")), "a|b\n");
}

TEST(Csv, SaysThatAFileIsUtf16) {
  EXPECT_EQ(ReadAll(CsvReader(FromMemory("\xFF\xFE\x61"), "f.csv")),
            "error: f.csv:1:1: the file is UTF-16; save it as UTF-8");
}

TEST(Csv, SplitsAtTheGivenDelimiter) {
  EXPECT_EQ(ReadAll(CsvReader(FromMemory("a,b\tc\n"), "f.csv", '\t')), "a,b|c\n");
}

TEST(Csv, RefusesARecordThatFillsTheMemory) {
  const std::string text = "\"" + std::string(17 << 20, 'x');
  EXPECT_NE(ReadAll(CsvReader(InChunks(text, 65536), "f.csv")).find("more than 16 MiB"),
            std::string::npos);
}

TEST(Csv, GoesOnFromEveryPosition) {
  const std::string text =
      "\xEF\xBB\xBF"
      "a,b\r\n\"1\n2\",3\r\n\n4,5\n\"6\"\"\",7";
  const std::string whole = ReadAll(CsvReader(FromMemory(text), "f.csv"));
  CsvReader reader(FromMemory(text), "f.csv");
  CsvRecord record;
  std::string read;
  for (;;) {
    const TextPosition at = reader.position();
    const auto rest = FromMemory(std::string_view(text).substr(at.offset));
    EXPECT_EQ(read + ReadAll(CsvReader(rest, "f.csv", ',', at)), whole);
    const auto any = reader.Next(record);
    ASSERT_TRUE(any.ok());
    if (!*any) break;
    read += std::string(record[0]) + "|" + std::string(record[1]) + "\n";
  }
}

TEST(Csv, KnowsThePlaceOfEachCellAlsoAfterGoingOn) {
  const std::string text = "a,b\n\"1\n2\",3\n4,5\n";
  CsvReader first(FromMemory(text), "f.csv");
  CsvRecord record;
  ASSERT_TRUE(first.Next(record).ok());
  ASSERT_TRUE(first.Next(record).ok());
  EXPECT_EQ(record.place(1).ToText(), "f.csv:3:4");
  const TextPosition at = first.position();
  CsvReader second(FromMemory(std::string_view(text).substr(at.offset)), "f.csv", ',', at);
  ASSERT_TRUE(second.Next(record).ok());
  EXPECT_EQ(record.place(1).ToText(), "f.csv:4:3");
}

}  // namespace
}  // namespace trueup
