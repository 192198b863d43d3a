#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace trueup::connectors::singer {

// A folder that only we may look into (0700), for the files of one run of a tap (0600): its config
// holds secrets. Removed with all that is in it, also what the tap put there.
class PrivateFolder {
 public:
  // Below the machine's folder for temporary files. Also clears away what processes that are no
  // more have left: a kill -9 leaves no time to tidy up.
  static Result<std::unique_ptr<PrivateFolder>> Make();
  ~PrivateFolder();
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;

  // Writes a file and gives its path.
  Result<std::string> Write(const std::string& name, std::string_view content) const;

 private:
  explicit PrivateFolder(std::string path) : path_(std::move(path)) {}
  const std::string path_;
};

}  // namespace trueup::connectors::singer
