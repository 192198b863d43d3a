#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/log/embedded/file_system.h"

namespace trueup::pipeline::embedded {

// For tests: the machine's file system, with faults that a test asks for. Safe from any thread.
class FaultFileSystem : public FileSystem {
 public:
  // Called before each effect with its name ("write", "sync", "truncate", "create", "rename",
  // "remove", "sync_folder") and path; an error makes the effect fail. A failed write first puts
  // half of its bytes, as a full disk does.
  using Fault = std::function<Status(const std::string& effect, const std::string& path)>;

  void SetFault(Fault fault);
  int syncs() const;

  // What a power cut leaves: of each file what was synced, and of what was written since an
  // arbitrary part, with holes. REQUIRES: nobody has files open.
  void CutPower(std::mt19937_64& random);

  Result<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) override;
  Result<std::vector<std::string>> List(const std::string& folder) override {
    return real_.List(folder);
  }
  Status MakeFolder(const std::string& path) override { return real_.MakeFolder(path); }
  Status Rename(const std::string& from, const std::string& to) override;
  Status Remove(const std::string& path) override;
  Status SyncFolder(const std::string& path) override;

 private:
  friend class FaultFile;
  // What is known of one file, whatever its name is now.
  struct Track {
    std::string path;
    uint64_t synced_bytes = 0;
  };
  Status Check(const std::string& effect, const std::string& path);

  FileSystem& real_ = RealFileSystem();
  mutable std::mutex mutex_;
  Fault fault_;
  int syncs_ = 0;
  std::map<std::string, std::shared_ptr<Track>> tracks_;  // by path
};

}  // namespace trueup::pipeline::embedded
