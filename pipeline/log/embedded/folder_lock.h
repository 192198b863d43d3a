#pragma once

#include <string>

#include "base/error.h"

namespace trueup::pipeline::embedded {

// Keeps a folder to one process: holds flock() on its file LOCK, in which the holder's process id
// stands. The kernel lets go when the process ends, however it ends.
class FolderLock {
 public:
  // kConflict, naming the holder, where somebody has it.
  static Result<FolderLock> Take(const std::string& folder);
  ~FolderLock();
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;

 private:
  explicit FolderLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace trueup::pipeline::embedded
