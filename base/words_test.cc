// Small parts: hashes, refs, problems, errors, files, clocks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/problems.h"
#include "base/ref.h"
#include "base/testing/temporary_folder.h"

namespace trueup {
namespace {

TEST(Hash, ChecksumsAreThoseOfTheStandards) {
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283U);
  EXPECT_EQ(Crc32c(""), 0U);
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8a9136aaU);
  EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62a8ab43U);
  Sha256 sha;
  sha.Update("a");
  sha.Update("bc");
  EXPECT_EQ(sha.FinishHex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Hash, AChecksumCanBeContinuedAtAnyByte) {
  const std::string text = "the quick brown fox jumps over the lazy dog";
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    EXPECT_EQ(Crc32c(text.substr(cut), Crc32c(text.substr(0, cut))), Crc32c(text));
  }
}

TEST(Hash, ResultsAreFixedBecauseIdsAreMadeOfThem) {
  EXPECT_EQ(HashBytes("").ToHex(), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(HashBytes("a").ToBytes().size(), 16U);
  const std::string id = ShortId("a-", "salesforce/Account/001");
  EXPECT_EQ(id.size(), 15U);
  EXPECT_THAT(id, ::testing::MatchesRegex("a-[2-9a-km-np-z]+"));
  EXPECT_EQ(id, ShortId("a-", "salesforce/Account/001"));
}

TEST(Ref, ReadsItsPartsAndKeepsSlashesInIds) {
  const Ref ref = Ref::Parse("sky/sites/a/b").value();
  EXPECT_EQ(ref.system(), "sky");
  EXPECT_EQ(ref.object(), "sites");
  EXPECT_EQ(ref.id(), "a/b");
  EXPECT_EQ(ref, Ref("sky", "sites", "a/b"));
  EXPECT_EQ(Ref::FromText(ref.text()).id(), "a/b");
  EXPECT_TRUE(Ref().empty());
  EXPECT_TRUE(Ref::FromText("").empty());
  for (const char* text : {"", "sky", "sky/sites", "sky/sites/", "/sites/1", "sky//1"}) {
    EXPECT_FALSE(Ref::Parse(text).ok()) << text;
  }
}

TEST(Problems, AreListedInOrderOfTheirPlace) {
  Problems problems;
  problems.Add({"b.yaml", 1, 1}, "last");
  problems.Add({"a.yaml", 10, 2}, "second", "try this");
  problems.Add({"a.yaml", 9, 5}, "first");
  problems.Add({"a.yaml", 0, 0}, "whole file");
  EXPECT_EQ(
      problems.ToText(),
      "a.yaml: error: whole file\na.yaml:9:5: error: first\na.yaml:10:2: error: second (try this)\n"
      "b.yaml:1:1: error: last\n");
}

TEST(DidYouMean, NamesTheNearestWordIfItIsNear) {
  const std::vector<std::string> words{"page_size", "timeout", "salesforce"};
  EXPECT_EQ(DidYouMean("page_szie", words), "did you mean \"page_size\"?");
  EXPECT_EQ(DidYouMean("timeuot", words), "did you mean \"timeout\"?");
  EXPECT_EQ(DidYouMean("sales_force", words), "did you mean \"salesforce\"?");
  EXPECT_EQ(DidYouMean("zebra", words), "");
  EXPECT_EQ(DidYouMean("", words), "");
  EXPECT_EQ(DidYouMean("x", {}), "");
}

TEST(Error, GathersContextFromTheInsideOut) {
  const Error error = Error(ErrorKind::kTransient, "no answer")
                          .RetryAfter(std::chrono::milliseconds(5))
                          .In("page 3")
                          .In("pulling sky");
  EXPECT_EQ(error.message(), "pulling sky: page 3: no answer");
  EXPECT_EQ(error.retry_after(), std::chrono::milliseconds(5));
  EXPECT_EQ(ToString(error.kind()), "transient");
}

Result<std::unique_ptr<int>> Half(int number) {
  if (number % 2 != 0) return Error(ErrorKind::kInvalid, "odd");
  return std::make_unique<int>(number / 2);
}

Result<int> Quarter(int number) {
  TRUEUP_ASSIGN(const std::unique_ptr<int> half, Half(number));
  TRUEUP_ASSIGN(const std::unique_ptr<int> quarter, Half(*half));
  return *quarter;
}

TEST(Result, TheMacrosPassValuesAndErrorsOn) {
  EXPECT_EQ(Quarter(8).value(), 2);
  EXPECT_EQ(Quarter(6).error().message(), "odd");
  EXPECT_TRUE(Status().ok());
}

TEST(File, IsReplacedAsAWhole) {
  const TemporaryFolder folder;
  const std::string path = folder / "file";
  ASSERT_TRUE(WriteFileAtomically(path, "old").ok());
  ASSERT_TRUE(WriteFileAtomically(path, std::string("new\0", 4)).ok());
  EXPECT_EQ(ReadFile(path).value(), std::string("new\0", 4));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1)
      << "no draft is left";
}

TEST(File, WhatCannotBeReadOrWrittenNamesThePath) {
  const TemporaryFolder folder;
  EXPECT_EQ(ReadFile(folder / "absent").error().kind(), ErrorKind::kInvalid);
  EXPECT_THAT(ReadFile(folder / "absent").error().message(),
              ::testing::HasSubstr(folder / "absent"));
  EXPECT_FALSE(ReadFile(folder.path()).ok());
  EXPECT_EQ(WriteFileAtomically(folder / "absent/file", "x").error().kind(), ErrorKind::kInvalid);
  ASSERT_TRUE(WriteFileAtomically(folder / "file", "x").ok());
  EXPECT_FALSE(MakeFolder(folder / "file/below").ok());
  EXPECT_TRUE(MakeFolder(folder / "a/b/c").ok());
  EXPECT_TRUE(MakeFolder(folder / "a/b/c").ok());
}

TEST(ManualClock, WaitingMovesItAtOnce) {
  ManualClock clock(FromMicros(1'000'000));
  const auto before = clock.Elapsed();
  EXPECT_TRUE(clock.Wait(std::chrono::hours(1), {}));
  EXPECT_EQ(clock.Now(), FromMicros(1'000'000) + std::chrono::hours(1));
  EXPECT_EQ(clock.Elapsed() - before, std::chrono::hours(1));
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(clock.Wait(std::chrono::hours(1), stop.get_token()));
}

TEST(SystemClock, StopsWaitingWhenAsked) {
  SystemClock clock;
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(clock.Wait(std::chrono::hours(1), stop.get_token()));
  EXPECT_TRUE(clock.Wait(std::chrono::microseconds(1), {}));
}

}  // namespace
}  // namespace trueup
