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

  void SetUp() override {
    const Status made = log().MakeTopic(kWhere.topic, {2, false});
    ASSERT_TRUE(made.ok()) << made.error().message();
  }

  Log& log() { return subject_->log(); }
  void Reopen() { subject_->Reopen(); }

  // Appends values "<first>".."<first + count - 1>" with the key "k".
  void AppendNumbers(int first, int count) {
    std::vector<LogEntry> entries;
    for (int i = first; i < first + count; ++i) entries.push_back({"k", std::to_string(i)});
    const Status appended = log().Append(kWhere, entries);
    ASSERT_TRUE(appended.ok()) << appended.error().message();
  }

  void Sync() {
    const Status synced = log().Sync(kWhere);
    ASSERT_TRUE(synced.ok()) << synced.error().message();
  }

  // What one Read gives from `offset` on; each record's offset is checked on the way.
  std::vector<LogRecord> ReadOnce(const TopicPartition& where, uint64_t offset, size_t max_records,
                                  size_t max_bytes) {
    Result<std::vector<LogRecord>> records = log().Read(where, offset, max_records, max_bytes);
    EXPECT_TRUE(records.ok()) << records.error().message();
    if (!records.ok()) return {};
    for (const LogRecord& record : *records) EXPECT_EQ(record.offset, offset++);
    return std::move(records).value();
  }

  // All records from `offset` on.
  std::vector<LogRecord> ReadAll(const TopicPartition& where, uint64_t offset) {
    std::vector<LogRecord> all;
    while (true) {
      std::vector<LogRecord> some = ReadOnce(where, offset + all.size(), 1000000, 1 << 30);
      if (some.empty()) return all;
      std::move(some.begin(), some.end(), std::back_inserter(all));
    }
  }

  std::vector<std::string> Values(const TopicPartition& where, uint64_t offset) {
    std::vector<std::string> values;
    for (LogRecord& record : ReadAll(where, offset)) values.push_back(std::move(record.value));
    return values;
  }
  std::vector<std::string> Values(uint64_t offset) { return Values(kWhere, offset); }

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
  const TopicPartition nowhere{"unknown", 0};
  EXPECT_EQ(log().Begin(nowhere).value(), 0U);
  EXPECT_EQ(log().End(nowhere).value(), 0U);
  EXPECT_THAT(Values(nowhere, 0), ::testing::IsEmpty());
}

TEST_P(LogContract, TellsManyEndsAtOnce) {
  ASSERT_TRUE(log().MakeTopic("inbox", {2, false}).ok());
  const TopicPartition other{"inbox", 1};
  const TopicPartition nowhere{"unknown", 0};
  ASSERT_TRUE(log().Append(kWhere, {{"k", "a"}, {"k", "b"}}).ok());
  ASSERT_TRUE(log().Append(other, {{"k", "c"}}).ok());
  Sync();
  ASSERT_TRUE(log().Sync(other).ok());
  const auto ends = log().Ends({kWhere, other, {"inbox", 0}, nowhere}).value();
  EXPECT_THAT(
      ends, ::testing::UnorderedElementsAre(::testing::Pair(kWhere, 2U), ::testing::Pair(other, 1U),
                                            ::testing::Pair(TopicPartition{"inbox", 0}, 0U),
                                            ::testing::Pair(nowhere, 0U)));
  EXPECT_TRUE(log().Ends({}).value().empty());
}

TEST_P(LogContract, GivesBackKeysAndValuesAsTheyWere) {
  const std::vector<LogEntry> entries{
      {"", ""}, {"key", ""}, {"", "value"}, {std::string("\0\xff\n", 3), std::string(200000, 'x')}};
  ASSERT_TRUE(log().Append(kWhere, entries).ok());
  Sync();
  const std::vector<LogRecord> records = ReadAll(kWhere, 0);
  ASSERT_EQ(records.size(), entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(records[i].key, entries[i].key);
    EXPECT_EQ(records[i].value, entries[i].value);
  }
}

TEST_P(LogContract, CountsOffsetsFromZeroPerPartition) {
  AppendNumbers(0, 3);
  AppendNumbers(3, 2);
  Sync();
  EXPECT_THAT(Values(0), ::testing::ElementsAre("0", "1", "2", "3", "4"));
  ASSERT_TRUE(log().MakeTopic("source.sky", {1, false}).ok());
  for (const TopicPartition& other : {TopicPartition{kWhere.topic, 1}, {"source.sky", 0}}) {
    ASSERT_TRUE(log().Append(other, {{"k", "v"}}).ok());
    ASSERT_TRUE(log().Sync(other).ok());
    EXPECT_THAT(Values(other, 0), ::testing::ElementsAre("v"));
  }
}

TEST_P(LogContract, AnEmptyAppendIsNone) {
  AppendNumbers(0, 3);
  ASSERT_TRUE(log().Append(kWhere, {}).ok());
  Sync();
  EXPECT_EQ(log().End(kWhere).value(), 3U);
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
  EXPECT_EQ(ReadOnce(kWhere, 10, 7, 1 << 20).size(), 7U);
  EXPECT_EQ(ReadOnce(kWhere, 10, 100, 1).size(), 1U);
  EXPECT_LT(ReadOnce(kWhere, 10, 100, 30).size(), 40U);
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
