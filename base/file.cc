#include "base/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace trueup {
namespace {

// Owns a file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

Error Failure(const std::string& doing, const std::string& path, int code) {
  const ErrorKind kind =
      code == ENOSPC || code == EDQUOT ? ErrorKind::kTransient : ErrorKind::kInvalid;
  return {kind, "cannot " + doing + " " + path + ": " + ErrnoText(code)};
}

Status SyncFolder(const std::string& path) {
  const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || ::fsync(folder.get()) != 0) return Failure("sync", path, errno);
  return {};
}

}  // namespace

std::string ErrnoText(int code) { return std::generic_category().message(code); }

Result<std::string> ReadFile(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return Failure("open", path, errno);
  std::string content;
  std::array<char, 65536> buffer;
  while (true) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failure("read", path, errno);
    if (got == 0) return content;
    content.append(buffer.data(), static_cast<size_t>(got));
  }
}

Status WriteFileAtomically(const std::string& path, std::string_view content) {
  const std::string draft = path + ".part";
  {
    const Descriptor file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (file.get() < 0) return Failure("create", draft, errno);
    std::string_view rest = content;
    while (!rest.empty()) {
      const ssize_t put = ::write(file.get(), rest.data(), rest.size());
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return Failure("write", draft, errno);
      rest.remove_prefix(static_cast<size_t>(put));
    }
    if (::fsync(file.get()) != 0) return Failure("sync", draft, errno);
  }
  if (::rename(draft.c_str(), path.c_str()) != 0) return Failure("rename", draft, errno);
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return SyncFolder(folder.empty() ? "." : folder);
}

Status MakeFolder(const std::string& path) {
  std::error_code failed;
  std::filesystem::create_directories(path, failed);
  if (failed) return Failure("create folder", path, failed.value());
  return {};
}

}  // namespace trueup
