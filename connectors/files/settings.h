#pragma once

#include <map>
#include <string>

#include "config/settings.h"

namespace trueup::connectors::files {

enum class FileFormat { kCsv, kJsonLines };

// One object: which files hold its records, and which columns say what.
struct FileObjectSettings {
  std::string
      file;  // name or pattern with * and ?, in the folder `path`; empty: `path` is the file
  FileFormat format = FileFormat::kCsv;
  std::string id;
  std::string modified;  // empty: the files tell none
  std::string created;
  std::string delimiter = ",";

  static const config::Table<FileObjectSettings>& Settings();
};

struct FilesSettings {
  config::FilePath path;
  std::map<std::string, FileObjectSettings> objects;

  static const config::Table<FilesSettings>& Settings();
};

}  // namespace trueup::connectors::files
