#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "connectors/connector.h"
#include "connectors/files/file_set.h"
#include "connectors/files/settings.h"

namespace trueup::connectors::files {

// How much a page holds.
struct PageLimits {
  size_t records = 2000;
  size_t bytes = 4 << 20;
};

// The files of one object as a source of its records: the calls of Connector, for one object.
// Errors do not name system and object yet.
class ObjectSource {
 public:
  virtual ~ObjectSource() = default;
  virtual Result<std::vector<FieldInfo>> Describe(std::stop_token stop) = 0;
  virtual Result<Page> Pull(const std::string& cursor, std::stop_token stop) = 0;
  virtual Result<IdPage> ListIds(const std::string& next, std::stop_token stop) = 0;
  virtual Result<uint64_t> Count(std::stop_token stop) = 0;
  virtual Result<std::vector<ChangeEvent>> Fetch(const std::vector<std::string>& ids,
                                                 std::stop_token stop) = 0;
};

// What a source is made of.
struct SourceParts {
  std::string system;
  std::string object;
  std::string path;
  FileObjectSettings settings;
  PageLimits limits;
};

// Files that stay where they are and are the whole truth: what is in none of them is gone.
std::unique_ptr<ObjectSource> MakeFileSetSource(SourceParts parts);

// A folder that files are put into and taken from: each is a delta (README.md).
std::unique_ptr<ObjectSource> MakeInboxSource(SourceParts parts, InboxSettings inbox,
                                              std::shared_ptr<Clock> clock);

// A record as a change event; takes its row.
ChangeEvent ToEvent(const SourceParts& parts, FileRecord& record);
// Reads records from `position` on into the page until it is full or the files end.
Status ReadEvents(const SourceParts& parts, const FileSet& files, FilesPosition& position,
                  Page& page, std::stop_token stop);
// The fields of the first record; none where there is no record.
Result<std::vector<FieldInfo>> FirstFields(const FileSet& files, const FileObjectSettings& settings,
                                           std::stop_token stop);

}  // namespace trueup::connectors::files
