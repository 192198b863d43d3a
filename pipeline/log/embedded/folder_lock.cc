#include "pipeline/log/embedded/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/file.h"

namespace trueup::pipeline::embedded {

Result<FolderLock> FolderLock::Take(const std::string& folder) {
  const std::string path = folder + "/LOCK";
  FolderLock lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (lock.fd_ < 0)
    return Error(ErrorKind::kInvalid, "cannot open " + path + ": " + ErrnoText(errno));
  if (::flock(lock.fd_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return Error(ErrorKind::kInvalid, "cannot lock " + path + ": " + ErrnoText(errno));
    }
    const Result<std::string> holder = ReadFile(path);
    return Error(ErrorKind::kConflict, "folder " + folder + " is in use by process " +
                                           (holder.ok() && !holder->empty() ? *holder : "unknown"));
  }
  const std::string self = std::to_string(::getpid());
  // Only for the message above: a failure to write it harms nothing.
  if (::ftruncate(lock.fd_, 0) != 0 || ::pwrite(lock.fd_, self.data(), self.size(), 0) < 0)
    return lock;
  return lock;
}

FolderLock::~FolderLock() {
  if (fd_ >= 0) ::close(fd_);
}

FolderLock::FolderLock(FolderLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

}  // namespace trueup::pipeline::embedded
