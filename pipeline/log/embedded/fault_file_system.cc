#include "pipeline/log/embedded/fault_file_system.h"

#include <algorithm>

#include "base/file.h"

namespace trueup::pipeline::embedded {

class FaultFile : public File {
 public:
  FaultFile(FaultFileSystem& owner, std::shared_ptr<FaultFileSystem::Track> track,
            std::unique_ptr<File> real)
      : owner_(owner), track_(std::move(track)), real_(std::move(real)) {}

  Result<uint64_t> Size() override { return real_->Size(); }
  Result<size_t> ReadAt(uint64_t position, char* buffer, size_t size) override {
    return real_->ReadAt(position, buffer, size);
  }

  Status WriteAt(uint64_t position, std::string_view bytes) override {
    const Status allowed = owner_.Check("write", track_->path);
    if (allowed.ok()) return real_->WriteAt(position, bytes);
    TRUEUP_RETURN_IF_ERROR(real_->WriteAt(position, bytes.substr(0, bytes.size() / 2)));
    return allowed;
  }

  Status Truncate(uint64_t size) override {
    TRUEUP_RETURN_IF_ERROR(owner_.Check("truncate", track_->path));
    const std::lock_guard lock(owner_.mutex_);
    track_->synced_bytes = std::min(track_->synced_bytes, size);
    return real_->Truncate(size);
  }

  Status Sync() override {
    TRUEUP_RETURN_IF_ERROR(owner_.Check("sync", track_->path));
    TRUEUP_ASSIGN(const uint64_t size, real_->Size());
    TRUEUP_RETURN_IF_ERROR(real_->Sync());
    const std::lock_guard lock(owner_.mutex_);
    ++owner_.syncs_;
    track_->synced_bytes = size;
    return {};
  }

 private:
  FaultFileSystem& owner_;
  std::shared_ptr<FaultFileSystem::Track> track_;
  std::unique_ptr<File> real_;
};

void FaultFileSystem::SetFault(Fault fault) {
  const std::lock_guard lock(mutex_);
  fault_ = std::move(fault);
}

int FaultFileSystem::syncs() const {
  const std::lock_guard lock(mutex_);
  return syncs_;
}

Status FaultFileSystem::Check(const std::string& effect, const std::string& path) {
  const std::lock_guard lock(mutex_);
  return fault_ ? fault_(effect, path) : Status();
}

Result<std::unique_ptr<File>> FaultFileSystem::Open(const std::string& path, OpenMode mode) {
  if (mode == OpenMode::kCreate) TRUEUP_RETURN_IF_ERROR(Check("create", path));
  TRUEUP_ASSIGN(std::unique_ptr<File> real, real_.Open(path, mode));
  TRUEUP_ASSIGN(const uint64_t size, real->Size());
  const std::lock_guard lock(mutex_);
  std::shared_ptr<Track>& track = tracks_[path];
  // What is there when a file is first seen counts as durable.
  if (!track || mode == OpenMode::kCreate) track = std::make_shared<Track>(Track{path, size});
  return std::unique_ptr<File>(std::make_unique<FaultFile>(*this, track, std::move(real)));
}

Status FaultFileSystem::Rename(const std::string& from, const std::string& to) {
  TRUEUP_RETURN_IF_ERROR(Check("rename", from));
  TRUEUP_RETURN_IF_ERROR(real_.Rename(from, to));
  const std::lock_guard lock(mutex_);
  if (const auto moved = tracks_.extract(from)) {
    moved.mapped()->path = to;
    tracks_[to] = moved.mapped();
  }
  return {};
}

Status FaultFileSystem::Remove(const std::string& path) {
  TRUEUP_RETURN_IF_ERROR(Check("remove", path));
  const std::lock_guard lock(mutex_);
  tracks_.erase(path);
  return real_.Remove(path);
}

Status FaultFileSystem::SyncFolder(const std::string& path) {
  TRUEUP_RETURN_IF_ERROR(Check("sync_folder", path));
  return real_.SyncFolder(path);
}

void FaultFileSystem::CutPower(std::mt19937_64& random) {
  for (const auto& [path, track] : tracks_) {
    uint64_t& synced = track->synced_bytes;
    Result<std::string> content = ReadFile(path);
    if (!content.ok() || content->size() <= synced) continue;
    std::string& bytes = *content;
    bytes.resize(synced + random() % (bytes.size() - synced + 1));
    for (size_t begin = synced; begin < bytes.size(); begin += 512) {
      const size_t size = std::min<size_t>(512, bytes.size() - begin);
      if (random() % 4 == 0) bytes.replace(begin, size, size, '\0');
    }
    if (!WriteFileAtomically(path, bytes).ok()) continue;
    synced = bytes.size();
  }
}

}  // namespace trueup::pipeline::embedded
