#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/hash.h"
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

// What tells one version of a file from another: size, modification time and inode. kInvalid where
// it is no regular file.
Result<std::string> VersionOf(const std::string& path);

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

// Where the newest version of each id stands in files that are taken in this order: that with the
// newest stamp, of equal ones the last. 40 bytes per id.
class NewestRecords {
 public:
  static Result<NewestRecords> Read(const FileSet& files, const FileObjectSettings& settings,
                                    std::stop_token stop);

  // Whether this record, met in the file of that index, is the newest of its id.
  bool Holds(const FileRecord& record, size_t file) const;
  size_t size() const { return records_.size(); }

 private:
  struct Found {
    Hash128 id;
    Instant modified;
    uint32_t file;
    int line;
  };
  std::vector<Found> records_;  // in order of id
};

}  // namespace trueup::connectors::files
