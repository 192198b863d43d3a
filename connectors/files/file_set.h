#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "connectors/files/record_reader.h"

namespace trueup::connectors::files {

// The files of one object as they are now, in order of name.
struct FileSet {
  std::vector<std::string> paths;
  // Differs when any of the files has another name, size, modification time or inode.
  std::string identity;
};

// Finds the files of an object below `path`. None at all is kInvalid.
Result<FileSet> FindFiles(const std::string& path, const FileObjectSettings& settings);

// Where in a set of files a walk stands.
struct FilesPosition {
  size_t file = 0;  // index into FileSet::paths; its size: the end
  TextPosition text;
};

// Walks the records of `files` from `position` on until `take` gives false or the files end, and
// moves `position` behind the last record taken. Errors are those of RecordReader; kCancelled where
// `stop` is requested.
Status WalkRecords(const FileSet& files, const FileObjectSettings& settings,
                   FilesPosition& position, std::stop_token stop,
                   const std::function<bool(FileRecord&)>& take);

// Reads everything once and proves that it can be delivered: every record is whole and no id comes
// twice. Gives the number of records. Holds 24 bytes per record while it works.
Result<uint64_t> CheckRecords(const FileSet& files, const FileObjectSettings& settings,
                              std::stop_token stop);

}  // namespace trueup::connectors::files
