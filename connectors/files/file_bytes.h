#pragma once

#include <cstdint>
#include <string>

#include "base/text_input.h"

namespace trueup::connectors::files {

// The bytes of a file from `offset` on, through one buffer. What is not a readable file is
// kInvalid; kTransient where the machine is in trouble and not the file.
Result<ByteSource> OpenFile(const std::string& path, uint64_t offset);

}  // namespace trueup::connectors::files
