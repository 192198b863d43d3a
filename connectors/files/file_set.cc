#include "connectors/files/file_set.h"

#include <fnmatch.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <tuple>
#include <utility>

#include "base/file.h"
#include "base/hash.h"

namespace trueup::connectors::files {
namespace {

// How many records are read between two looks at the stop token: well under a millisecond of work.
constexpr uint64_t kRecordsPerLook = 256;

bool IsPattern(const std::string& name) { return name.find_first_of("*?[") != std::string::npos; }

Result<std::vector<std::string>> Match(const std::string& folder, const std::string& pattern) {
  std::vector<std::string> paths;
  std::error_code failure;
  for (auto entry = std::filesystem::directory_iterator(folder, failure);
       !failure && entry != std::filesystem::directory_iterator(); entry.increment(failure)) {
    const std::string name = entry->path().filename().string();
    if (::fnmatch(pattern.c_str(), name.c_str(), FNM_PERIOD) == 0) {
      paths.push_back(entry->path().string());
    }
  }
  if (failure) {
    return Error(ErrorKind::kInvalid, "cannot read folder " + folder + ": " + failure.message());
  }
  if (paths.empty()) {
    return Error(ErrorKind::kInvalid, "no file in " + folder + " fits \"" + pattern + "\"");
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

Result<std::string> VersionOf(const std::string& path) {
  struct ::stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    return Error(ErrorKind::kInvalid, "cannot read " + path + ": " + ErrnoText(errno));
  }
  if (!S_ISREG(info.st_mode)) {
    return Error(ErrorKind::kInvalid, "cannot read " + path + ": it is no regular file");
  }
  return std::to_string(info.st_size) + ' ' + std::to_string(info.st_ino) + ' ' +
         std::to_string(info.st_mtim.tv_sec) + '.' + std::to_string(info.st_mtim.tv_nsec);
}

Result<FileSet> FindFiles(const std::string& path, const FileObjectSettings& settings) {
  FileSet files;
  if (settings.file.empty()) {
    files.paths = {path};
  } else if (IsPattern(settings.file)) {
    TRUEUP_ASSIGN(files.paths, Match(path, settings.file));
  } else {
    files.paths = {(std::filesystem::path(path) / settings.file).string()};
  }
  std::string identity;
  for (const std::string& file : files.paths) {
    TRUEUP_ASSIGN(const std::string version, VersionOf(file));
    identity += file + '\0' + version + '\n';
  }
  files.identity = HashBytes(identity).ToHex();
  return files;
}

Status WalkRecords(const FileSet& files, const FileObjectSettings& settings,
                   FilesPosition& position, std::stop_token stop,
                   const std::function<bool(FileRecord&)>& take) {
  FileRecord record;
  uint64_t count = 0;
  for (; position.file < files.paths.size(); ++position.file, position.text = {}) {
    TRUEUP_ASSIGN(auto reader, OpenRecords(files.paths[position.file], settings, position.text));
    for (;;) {
      if (count++ % kRecordsPerLook == 0 && stop.stop_requested()) {
        return Error(ErrorKind::kCancelled, "reading " + files.paths[position.file] + " stopped");
      }
      TRUEUP_ASSIGN(const bool any, reader->Next(record));
      if (!any) break;
      const bool more = take(record);
      position.text = reader->position();
      if (!more) return {};
    }
  }
  return {};
}

Result<uint64_t> CheckRecords(const FileSet& files, const FileObjectSettings& settings,
                              std::stop_token stop) {
  struct Seen {
    Hash128 id;
    uint32_t file;
    int line;
  };
  std::vector<Seen> seen;
  FilesPosition position;
  TRUEUP_RETURN_IF_ERROR(
      WalkRecords(files, settings, position, stop, [&](const FileRecord& record) {
        seen.push_back(
            {HashBytes(record.id), static_cast<uint32_t>(position.file), record.place.line});
        return true;
      }));
  const auto order = [](const Seen& a, const Seen& b) {
    return std::tie(a.id, a.file, a.line) < std::tie(b.id, b.file, b.line);
  };
  std::sort(seen.begin(), seen.end(), order);
  const auto twice = std::adjacent_find(seen.begin(), seen.end(),
                                        [](const Seen& a, const Seen& b) { return a.id == b.id; });
  if (twice == seen.end()) return static_cast<uint64_t>(seen.size());
  const Seen& second = *(twice + 1);
  return TextError({files.paths[second.file], second.line, 1},
                   "the id of this record comes twice; first in " + files.paths[twice->file] + ":" +
                       std::to_string(twice->line));
}

Result<NewestRecords> NewestRecords::Read(const FileSet& files, const FileObjectSettings& settings,
                                          std::stop_token stop) {
  NewestRecords newest;
  std::vector<Found>& found = newest.records_;
  FilesPosition position;
  TRUEUP_RETURN_IF_ERROR(
      WalkRecords(files, settings, position, stop, [&](const FileRecord& record) {
        found.push_back({HashBytes(record.id), record.modified,
                         static_cast<uint32_t>(position.file), record.place.line});
        return true;
      }));
  // The newest first, so that it is the one that stays.
  std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
    if (a.id != b.id) return a.id < b.id;
    return std::tie(a.modified, a.file, a.line) > std::tie(b.modified, b.file, b.line);
  });
  const auto same = [](const Found& a, const Found& b) { return a.id == b.id; };
  found.erase(std::unique(found.begin(), found.end(), same), found.end());
  return newest;
}

bool NewestRecords::Holds(const FileRecord& record, size_t file) const {
  const Hash128 id = HashBytes(record.id);
  const auto found = std::lower_bound(
      records_.begin(), records_.end(), id,
      [](const Found& candidate, const Hash128& wanted) { return candidate.id < wanted; });
  return found != records_.end() && found->id == id && found->file == file &&
         found->line == record.place.line;
}

}  // namespace trueup::connectors::files
