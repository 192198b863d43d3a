#include "connectors/files/inbox.h"

#include <fnmatch.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <set>
#include <system_error>
#include <tuple>
#include <utility>

#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/logging.h"
#include "connectors/files/file_set.h"

namespace trueup::connectors::files {
namespace {

namespace fs = std::filesystem;

Instant ToInstant(const struct ::timespec& time) {
  return Instant(
      std::chrono::microseconds(int64_t{time.tv_sec} * 1'000'000 + time.tv_nsec / 1'000));
}

bool SameTime(const struct ::timespec& a, const struct ::timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool Exists(const std::string& path) {
  struct ::stat info {};
  return ::lstat(path.c_str(), &info) == 0;
}

// "sites.csv", "sites.2.csv", "sites.3.csv": the first that is neither in the folder nor promised.
std::string FreeName(const std::string& folder, const std::string& name,
                     const std::set<std::string>& promised = {}) {
  const fs::path path(name);
  std::string candidate = name;
  const auto used = [&] {
    return promised.count(candidate) > 0 || Exists(folder + "/" + candidate);
  };
  for (int number = 2; used(); ++number) {
    candidate = path.stem().string() + "." + std::to_string(number) + path.extension().string();
  }
  return candidate;
}

// A file that is gone meanwhile is nobody's loss: somebody took it back.
Status Move(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) == 0 || errno == ENOENT) return {};
  const int code = errno;
  std::string text = "cannot move " + from + " to " + to + ": " + ErrnoText(code);
  if (code == EXDEV) text += "; the folders of an inbox must be on one file system";
  return Error(ErrorKind::kInvalid, std::move(text));
}

}  // namespace

Result<std::vector<WaitingFile>> Inbox::Waiting() const {
  struct Candidate {
    Instant changed;
    WaitingFile file;
  };
  std::vector<Candidate> whole;
  const Instant now = parts_.clock->Now();
  std::error_code failure;
  for (auto entry = fs::directory_iterator(parts_.folder, failure);
       !failure && entry != fs::directory_iterator(); entry.increment(failure)) {
    const std::string name = entry->path().filename().string();
    const std::string path = parts_.folder + "/" + name;
    struct ::stat info {};
    if (::fnmatch(parts_.pattern.c_str(), name.c_str(), FNM_PERIOD) != 0) continue;
    if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
    const Instant changed = ToInstant(info.st_mtim);
    const bool renamed = info.st_size > 0 && !SameTime(info.st_mtim, info.st_ctim);
    if (!renamed && now - changed < parts_.settings.settle) continue;
    const auto version = VersionOf(path);
    if (!version.ok()) continue;  // taken away since
    whole.push_back({changed, {name, path, HashBytes(name + '\0' + *version).ToHex()}});
  }
  if (failure) {
    return Error(ErrorKind::kInvalid,
                 "cannot read folder " + parts_.folder + ": " + failure.message());
  }
  std::sort(whole.begin(), whole.end(), [](const Candidate& a, const Candidate& b) {
    return std::tie(a.changed, a.file.name) < std::tie(b.changed, b.file.name);
  });
  std::vector<WaitingFile> files;
  for (Candidate& candidate : whole) files.push_back(std::move(candidate.file));
  return files;
}

std::string Inbox::PathOf(const TakenFile& file) const {
  return parts_.settings.done.path + "/" + file.name;
}

std::string Inbox::ListPath() const {
  return parts_.settings.done.path + "/.taken-" + parts_.system + "-" + parts_.object + ".jsonl";
}

Result<std::vector<TakenFile>> Inbox::Taken() const {
  std::vector<TakenFile> files;
  const std::string path = ListPath();
  if (!Exists(path)) return files;
  TRUEUP_ASSIGN(const std::string text, ReadFile(path));
  int number = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    ++number;
    if (line.empty()) continue;
    const auto parsed = JsonDocument::Parse(line);
    TakenFile file;
    if (parsed.ok()) {
      file.name = parsed->root()["file"].text();
      file.identity = parsed->root()["identity"].text();
    }
    if (file.name.empty() || file.identity.empty()) {
      return Error(ErrorKind::kCorrupt,
                   path + ":" + std::to_string(number) + ": the line names no file that was taken");
    }
    files.push_back(std::move(file));
  }
  return files;
}

Status Inbox::FinishMoves(const std::vector<WaitingFile>& waiting) {
  if (waiting.empty()) return {};
  TRUEUP_ASSIGN(const auto taken, Taken());
  for (const WaitingFile& file : waiting) {
    const auto known = std::find_if(taken.begin(), taken.end(), [&](const TakenFile& candidate) {
      return candidate.identity == file.identity;
    });
    if (known != taken.end()) TRUEUP_RETURN_IF_ERROR(Move(file.path, PathOf(*known)));
  }
  return {};
}

Status Inbox::MoveToDone(const WaitingFile& file) {
  TRUEUP_RETURN_IF_ERROR(MakeFolder(parts_.settings.done.path));
  TRUEUP_ASSIGN(const auto taken, Taken());
  std::set<std::string> promised;
  std::string list;
  const auto add = [&list](const std::string& in_done, const std::string& identity) {
    JsonWriter line;
    line.BeginObject().Member("file", in_done).Member("identity", identity).EndObject();
    list += line.Take() + "\n";
  };
  for (const TakenFile& before : taken) {
    add(before.name, before.identity);
    promised.insert(before.name);
  }
  const std::string name = FreeName(parts_.settings.done.path, file.name, promised);
  add(name, file.identity);
  TRUEUP_RETURN_IF_ERROR(WriteFileAtomically(ListPath(), list));
  return Move(file.path, parts_.settings.done.path + "/" + name);
}

Status Inbox::Reject(const WaitingFile& file, const std::string& reason) {
  TRUEUP_RETURN_IF_ERROR(MakeFolder(parts_.settings.rejected.path));
  const std::string target =
      parts_.settings.rejected.path + "/" + FreeName(parts_.settings.rejected.path, file.name);
  // The reason first: a crash in between leaves a reason that is written again, never a file
  // without one.
  TRUEUP_RETURN_IF_ERROR(WriteFileAtomically(target + ".reason.txt", reason + "\n"));
  TRUEUP_RETURN_IF_ERROR(Move(file.path, target));
  LogWarning("files", parts_.system + "/" + parts_.object + ": moved " + file.name + " to " +
                          target + ": " + reason);
  return {};
}

}  // namespace trueup::connectors::files
