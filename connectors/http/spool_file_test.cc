#include "connectors/http/spool_file.h"

#include <gtest/gtest.h>

namespace trueup::connectors {
namespace {

std::string ReadAll(ByteSource source) {
  std::string text;
  for (;;) {
    const auto chunk = source();
    EXPECT_TRUE(chunk.ok());
    if (!chunk.ok() || chunk->empty()) return text;
    text += *chunk;
  }
}

TEST(SpoolFile, GivesBackWhatItTookHoweverMuch) {
  auto file = SpoolFile::Make();
  ASSERT_TRUE(file.ok()) << file.error().message();
  std::string all;
  for (int i = 0; i < 100'000; ++i) all += std::to_string(i);
  ASSERT_TRUE((*file)->Append(all.substr(0, 10)).ok());
  ASSERT_TRUE((*file)->Append(all.substr(10)).ok());
  EXPECT_EQ(ReadAll((*file)->Read()), all);
}

TEST(SpoolFile, BeginsAnewWhenCleared) {
  auto file = SpoolFile::Make();
  ASSERT_TRUE(file.ok()) << file.error().message();
  ASSERT_TRUE((*file)->Append("a first reply that was cut").ok());
  ASSERT_TRUE((*file)->Clear().ok());
  ASSERT_TRUE((*file)->Append("whole").ok());
  EXPECT_EQ(ReadAll((*file)->Read()), "whole");
}

TEST(SpoolFile, LivesAsLongAsItIsRead) {
  auto file = SpoolFile::Make();
  ASSERT_TRUE(file.ok()) << file.error().message();
  ASSERT_TRUE((*file)->Append("text").ok());
  ByteSource source = (*file)->Read();
  file->reset();
  EXPECT_EQ(ReadAll(std::move(source)), "text");
}

}  // namespace
}  // namespace trueup::connectors
