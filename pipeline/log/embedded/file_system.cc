#include "pipeline/log/embedded/file_system.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/file.h"

namespace trueup::pipeline::embedded {
namespace {

// What a person must put right is kInvalid; all else (space, quota, descriptors, a disk that
// hiccups) may pass.
Error Failure(std::string_view doing, const std::string& path, int code) {
  const bool lasting = code == EACCES || code == EPERM || code == EROFS || code == ENOENT ||
                       code == ENOTDIR || code == EISDIR || code == ENAMETOOLONG;
  return {lasting ? ErrorKind::kInvalid : ErrorKind::kTransient,
          "cannot " + std::string(doing) + " " + path + ": " + ErrnoText(code)};
}

class PosixFile : public File {
 public:
  PosixFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  ~PosixFile() override { ::close(fd_); }
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;

  Result<uint64_t> Size() override {
    struct stat facts {};
    if (::fstat(fd_, &facts) != 0) return Failure("stat", path_, errno);
    return static_cast<uint64_t>(facts.st_size);
  }

  Result<size_t> ReadAt(uint64_t position, char* buffer, size_t size) override {
    size_t done = 0;
    while (done < size) {
      const ssize_t got =
          ::pread(fd_, buffer + done, size - done, static_cast<off_t>(position + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return Failure("read", path_, errno);
      if (got == 0) break;
      done += static_cast<size_t>(got);
    }
    return done;
  }

  Status WriteAt(uint64_t position, std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t put = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(position));
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return Failure("write", path_, errno);
      bytes.remove_prefix(static_cast<size_t>(put));
      position += static_cast<uint64_t>(put);
    }
    return {};
  }

  Status Truncate(uint64_t size) override {
    if (::ftruncate(fd_, static_cast<off_t>(size)) != 0) return Failure("truncate", path_, errno);
    return {};
  }

  Status Sync() override {
    if (::fdatasync(fd_) != 0) return Failure("sync", path_, errno);
    return {};
  }

 private:
  int fd_;
  std::string path_;
};

int Flags(OpenMode mode) {
  switch (mode) {
    case OpenMode::kRead: return O_RDONLY;
    case OpenMode::kReadWrite: return O_RDWR;
    case OpenMode::kCreate: return O_RDWR | O_CREAT | O_TRUNC;
  }
  return O_RDONLY;
}

class PosixFileSystem : public FileSystem {
 public:
  Result<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) override {
    const int fd = ::open(path.c_str(), Flags(mode) | O_CLOEXEC, 0644);
    if (fd < 0) return Failure("open", path, errno);
    return std::unique_ptr<File>(std::make_unique<PosixFile>(fd, path));
  }

  Result<std::vector<std::string>> List(const std::string& folder) override {
    std::error_code failed;
    std::vector<std::string> names;
    for (auto entry = std::filesystem::directory_iterator(folder, failed);
         !failed && entry != std::filesystem::directory_iterator(); entry.increment(failed)) {
      names.push_back(entry->path().filename().string());
    }
    if (failed) return Failure("list", folder, failed.value());
    std::sort(names.begin(), names.end());
    return names;
  }

  Status MakeFolder(const std::string& path) override {
    if (::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) {
      return Failure("create folder", path, errno);
    }
    return {};
  }

  Status Rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return Failure("rename", from, errno);
    return {};
  }

  Status Remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0) return Failure("remove", path, errno);
    return {};
  }

  Status SyncFolder(const std::string& path) override {
    const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return Failure("open folder", path, errno);
    const int outcome = ::fsync(fd);
    const int code = errno;
    ::close(fd);
    if (outcome != 0) return Failure("sync folder", path, code);
    return {};
  }
};

}  // namespace

FileSystem& RealFileSystem() {
  static PosixFileSystem file_system;
  return file_system;
}

}  // namespace trueup::pipeline::embedded
