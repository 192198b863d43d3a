// What a crash, a full disk or a damaged file may do to the embedded log, and what it must not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <barrier>
#include <filesystem>
#include <random>
#include <thread>

#include "base/file.h"
#include "base/testing/child.h"
#include "base/testing/temporary_folder.h"
#include "pipeline/log/embedded/embedded_log.h"
#include "pipeline/log/embedded/fault_file_system.h"
#include "pipeline/log/embedded/format.h"

namespace trueup::pipeline {
namespace {

using embedded::FaultFileSystem;

const TopicPartition kWhere{"t", 0};
constexpr const char* kSegment = "t-0/00000000000000000000.log";

std::string ValueOf(uint64_t offset) {
  return std::to_string(offset) + std::string(offset % 90, '.');
}

std::vector<LogEntry> Entries(uint64_t first, uint64_t count) {
  std::vector<LogEntry> entries;
  for (uint64_t i = first; i < first + count; ++i) entries.push_back({"k", ValueOf(i)});
  return entries;
}

// Reads everything and checks each record; the end offset.
uint64_t CheckedEnd(Log& log) {
  const Result<std::vector<LogRecord>> records =
      log.Read(kWhere, log.Begin(kWhere).value(), 1 << 30, 1 << 30);
  EXPECT_TRUE(records.ok()) << records.error().message();
  if (records.ok()) {
    for (const LogRecord& record : *records) EXPECT_EQ(record.value, ValueOf(record.offset));
  }
  return log.End(kWhere).value();
}

constexpr EmbeddedLogOptions kNoFlusher{.flush_interval = std::chrono::milliseconds(0)};

// A folder with a log of three synced appends of two records, ended as by kill -9: without the mark
// of a clean close.
class CrashedLog : public ::testing::Test {
 protected:
  CrashedLog() {
    const TemporaryFolder live;
    auto log = OpenEmbeddedLog(live.path(), kNoFlusher).value();
    for (uint64_t i = 0; i < 3; ++i) {
      EXPECT_TRUE(log->Append(kWhere, Entries(2 * i, 2)).ok());
      EXPECT_TRUE(log->Sync(kWhere).ok());
    }
    id_ = ReadFile(live / "ID").value();
    crashed_ = ReadFile(live / kSegment).value();
    log.reset();
    closed_ = ReadFile(live / kSegment).value();
  }

  // Opens a log whose only segment has this content.
  Result<std::unique_ptr<Log>> OpenWith(const std::string& segment) {
    EXPECT_TRUE(MakeFolder(folder_ / "t-0").ok());
    EXPECT_TRUE(WriteFileAtomically(folder_ / "ID", id_).ok());
    EXPECT_TRUE(WriteFileAtomically(folder_ / kSegment, segment).ok());
    return OpenEmbeddedLog(folder_.path(), kNoFlusher);
  }

  TemporaryFolder folder_;
  std::string id_;
  std::string crashed_;
  std::string closed_;
};

TEST_F(CrashedLog, ATailTornAtAnyByteIsCutAtAnAppendAndWrittenOn) {
  std::vector<uint64_t> ends;
  for (size_t size = embedded::kSegmentHeaderBytes; size <= crashed_.size(); ++size) {
    const auto log = OpenWith(crashed_.substr(0, size));
    ASSERT_TRUE(log.ok()) << size << ": " << log.error().message();
    const uint64_t end = CheckedEnd(**log);
    EXPECT_EQ(end % 2, 0U) << "an append is there as a whole or not at all";
    ends.push_back(end);
    ASSERT_TRUE((*log)->Append(kWhere, Entries(end, 1)).ok());
    ASSERT_TRUE((*log)->Sync(kWhere).ok());
    EXPECT_EQ(CheckedEnd(**log), end + 1);
  }
  EXPECT_TRUE(std::is_sorted(ends.begin(), ends.end()));
  EXPECT_EQ(ends.back(), 6U);
}

TEST_F(CrashedLog, GarbageAndZerosBehindTheEndAreCut) {
  for (const std::string& tail :
       {std::string(5000, '\0'), std::string("TUF1TUF1TUF1garbage"), std::string(40, 'T')}) {
    const auto log = OpenWith(crashed_ + tail);
    ASSERT_TRUE(log.ok()) << log.error().message();
    EXPECT_EQ(CheckedEnd(**log), 6U);
  }
}

TEST_F(CrashedLog, AFlippedByteOfWhatIsKnownToBeDurableIsNeverSkipped) {
  // The last of the three appends has no later frame to bear witness unless the log was closed
  // cleanly.
  const size_t mark = closed_.size() - embedded::kFrameHeaderBytes;
  for (size_t at = 0; at < mark; ++at) {
    std::string damaged = closed_;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x40);
    const auto log = OpenWith(damaged);
    ASSERT_FALSE(log.ok()) << "byte " << at;
    EXPECT_EQ(log.error().kind(), ErrorKind::kCorrupt);
    EXPECT_THAT(log.error().message(), ::testing::HasSubstr(kSegment));
    EXPECT_THAT(log.error().message(), ::testing::HasSubstr("at byte "));
    EXPECT_EQ(ReadFile(folder_ / kSegment).value(), damaged)
        << "nothing is cut from a damaged file";
  }
}

TEST_F(CrashedLog, AFlippedByteOfTheLastAppendIsTakenForATornTail) {
  std::string damaged = crashed_;
  damaged.back() = static_cast<char>(damaged.back() ^ 1);
  const auto log = OpenWith(damaged);
  ASSERT_TRUE(log.ok()) << log.error().message();
  EXPECT_EQ(CheckedEnd(**log), 4U);
}

TEST(EmbeddedLogDamage, InASealedSegmentIsMetByReadersOfThatPlaceOnly) {
  const TemporaryFolder folder;
  const EmbeddedLogOptions options{.segment_bytes = 500,
                                   .flush_interval = std::chrono::milliseconds(0)};
  {
    const auto log = OpenEmbeddedLog(folder.path(), options).value();
    for (uint64_t i = 0; i < 50; ++i) ASSERT_TRUE(log->Append(kWhere, Entries(i, 1)).ok());
  }
  std::string bytes = ReadFile(folder / kSegment).value();
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  ASSERT_TRUE(WriteFileAtomically(folder / kSegment, bytes).ok());
  const auto log = OpenEmbeddedLog(folder.path(), options).value();
  EXPECT_EQ(log->Read(kWhere, 0, 2, 1 << 20).value().size(), 2U);
  const auto all = log->Read(kWhere, 0, 50, 1 << 20);
  ASSERT_FALSE(all.ok());
  EXPECT_EQ(all.error().kind(), ErrorKind::kCorrupt);
  EXPECT_THAT(all.error().message(), ::testing::HasSubstr(kSegment));
  EXPECT_EQ(log->Read(kWhere, 30, 50, 1 << 20).value().size(), 20U);
}

TEST(EmbeddedLogDamage, AFrameInAnothersPlaceIsNoticed) {
  const TemporaryFolder folder;
  const EmbeddedLogOptions options{.segment_bytes = 300,
                                   .flush_interval = std::chrono::milliseconds(0)};
  {
    const auto log = OpenEmbeddedLog(folder.path(), options).value();
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(log->Append(kWhere, {{"k", "value"}}).ok());
  }
  std::string bytes = ReadFile(folder / kSegment).value();
  const size_t frame = embedded::kFrameHeaderBytes + 8;
  const size_t first = embedded::kSegmentHeaderBytes;
  bytes.replace(first + 2 * frame, frame, bytes, first + frame, frame);
  ASSERT_TRUE(WriteFileAtomically(folder / kSegment, bytes).ok());
  const auto log = OpenEmbeddedLog(folder.path(), options).value();
  const auto records = log->Read(kWhere, 0, 20, 1 << 20);
  ASSERT_FALSE(records.ok());
  EXPECT_EQ(records.error().kind(), ErrorKind::kCorrupt);
  EXPECT_THAT(records.error().message(), ::testing::HasSubstr("offset 1 where offset 2 was due"));
}

TEST(EmbeddedLogDamage, AMissingSegmentIsNoticed) {
  const TemporaryFolder folder;
  const EmbeddedLogOptions options{.segment_bytes = 500,
                                   .flush_interval = std::chrono::milliseconds(0)};
  {
    const auto log = OpenEmbeddedLog(folder.path(), options).value();
    for (uint64_t i = 0; i < 50; ++i) ASSERT_TRUE(log->Append(kWhere, Entries(i, 1)).ok());
  }
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "t-0"))
    paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::filesystem::remove(paths[1]);
  const auto log = OpenEmbeddedLog(folder.path(), options).value();
  EXPECT_EQ(log->Read(kWhere, 0, 50, 1 << 20).error().kind(), ErrorKind::kCorrupt);
}

// Makes the `nth` effect of this name fail, once.
FaultFileSystem::Fault FailNth(const std::string& effect, int nth,
                               ErrorKind kind = ErrorKind::kTransient) {
  return [effect, nth, kind, seen = 0](const std::string& name,
                                       const std::string& path) mutable -> Status {
    if (name != effect || seen++ != nth) return {};
    return Error(kind, "no space left on " + path);
  };
}

// Of the frames in a folder's segments: a segment that was begun for nothing does not count.
uint64_t BytesIn(const std::string& folder) {
  uint64_t bytes = 0;
  if (!std::filesystem::exists(folder)) return 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() == ".log")
      bytes += file.file_size() - embedded::kSegmentHeaderBytes;
  }
  return bytes;
}

TEST(EmbeddedLogFault, AFullDiskTakesBackThePartialWriteAndLosesNothing) {
  for (int nth = 0; nth < 8; ++nth) {
    const TemporaryFolder folder;
    FaultFileSystem files;
    const EmbeddedLogOptions options{.segment_bytes = 300,
                                     .flush_interval = std::chrono::milliseconds(0),
                                     .file_system = &files};
    uint64_t next = 0;
    uint64_t bytes = 0;
    int failures = 0;
    {
      const auto log = OpenEmbeddedLog(folder.path(), options).value();
      files.SetFault(FailNth("write", nth));
      while (next < 20) {
        const Status appended = log->Append(kWhere, Entries(next, 2));
        if (!appended.ok()) {
          EXPECT_EQ(appended.error().kind(), ErrorKind::kTransient);
          EXPECT_EQ(BytesIn(folder / "t-0"), bytes) << "the partial write is still there";
          ++failures;
          continue;
        }
        next += 2;
        bytes = BytesIn(folder / "t-0");
      }
      ASSERT_TRUE(log->Sync(kWhere).ok());
      EXPECT_EQ(CheckedEnd(*log), 20U);
    }
    EXPECT_EQ(failures, 1) << "write " << nth;
    EXPECT_EQ(CheckedEnd(*OpenEmbeddedLog(folder.path(), options).value()), 20U);
  }
}

TEST(EmbeddedLogFault, AFailureOfAnyStepOfBeginningASegmentIsOvercome) {
  for (const std::string effect : {"create", "sync", "rename", "sync_folder"}) {
    for (int nth = 0; nth < 4; ++nth) {
      const TemporaryFolder folder;
      FaultFileSystem files;
      const EmbeddedLogOptions options{.segment_bytes = 100,
                                       .flush_interval = std::chrono::milliseconds(0),
                                       .file_system = &files};
      uint64_t next = 0;
      files.SetFault(FailNth(effect, nth));
      auto log = OpenEmbeddedLog(folder.path(), options).value();
      for (int tries = 0; next < 12 && tries < 30; ++tries) {
        const Status appended = log->Append(kWhere, Entries(next, 2));
        if (appended.ok()) {
          next += 2;
        } else if (appended.error().kind() == ErrorKind::kUncertain) {
          // What was not synced is gone; the writer reads back where the log ends.
          log.reset();
          log = OpenEmbeddedLog(folder.path(), options).value();
          next = log->End(kWhere).value();
        }
      }
      ASSERT_TRUE(log->Sync(kWhere).ok()) << effect << " " << nth;
      EXPECT_EQ(CheckedEnd(*log), 12U) << effect << " " << nth;
    }
  }
}

TEST(EmbeddedLogFault, AFailedSyncAcknowledgesNothingAndStopsWritingUntilReopened) {
  const TemporaryFolder folder;
  FaultFileSystem files;
  const EmbeddedLogOptions options{.flush_interval = std::chrono::milliseconds(0),
                                   .file_system = &files};
  auto log = OpenEmbeddedLog(folder.path(), options).value();
  ASSERT_TRUE(log->Append(kWhere, Entries(0, 2)).ok());
  ASSERT_TRUE(log->Sync(kWhere).ok());
  ASSERT_TRUE(log->Append(kWhere, Entries(2, 2)).ok());
  files.SetFault(FailNth("sync", 0));
  EXPECT_EQ(log->Sync(kWhere).error().kind(), ErrorKind::kUncertain);
  // A second fdatasync would succeed, falsely.
  EXPECT_EQ(log->Sync(kWhere).error().kind(), ErrorKind::kUncertain);
  EXPECT_EQ(log->Append(kWhere, Entries(4, 1)).error().kind(), ErrorKind::kUncertain);
  EXPECT_EQ(CheckedEnd(*log), 2U);
  log.reset();
  log = OpenEmbeddedLog(folder.path(), options).value();
  EXPECT_EQ(CheckedEnd(*log), 2U);
  ASSERT_TRUE(log->Append(kWhere, Entries(2, 1)).ok());
  ASSERT_TRUE(log->Sync(kWhere).ok());
  EXPECT_EQ(CheckedEnd(*log), 3U);
}

TEST(EmbeddedLogFault, AfterAPowerCutEverythingAcknowledgedIsThereAndTheRestIsAPrefix) {
  for (uint64_t seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const TemporaryFolder folder;
    FaultFileSystem files;
    const EmbeddedLogOptions options{.segment_bytes = 4000,
                                     .flush_interval = std::chrono::milliseconds(0),
                                     .file_system = &files};
    uint64_t appended = 0;
    uint64_t acknowledged = 0;
    {
      const auto log = OpenEmbeddedLog(folder.path(), options).value();
      for (uint64_t steps = random() % 60; steps > 0; --steps) {
        const uint64_t count = 1 + random() % 30;
        ASSERT_TRUE(log->Append(kWhere, Entries(appended, count)).ok());
        appended += count;
        if (random() % 4 == 0) {
          ASSERT_TRUE(log->Sync(kWhere).ok());
          acknowledged = appended;
        }
      }
      acknowledged = std::max(acknowledged, log->End(kWhere).value());
      // From here on nothing reaches the disk.
      files.SetFault([](const std::string&, const std::string&) -> Status {
        return Error(ErrorKind::kTransient, "the power is off");
      });
    }
    files.SetFault(nullptr);
    files.CutPower(random);
    const auto log = OpenEmbeddedLog(folder.path(), options);
    ASSERT_TRUE(log.ok()) << log.error().message();
    const uint64_t end = CheckedEnd(**log);
    EXPECT_GE(end, acknowledged);
    EXPECT_LE(end, appended);
  }
}

TEST(EmbeddedLogCrash, AfterKillNineEverythingAcknowledgedIsThere) {
  const TemporaryFolder folder;
  std::mt19937_64 random(20);
  uint64_t acknowledged = 0;
  for (int round = 0; round < 40; ++round) {
    Child child([&folder](const std::function<void(uint64_t)>& say) {
      const auto log = OpenEmbeddedLog(folder.path(), {.segment_bytes = 20000}).value();
      for (uint64_t next = log->End(kWhere).value();; next += 10) {
        if (!log->Append(kWhere, Entries(next, 10)).ok() || !log->Sync(kWhere).ok()) return;
        say(next + 10);
      }
    });
    for (uint64_t wait = random() % 30; wait > 0 && child.Hear(acknowledged); --wait) {
    }
    acknowledged = child.Kill(acknowledged);
    const auto log = OpenEmbeddedLog(folder.path(), {.segment_bytes = 20000});
    ASSERT_TRUE(log.ok()) << log.error().message();
    const uint64_t end = CheckedEnd(**log);
    ASSERT_GE(end, acknowledged);
    ASSERT_EQ(end % 10, 0U);
  }
  EXPECT_GT(acknowledged, 100U);
}

TEST(EmbeddedLog, OneFlushServesAllWhoWait) {
  const TemporaryFolder folder;
  FaultFileSystem files;
  const EmbeddedLogOptions options{.flush_interval = std::chrono::milliseconds(0),
                                   .file_system = &files};
  const auto log = OpenEmbeddedLog(folder.path(), options).value();
  ASSERT_TRUE(log->Append(kWhere, Entries(0, 1)).ok());
  const int before = files.syncs();
  constexpr int kThreads = 8;
  std::barrier all_appended(kThreads);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        ASSERT_TRUE(log->Append(kWhere, {{"k", "v"}}).ok());
        all_appended.arrive_and_wait();
        ASSERT_TRUE(log->Sync(kWhere).ok());
      });
    }
  }
  EXPECT_EQ(files.syncs() - before, 1);
  EXPECT_EQ(log->End(kWhere).value(), 1U + kThreads);
}

}  // namespace
}  // namespace trueup::pipeline
