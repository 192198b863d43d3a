#include "connectors/files/file_bytes.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <utility>

#include "base/file.h"

namespace trueup::connectors::files {
namespace {

constexpr size_t kBufferBytes = 256 << 10;

// Running out of handles or memory, a disk or a server in trouble: the file may be fine.
ErrorKind KindOf(int code) {
  const bool passing = code == EMFILE || code == ENFILE || code == ENOMEM || code == EIO ||
                       code == ESTALE || code == EAGAIN || code == ETIMEDOUT;
  return passing ? ErrorKind::kTransient : ErrorKind::kInvalid;
}

class FileBytes {
 public:
  FileBytes(int fd, std::string path, uint64_t offset)
      : fd_(fd), path_(std::move(path)), offset_(offset), buffer_(kBufferBytes, '\0') {}
  ~FileBytes() { ::close(fd_); }
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  Result<std::string_view> Read() {
    for (;;) {
      const ssize_t got = ::pread(fd_, buffer_.data(), buffer_.size(), static_cast<off_t>(offset_));
      if (got >= 0) {
        offset_ += static_cast<uint64_t>(got);
        return std::string_view(buffer_).substr(0, static_cast<size_t>(got));
      }
      if (errno != EINTR) {
        return Error(KindOf(errno), "cannot read " + path_ + ": " + ErrnoText(errno));
      }
    }
  }

 private:
  const int fd_;
  const std::string path_;
  uint64_t offset_;
  std::string buffer_;
};

}  // namespace

Result<ByteSource> OpenFile(const std::string& path, uint64_t offset) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return Error(KindOf(errno), "cannot open " + path + ": " + ErrnoText(errno));
  }
  return ByteSource(
      [file = std::make_shared<FileBytes>(fd, path, offset)] { return file->Read(); });
}

}  // namespace trueup::connectors::files
