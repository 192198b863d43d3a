#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "config/settings.h"

namespace trueup::connectors::files {

enum class FileFormat { kCsv, kJsonLines };

// Where the files of an inbox go, and when one is whole (inbox.h).
struct InboxSettings {
  config::FilePath done;
  config::FilePath rejected;
  std::chrono::milliseconds settle = std::chrono::seconds(10);

  static const config::Table<InboxSettings>& Settings();
};

// One object: which files hold its records, and which columns say what.
struct FileObjectSettings {
  std::string
      file;  // name or pattern with * and ?, in the folder `path`; empty: `path` is the file
  FileFormat format = FileFormat::kCsv;
  std::string id;
  std::string modified;  // empty: the files tell none
  std::string created;
  std::string delimiter = ",";
  std::optional<InboxSettings> inbox;  // not set: that of the system

  static const config::Table<FileObjectSettings>& Settings();
};

struct FilesSettings {
  config::FilePath path;
  std::optional<InboxSettings> inbox;  // not set: the files stay and are the whole truth
  std::map<std::string, FileObjectSettings> objects;

  // The inbox of an object, or null where it has none.
  const InboxSettings* InboxOf(const FileObjectSettings& object) const;

  static const config::Table<FilesSettings>& Settings();
};

}  // namespace trueup::connectors::files
