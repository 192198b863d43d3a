#include "pipeline/runtime/tasks/checkpoint_shelf.h"

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/json.h"

namespace trueup::pipeline {
namespace {

namespace fs = std::filesystem;

constexpr size_t kKept = 2;
constexpr const char* kPositionsFile = "POSITIONS.json";
constexpr const char* kStateFolder = "state";
// What is being copied, or taken away: no reader looks at it.
constexpr const char* kUnfinished = ".part";

std::string EncodePositions(const CheckpointPositions& positions) {
  JsonWriter json;
  json.BeginArray();
  for (const auto& [where, offset] : positions) {
    json.BeginObject().Member("topic", where.topic).Member("partition", int64_t{where.partition});
    json.Member("offset", static_cast<int64_t>(offset)).EndObject();
  }
  json.EndArray();
  return json.Take();
}

Result<CheckpointPositions> ReadPositions(const std::string& folder) {
  const std::string path = folder + "/" + kPositionsFile;
  TRUEUP_ASSIGN(std::string text, ReadFile(path));
  auto document = JsonDocument::Parse(std::move(text));
  if (!document.ok()) return Error(ErrorKind::kCorrupt, document.error().message()).In(path);
  CheckpointPositions positions;
  for (const JsonValue& item : document->root()) {
    const TopicPartition where{std::string(item["topic"].text()),
                               static_cast<int>(item["partition"].integer().value_or(0))};
    positions[where] = static_cast<uint64_t>(item["offset"].integer().value_or(0));
  }
  return positions;
}

// One file system call's failure as ours.
Status Done(const std::error_code& failed, const std::string& doing) {
  if (!failed) return {};
  return Error(ErrorKind::kTransient, doing + ": " + failed.message());
}

// The regular files below a folder, as paths relative to it, with their sizes.
Result<std::map<std::string, uint64_t>> FilesOf(const std::string& folder) {
  std::map<std::string, uint64_t> files;
  std::error_code failed;
  for (fs::recursive_directory_iterator at(folder, failed), end; !failed && at != end;
       at.increment(failed)) {
    if (!at->is_regular_file(failed) || failed) continue;
    files[at->path().lexically_relative(folder)] = at->file_size(failed);
  }
  TRUEUP_RETURN_IF_ERROR(Done(failed, "looking through " + folder));
  return files;
}

Status CopyFolder(const std::string& from, const std::string& to, CopyProgress& progress,
                  const std::stop_token& stop) {
  TRUEUP_ASSIGN(const auto files, FilesOf(from));
  uint64_t bytes = 0;
  for (const auto& [path, size] : files) bytes += size;
  progress.Expect(files.size(), bytes);
  std::error_code failed;
  fs::create_directories(to, failed);
  for (const auto& [path, size] : files) {
    if (stop.stop_requested()) return Error(ErrorKind::kCancelled, "copying " + from);
    fs::create_directories(fs::path(to + "/" + path).parent_path(), failed);
    fs::copy_file(from + "/" + path, to + "/" + path, failed);
    TRUEUP_RETURN_IF_ERROR(Done(failed, "copying " + from + "/" + path + " to " + to));
    progress.AddFile(size);
  }
  return {};
}

class FolderShelf : public CheckpointShelf {
 public:
  explicit FolderShelf(std::string folder) : folder_(std::move(folder)) {}

  Status Put(int slot, const std::string& folder, const CheckpointPositions& positions) override {
    TRUEUP_ASSIGN(auto kept, Kept(slot));
    uint64_t number = 1;
    for (const Copy& copy : kept) number = std::max(number, copy.number + 1);
    const std::string path = PathOf(slot, number);
    const std::string part = path + kUnfinished;
    fs::remove_all(part);
    std::error_code failed;
    fs::create_directories(part, failed);
    TRUEUP_RETURN_IF_ERROR(Done(failed, "making " + part));
    CopyProgress unwatched;
    TRUEUP_RETURN_IF_ERROR(CopyFolder(folder, part + "/" + kStateFolder, unwatched, {}));
    TRUEUP_RETURN_IF_ERROR(
        WriteFileAtomically(part + "/" + kPositionsFile, EncodePositions(positions)));
    fs::rename(part, path, failed);
    TRUEUP_RETURN_IF_ERROR(Done(failed, "naming " + path));
    TRUEUP_ASSIGN(kept, Kept(slot));
    for (size_t i = 0; i + kKept < kept.size(); ++i) Drop(slot, kept[i].number);
    return {};
  }

  Result<bool> Fetch(int slot, const std::string& folder, CopyProgress& progress,
                     std::stop_token stop) override {
    TRUEUP_ASSIGN(const auto kept, Kept(slot));
    if (kept.empty()) return false;
    const std::string part = folder + kUnfinished;
    fs::remove_all(part);
    const std::string newest = PathOf(slot, kept.back().number) + "/" + kStateFolder;
    TRUEUP_RETURN_IF_ERROR(CopyFolder(newest, part, progress, stop));
    std::error_code failed;
    fs::rename(part, folder, failed);
    TRUEUP_RETURN_IF_ERROR(Done(failed, "naming " + folder));
    return true;
  }

  Result<CheckpointPositions> Needed(int slot) override {
    TRUEUP_ASSIGN(const auto kept, Kept(slot));
    CheckpointPositions needed;
    for (const Copy& copy : kept) {
      for (const auto& [inbox, offset] : copy.positions) {
        const auto [place, made] = needed.try_emplace(inbox, offset);
        if (!made) place->second = std::min(place->second, offset);
      }
    }
    return needed;
  }

 private:
  struct Copy {
    uint64_t number = 0;
    CheckpointPositions positions;

    uint64_t progress() const {
      uint64_t total = 0;
      for (const auto& [inbox, offset] : positions) total += offset;
      return total;
    }
  };

  std::string SlotFolder(int slot) const { return folder_ + "/slot-" + std::to_string(slot); }
  std::string PathOf(int slot, uint64_t number) const {
    return SlotFolder(slot) + "/" + std::to_string(number);
  }

  // The whole copies, the one that has come furthest last.
  Result<std::vector<Copy>> Kept(int slot) const {
    std::vector<Copy> copies;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(SlotFolder(slot), none)) {
      const std::string name = entry.path().filename();
      if (name.find_first_not_of("0123456789") != std::string::npos) continue;
      Copy copy;
      copy.number = std::stoull(name);
      TRUEUP_ASSIGN(copy.positions, ReadPositions(entry.path()));
      copies.push_back(std::move(copy));
    }
    std::sort(copies.begin(), copies.end(), [](const Copy& a, const Copy& b) {
      return std::pair(a.progress(), a.number) < std::pair(b.progress(), b.number);
    });
    return copies;
  }

  // Another instance may be reading it: then that one fails, and begins again with a newer one.
  void Drop(int slot, uint64_t number) const {
    std::error_code ignored;
    fs::rename(PathOf(slot, number), PathOf(slot, number) + kUnfinished, ignored);
    fs::remove_all(PathOf(slot, number) + kUnfinished, ignored);
  }

  const std::string folder_;
};

}  // namespace

void CopyProgress::Expect(uint64_t files, uint64_t bytes) {
  files_in_all_ = files;
  bytes_in_all_ = bytes;
}

void CopyProgress::AddFile(uint64_t bytes) {
  ++files_;
  bytes_ += bytes;
}

std::unique_ptr<CheckpointShelf> MakeFolderShelf(std::string folder) {
  return std::make_unique<FolderShelf>(std::move(folder));
}

}  // namespace trueup::pipeline
