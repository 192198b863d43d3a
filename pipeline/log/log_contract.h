#pragma once

// What every Log must do: include this in a test, and INSTANTIATE_TEST_SUITE_P(..., LogContract,
// Values(factory)).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "pipeline/log/log.h"

namespace trueup::pipeline {

// A log and the means to close it and open it anew over the same content.
class LogUnderTest {
 public:
  virtual ~LogUnderTest() = default;
  virtual Log& log() = 0;
  virtual void Reopen() = 0;
};

using LogFactory = std::function<std::unique_ptr<LogUnderTest>()>;

class LogContract : public ::testing::TestWithParam<LogFactory> {
 protected:
  LogContract() : subject_(GetParam()()) {}

  Log& log() { return subject_->log(); }
  void Reopen() { subject_->Reopen(); }

  // Appends values "<first>".."<first + count - 1>" with the key "k", and checks where they went.
  void AppendNumbers(int first, int count) {
    std::vector<LogEntry> entries;
    for (int i = first; i < first + count; ++i) entries.push_back({"k", std::to_string(i)});
    const Result<uint64_t> offset = log().Append(kWhere, entries);
    ASSERT_TRUE(offset.ok()) << offset.error().message();
    EXPECT_EQ(*offset, static_cast<uint64_t>(first));
  }

  void Sync() {
    const Status synced = log().Sync(kWhere);
    ASSERT_TRUE(synced.ok()) << synced.error().message();
  }

  // The values from `offset` on; each record's offset is checked on the way.
  std::vector<std::string> Values(uint64_t offset, size_t max_records = 1000000,
                                  size_t max_bytes = 1 << 30) {
    const Result<std::vector<LogRecord>> records =
        log().Read(kWhere, offset, max_records, max_bytes);
    EXPECT_TRUE(records.ok()) << records.error().message();
    std::vector<std::string> values;
    if (!records.ok()) return values;
    for (const LogRecord& record : *records) {
      EXPECT_EQ(record.offset, offset++);
      values.push_back(record.value);
    }
    return values;
  }

  const TopicPartition kWhere{"source.salesforce", 0};

 private:
  std::unique_ptr<LogUnderTest> subject_;
};

TEST_P(LogContract, MakesATopicOnceWithItsPartitions) {
  EXPECT_EQ(*log().Partitions("inbox"), 0);
  ASSERT_TRUE(log().MakeTopic("inbox", {3, false}).ok());
  EXPECT_EQ(*log().Partitions("inbox"), 3);
  EXPECT_TRUE(log().MakeTopic("inbox", {3, false}).ok());
  const Status other = log().MakeTopic("inbox", {4, false});
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().kind(), ErrorKind::kConflict);
  EXPECT_EQ(*log().Partitions("inbox"), 3);
}

TEST_P(LogContract, AnUnknownTopicIsEmpty) {
  EXPECT_EQ(log().Begin(kWhere).value(), 0U);
  EXPECT_EQ(log().End(kWhere).value(), 0U);
  EXPECT_THAT(Values(0), ::testing::IsEmpty());
}

TEST_P(LogContract, GivesBackKeysAndValuesAsTheyWere) {
  const std::vector<LogEntry> entries{
      {"", ""}, {"key", ""}, {"", "value"}, {std::string("\0\xff\n", 3), std::string(200000, 'x')}};
  ASSERT_TRUE(log().Append(kWhere, entries).ok());
  Sync();
  const std::vector<LogRecord> records = log().Read(kWhere, 0, 10, 1 << 30).value();
  ASSERT_EQ(records.size(), entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(records[i].key, entries[i].key);
    EXPECT_EQ(records[i].value, entries[i].value);
  }
}

TEST_P(LogContract, CountsOffsetsFromZeroPerPartition) {
  AppendNumbers(0, 3);
  AppendNumbers(3, 2);
  EXPECT_EQ(log().Append({kWhere.topic, 1}, {{"k", "v"}}).value(), 0U);
  EXPECT_EQ(log().Append({"source.sky", 0}, {{"k", "v"}}).value(), 0U);
}

TEST_P(LogContract, AnEmptyAppendTellsWhereTheNextRecordGoes) {
  AppendNumbers(0, 3);
  EXPECT_EQ(log().Append(kWhere, {}).value(), 3U);
}

TEST_P(LogContract, ReadsFromAnyOffset) {
  AppendNumbers(0, 500);
  Sync();
  for (const int from : {0, 1, 77, 499}) {
    const std::vector<std::string> values = Values(static_cast<uint64_t>(from));
    ASSERT_EQ(values.size(), static_cast<size_t>(500 - from));
    EXPECT_EQ(values.front(), std::to_string(from));
  }
  EXPECT_THAT(Values(500), ::testing::IsEmpty());
}

TEST_P(LogContract, StopsAtTheLimitsButGivesAtLeastOneRecord) {
  AppendNumbers(0, 100);
  Sync();
  EXPECT_EQ(Values(10, 7).size(), 7U);
  EXPECT_EQ(Values(10, 100, 1).size(), 1U);
  EXPECT_LT(Values(10, 100, 30).size(), 40U);
}

TEST_P(LogContract, RefusesPositionsOutsideTheLog) {
  AppendNumbers(0, 3);
  Sync();
  const auto beyond = log().Read(kWhere, 4, 1, 1);
  ASSERT_FALSE(beyond.ok());
  EXPECT_EQ(beyond.error().kind(), ErrorKind::kInvalid);
}

TEST_P(LogContract, KeepsEverythingOverReopening) {
  AppendNumbers(0, 100);
  Sync();
  const std::string id = log().id();
  Reopen();
  EXPECT_EQ(log().id(), id);
  EXPECT_EQ(log().End(kWhere).value(), 100U);
  AppendNumbers(100, 1);
  Sync();
  EXPECT_EQ(Values(0).size(), 101U);
}

TEST_P(LogContract, TrimNeverDropsAtOrAboveTheOffset) {
  for (int i = 0; i < 50; ++i) {
    AppendNumbers(i * 20, 20);
    Sync();
  }
  ASSERT_TRUE(log().Trim(kWhere, 500).ok());
  const uint64_t begin = log().Begin(kWhere).value();
  EXPECT_LE(begin, 500U);
  EXPECT_EQ(Values(begin).size(), 1000U - begin);
  EXPECT_EQ(Values(500).front(), "500");
  if (begin > 0) {
    EXPECT_EQ(log().Read(kWhere, begin - 1, 1, 1).error().kind(), ErrorKind::kInvalid);
  }
  Reopen();
  EXPECT_EQ(log().Begin(kWhere).value(), begin);
  EXPECT_EQ(log().End(kWhere).value(), 1000U);
}

TEST_P(LogContract, WaitsForRecordsThatBecomeDurable) {
  std::stop_source stop;
  EXPECT_FALSE(log().WaitFor(kWhere, 0, std::chrono::milliseconds(1), stop.get_token()));
  std::jthread writer([this] {
    AppendNumbers(0, 1);
    Sync();
  });
  EXPECT_TRUE(log().WaitFor(kWhere, 0, std::chrono::minutes(1), stop.get_token()));
  EXPECT_EQ(log().End(kWhere).value(), 1U);
}

TEST_P(LogContract, StopsWaitingWhenAsked) {
  std::stop_source stop;
  std::jthread stopper([&stop] { stop.request_stop(); });
  EXPECT_FALSE(log().WaitFor(kWhere, 0, std::chrono::minutes(10), stop.get_token()));
}

TEST_P(LogContract, ConcurrentWritersAndReadersSeeOneOrder) {
  constexpr int kWriters = 4;
  constexpr int kBatches = 50;
  constexpr int kPerBatch = 20;
  constexpr uint64_t kAll = kWriters * kBatches * kPerBatch;
  std::vector<std::string> seen[2];
  {
    std::vector<std::jthread> threads;
    for (int writer = 0; writer < kWriters; ++writer) {
      threads.emplace_back([this, writer] {
        for (int batch = 0; batch < kBatches; ++batch) {
          std::vector<LogEntry> entries;
          for (int i = 0; i < kPerBatch; ++i) {
            entries.push_back({std::to_string(writer), std::to_string(batch * kPerBatch + i)});
          }
          ASSERT_TRUE(log().Append(kWhere, entries).ok());
          ASSERT_TRUE(log().Sync(kWhere).ok());
        }
      });
    }
    for (std::vector<std::string>& mine : seen) {
      threads.emplace_back([this, &mine] {
        while (mine.size() < kAll) {
          const uint64_t next = mine.size();
          ASSERT_TRUE(log().WaitFor(kWhere, next, std::chrono::minutes(1), {}));
          for (const LogRecord& record : log().Read(kWhere, next, 333, 1 << 20).value()) {
            ASSERT_EQ(record.offset, mine.size());
            mine.push_back(record.key + ":" + record.value);
          }
        }
      });
    }
  }
  EXPECT_EQ(seen[0], seen[1]);
  for (int writer = 0; writer < kWriters; ++writer) {
    int next = 0;
    for (const std::string& record : seen[0]) {
      if (record.starts_with(std::to_string(writer) + ":")) {
        ASSERT_EQ(record.substr(2), std::to_string(next++));
      }
    }
    EXPECT_EQ(next, kBatches * kPerBatch);
  }
}

TEST_P(LogContract, RefusesNamesThatAreNone) {
  for (const char* topic : {"", "a/b", "a b", "\xc3\xa4"}) {
    EXPECT_EQ(log().Append({topic, 0}, {{"k", "v"}}).error().kind(), ErrorKind::kInvalid) << topic;
  }
  EXPECT_EQ(log().Append({"topic", -1}, {{"k", "v"}}).error().kind(), ErrorKind::kInvalid);
}

}  // namespace trueup::pipeline
