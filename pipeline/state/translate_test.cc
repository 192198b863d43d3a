#include "pipeline/state/translate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trueup::pipeline {
namespace {

using RocksStatus = rocksdb::Status;

TEST(TranslateStatus, TellsTheCallerWhatToDo) {
  const struct {
    RocksStatus status;
    ErrorKind kind;
  } rows[] = {
      {RocksStatus::Corruption("block checksum mismatch"), ErrorKind::kCorrupt},
      {RocksStatus::PathNotFound("000012.sst"), ErrorKind::kCorrupt},
      {RocksStatus::IOError("While lock file: db/LOCK", "Resource temporarily unavailable"),
       ErrorKind::kConflict},
      {RocksStatus::IOError("lock hold by current process, acquire time 1"), ErrorKind::kConflict},
      {RocksStatus::NoSpace("While appending to file"), ErrorKind::kTransient},
      {RocksStatus::IOError("While fsync"), ErrorKind::kTransient},
      {RocksStatus::Busy("try again"), ErrorKind::kTransient},
      {RocksStatus::TryAgain("later"), ErrorKind::kTransient},
      {RocksStatus::InvalidArgument("no such family"), ErrorKind::kInvalid},
      {RocksStatus::NotSupported("read only"), ErrorKind::kInvalid},
      {RocksStatus::ShutdownInProgress("closing"), ErrorKind::kCancelled},
  };
  for (const auto& row : rows) {
    const Error error = TranslateStatus(row.status, "writing to the store x");
    EXPECT_EQ(error.kind(), row.kind) << row.status.ToString();
    EXPECT_EQ(error.message(), "writing to the store x: " + row.status.ToString());
  }
}

}  // namespace
}  // namespace trueup::pipeline
