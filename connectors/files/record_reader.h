#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/instant.h"
#include "base/row.h"
#include "base/text_input.h"
#include "connectors/files/settings.h"

namespace trueup::connectors::files {

// One record of a file.
struct FileRecord {
  Place place;
  std::string id;
  Instant modified;
  std::optional<Instant> created;
  Row row;
};

// Reads the records of one file in order. Whatever is wrong with a record is kInvalid with
// "file:line:column".
class RecordReader {
 public:
  virtual ~RecordReader() = default;
  // The next record; false at the end.
  virtual Result<bool> Next(FileRecord& record) = 0;
  // Behind the last record.
  virtual TextPosition position() const = 0;
};

// Opens a file at a position that a reader gave (the default: its beginning).
Result<std::unique_ptr<RecordReader>> OpenRecords(const std::string& path,
                                                  const FileObjectSettings& settings,
                                                  TextPosition start);

}  // namespace trueup::connectors::files
