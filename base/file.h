#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace trueup {

// The whole of a file. Missing or unreadable: kInvalid naming the path and the reason.
Result<std::string> ReadFile(const std::string& path);

// Replaces a file so that a crash leaves the old or the new content, never a part: written beside
// it, synced, renamed, and the folder synced. A full disk is kTransient.
Status WriteFileAtomically(const std::string& path, std::string_view content);

// Makes a folder and its parents; fine where it is there already.
Status MakeFolder(const std::string& path);

// The text of `errno` value `code`, for messages.
std::string ErrnoText(int code);

}  // namespace trueup
