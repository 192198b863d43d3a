#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace trueup::pipeline::embedded {

// An open file. ReadAt and Sync are safe beside a WriteAt in another thread.
class File {
 public:
  virtual ~File() = default;
  virtual Result<uint64_t> Size() = 0;
  // Up to `size` bytes into `buffer`; fewer only at the end of the file.
  virtual Result<size_t> ReadAt(uint64_t position, char* buffer, size_t size) = 0;
  // All bytes, or an error (a full disk is kTransient); after an error a part of them may be in the
  // file.
  virtual Status WriteAt(uint64_t position, std::string_view bytes) = 0;
  virtual Status Truncate(uint64_t size) = 0;
  // Content and size are durable when this returns. After an error the unsynced content is unknown.
  virtual Status Sync() = 0;
};

enum class OpenMode { kRead, kReadWrite, kCreate };

// What the log asks of the operating system: the seam at which tests make writes fail and cut the
// power.
class FileSystem {
 public:
  virtual ~FileSystem() = default;
  virtual Result<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) = 0;
  // Names in a folder, sorted.
  virtual Result<std::vector<std::string>> List(const std::string& folder) = 0;
  virtual Status MakeFolder(const std::string& path) = 0;
  virtual Status Rename(const std::string& from, const std::string& to) = 0;
  virtual Status Remove(const std::string& path) = 0;
  // Makes the names in a folder durable.
  virtual Status SyncFolder(const std::string& path) = 0;
};

// The machine's.
FileSystem& RealFileSystem();

}  // namespace trueup::pipeline::embedded
