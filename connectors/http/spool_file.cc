#include "connectors/http/spool_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "base/file.h"

namespace trueup::connectors {
namespace {

constexpr size_t kBufferBytes = 256 << 10;

Error Trouble(std::string_view doing) {
  return {ErrorKind::kTransient,
          "cannot " + std::string(doing) + " a file in /var/tmp: " + ErrnoText(errno)};
}

}  // namespace

Result<std::shared_ptr<SpoolFile>> SpoolFile::Make() {
  std::string path = "/var/tmp/trueup.XXXXXX";
  const int fd = ::mkostemp(path.data(), O_CLOEXEC);
  if (fd < 0) return Trouble("make");
  ::unlink(path.c_str());
  return std::shared_ptr<SpoolFile>(new SpoolFile(fd));
}

SpoolFile::~SpoolFile() { ::close(fd_); }

Status SpoolFile::Clear() {
  if (::ftruncate(fd_, 0) != 0) return Trouble("empty");
  size_ = 0;
  return {};
}

Status SpoolFile::Append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(size_));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return Trouble("write to");
    size_ += static_cast<uint64_t>(put);
    bytes.remove_prefix(static_cast<size_t>(put));
  }
  return {};
}

ByteSource SpoolFile::Read() {
  return [file = shared_from_this(), buffer = std::make_shared<std::string>(kBufferBytes, '\0'),
          offset = off_t{0}]() mutable -> Result<std::string_view> {
    for (;;) {
      const ssize_t got = ::pread(file->fd_, buffer->data(), buffer->size(), offset);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return Trouble("read");
      offset += got;
      return std::string_view(*buffer).substr(0, static_cast<size_t>(got));
    }
  };
}

}  // namespace trueup::connectors
