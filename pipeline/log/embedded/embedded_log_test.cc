#include "pipeline/log/embedded/embedded_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "base/testing/temporary_folder.h"
#include "pipeline/log/log_contract.h"

namespace trueup::pipeline {
namespace {

class EmbeddedLogUnderTest : public LogUnderTest {
 public:
  explicit EmbeddedLogUnderTest(EmbeddedLogOptions options) : options_(options) { Reopen(); }
  Log& log() override { return *log_; }
  void Reopen() override {
    log_.reset();
    auto opened = OpenEmbeddedLog(folder_.path(), options_);
    if (!opened.ok())
      ADD_FAILURE() << opened.error().message();
    else
      log_ = std::move(opened).value();
  }

 private:
  TemporaryFolder folder_;
  EmbeddedLogOptions options_;
  std::unique_ptr<Log> log_;
};

LogFactory Factory(EmbeddedLogOptions options) {
  return [options] { return std::make_unique<EmbeddedLogUnderTest>(options); };
}

std::string NameOf(const ::testing::TestParamInfo<LogFactory>& info) {
  static constexpr const char* kNames[] = {"AsItShips", "TinySegments", "NoFlusher"};
  return kNames[info.index];
}

INSTANTIATE_TEST_SUITE_P(
    Embedded, LogContract,
    ::testing::Values(Factory({}), Factory({.segment_bytes = 1000}),
                      Factory({.flush_interval = std::chrono::milliseconds(0)})),
    NameOf);

const TopicPartition kWhere{"source.sky", 0};

std::unique_ptr<Log> Open(const std::string& folder, const EmbeddedLogOptions& options = {}) {
  auto log = OpenEmbeddedLog(folder, options);
  EXPECT_TRUE(log.ok()) << log.error().message();
  return log.ok() ? std::move(log).value() : nullptr;
}

TEST(EmbeddedLog, ShowsNothingBeforeItIsDurable) {
  const TemporaryFolder folder;
  const auto log = Open(folder.path(), {.flush_interval = std::chrono::milliseconds(0)});
  ASSERT_TRUE(log->Append(kWhere, {{"k", "v"}}).ok());
  EXPECT_EQ(log->End(kWhere).value(), 0U);
  EXPECT_TRUE(log->Read(kWhere, 0, 1, 1).value().empty());
  ASSERT_TRUE(log->Sync(kWhere).ok());
  EXPECT_EQ(log->Read(kWhere, 0, 1, 1).value().size(), 1U);
}

TEST(EmbeddedLog, MakesAppendsDurableByItself) {
  const TemporaryFolder folder;
  const auto log = Open(folder.path());
  ASSERT_TRUE(log->Append(kWhere, {{"k", "v"}}).ok());
  EXPECT_TRUE(log->WaitFor(kWhere, 0, std::chrono::minutes(1), {}));
}

TEST(EmbeddedLog, IsOpenInOnePlaceOnly) {
  const TemporaryFolder folder;
  auto log = Open(folder.path());
  const auto second = OpenEmbeddedLog(folder.path());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind(), ErrorKind::kConflict);
  EXPECT_THAT(second.error().message(),
              ::testing::HasSubstr("process " + std::to_string(::getpid())));
  log.reset();
  EXPECT_TRUE(OpenEmbeddedLog(folder.path()).ok());
}

TEST(EmbeddedLog, KeepsItsIdAndRefusesPartitionsWithoutOne) {
  const TemporaryFolder folder;
  auto log = Open(folder.path());
  const std::string id = log->id();
  EXPECT_EQ(id.size(), 32U);
  ASSERT_TRUE(log->Append(kWhere, {{"k", "v"}}).ok());
  log.reset();
  EXPECT_EQ(Open(folder.path())->id(), id);
  std::filesystem::remove(folder / "ID");
  EXPECT_EQ(OpenEmbeddedLog(folder.path()).error().kind(), ErrorKind::kCorrupt);
}

TEST(EmbeddedLog, RefusesASegmentOfAnotherLog) {
  const TemporaryFolder one;
  const TemporaryFolder other;
  for (const TemporaryFolder* folder : {&one, &other}) {
    ASSERT_TRUE(Open(folder->path())->Append(kWhere, {{"k", "v"}}).ok());
  }
  const std::string name = "/source.sky-0/00000000000000000000.log";
  std::filesystem::copy_file(one.path() + name, other.path() + name,
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_EQ(OpenEmbeddedLog(other.path()).error().kind(), ErrorKind::kCorrupt);
}

TEST(EmbeddedLog, RefusesARecordThatIsTooLargeButTakesTheNext) {
  const TemporaryFolder folder;
  const auto log = Open(folder.path());
  const Status refused = log->Append(kWhere, {{"k", std::string((64 << 20) + 1, 'x')}});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind(), ErrorKind::kRejected);
  ASSERT_TRUE(log->Append(kWhere, {{"k", "v"}}).ok());
  ASSERT_TRUE(log->Sync(kWhere).ok());
  EXPECT_EQ(log->End(kWhere).value(), 1U);
}

TEST(EmbeddedLog, TrimRemovesFilesAndAReaderInTheMiddleOfThemIsTold) {
  const TemporaryFolder folder;
  const auto log = Open(folder.path(), {.segment_bytes = 1000});
  for (int i = 0; i < 100; ++i)
    ASSERT_TRUE(log->Append(kWhere, {{"k", std::string(100, 'x')}}).ok());
  ASSERT_TRUE(log->Sync(kWhere).ok());
  const auto files = [&folder] {
    return std::distance(std::filesystem::directory_iterator(folder / "source.sky-0"), {});
  };
  const auto before = files();
  ASSERT_TRUE(log->Trim(kWhere, 60).ok());
  EXPECT_LT(files(), before / 2 + 1);
  EXPECT_GT(log->Begin(kWhere).value(), 50U);
  EXPECT_EQ(log->Read(kWhere, 10, 1, 1).error().kind(), ErrorKind::kInvalid);
}

TEST(EmbeddedLog, ReadersGoOnWhileSegmentsAreTrimmedUnderThem) {
  const TemporaryFolder folder;
  const auto log = Open(folder.path(), {.segment_bytes = 2000});
  constexpr int kRecords = 3000;
  std::jthread writer([&log] {
    for (int i = 0; i < kRecords; ++i) {
      ASSERT_TRUE(log->Append(kWhere, {{"k", std::string(100, 'x')}}).ok());
      if (i % 50 == 49) {
        ASSERT_TRUE(log->Sync(kWhere).ok());
      }
    }
  });
  uint64_t next = 0;
  while (next < kRecords) {
    ASSERT_TRUE(log->WaitFor(kWhere, next, std::chrono::minutes(1), {}));
    const Result<std::vector<LogRecord>> records = log->Read(kWhere, next, 37, 1 << 20);
    ASSERT_TRUE(records.ok()) << records.error().message();
    ASSERT_FALSE(records->empty());
    next = records->back().offset + 1;
    ASSERT_TRUE(log->Trim(kWhere, next).ok());
  }
}

}  // namespace
}  // namespace trueup::pipeline
