#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/error.h"
#include "base/text_input.h"

namespace trueup::connectors {

// A file without a name for what is too large for memory; it is gone with its last owner, and with
// the process. One thread at a time.
class SpoolFile : public std::enable_shared_from_this<SpoolFile> {
 public:
  // In /var/tmp, which is on a disk where /tmp may be memory. kTransient where the machine has no
  // room.
  static Result<std::shared_ptr<SpoolFile>> Make();
  ~SpoolFile();
  SpoolFile(const SpoolFile&) = delete;
  SpoolFile& operator=(const SpoolFile&) = delete;

  Status Clear();
  Status Append(std::string_view bytes);
  // The bytes from the first on; keeps the file alive.
  ByteSource Read();

 private:
  explicit SpoolFile(int fd) : fd_(fd) {}

  const int fd_;
  uint64_t size_ = 0;
};

}  // namespace trueup::connectors
