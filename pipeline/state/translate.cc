#include "pipeline/state/translate.h"

#include <string>

namespace trueup::pipeline {
namespace {

ErrorKind KindOfIoError(const rocksdb::Status& status, const std::string& text) {
  // RocksDB gives a held lock no code of its own.
  if (text.find("lock hold by current process") != std::string::npos ||
      text.find("While lock file") != std::string::npos) {
    return ErrorKind::kConflict;
  }
  // A file that the manifest names is not there.
  if (status.IsPathNotFound()) return ErrorKind::kCorrupt;
  return ErrorKind::kTransient;
}

ErrorKind KindOf(const rocksdb::Status& status, const std::string& text) {
  switch (status.code()) {
    case rocksdb::Status::kCorruption: return ErrorKind::kCorrupt;
    case rocksdb::Status::kIOError: return KindOfIoError(status, text);
    case rocksdb::Status::kNotSupported:
    case rocksdb::Status::kInvalidArgument:
    case rocksdb::Status::kColumnFamilyDropped: return ErrorKind::kInvalid;
    case rocksdb::Status::kShutdownInProgress: return ErrorKind::kCancelled;
    default: return ErrorKind::kTransient;
  }
}

}  // namespace

Error TranslateStatus(const rocksdb::Status& status, std::string_view doing) {
  const std::string text = status.ToString();
  return {KindOf(status, text), std::string(doing) + ": " + text};
}

}  // namespace trueup::pipeline
