#include "connectors/singer/private_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "base/file.h"

namespace trueup::connectors::singer {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "trueup-singer-";

// Whether `name` is "trueup-singer-PID-..." of a process that is no more.
bool IsLeftOver(std::string_view name) {
  if (!name.starts_with(kPrefix)) return false;
  name.remove_prefix(kPrefix.size());
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
  if (error != std::errc() || pid <= 0 || end == name.data() + name.size() || *end != '-')
    return false;
  return ::kill(pid, 0) != 0 && errno == ESRCH;
}

void RemoveLeftOvers(const fs::path& folder) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (!IsLeftOver(entry.path().filename().string())) continue;
    struct stat about {};
    const bool ours = ::lstat(entry.path().c_str(), &about) == 0 && S_ISDIR(about.st_mode) &&
                      about.st_uid == ::geteuid();
    if (ours) fs::remove_all(entry.path(), ignored);
  }
}

Error Failure(const std::string& doing, const std::string& path) {
  return {ErrorKind::kTransient, "cannot " + doing + " " + path + ": " + ErrnoText(errno)};
}

}  // namespace

Result<std::unique_ptr<PrivateFolder>> PrivateFolder::Make() {
  std::error_code failed;
  const fs::path parent = fs::temp_directory_path(failed);
  if (failed) return Error(ErrorKind::kTransient, "there is no folder for temporary files");
  RemoveLeftOvers(parent);
  std::string path =
      (parent / (std::string(kPrefix) + std::to_string(::getpid()) + "-XXXXXX")).string();
  if (::mkdtemp(path.data()) == nullptr) return Failure("make the folder", path);
  return std::unique_ptr<PrivateFolder>(new PrivateFolder(std::move(path)));
}

PrivateFolder::~PrivateFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

Result<std::string> PrivateFolder::Write(const std::string& name, std::string_view content) const {
  std::string path = path_ + "/" + name;
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return Failure("create", path);
  while (!content.empty()) {
    const ssize_t put = ::write(file, content.data(), content.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) {
      Error error = Failure("write", path);
      ::close(file);
      return error;
    }
    content.remove_prefix(static_cast<size_t>(put));
  }
  ::close(file);
  return path;
}

}  // namespace trueup::connectors::singer
