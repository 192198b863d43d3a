#include "connectors/files/object_source.h"

#include <utility>

namespace trueup::connectors::files {

ChangeEvent ToEvent(const SourceParts& parts, FileRecord& record) {
  ChangeEvent event;
  event.ref = Ref(parts.system, parts.object, record.id);
  event.modified = record.modified;
  event.created = record.created;
  event.row = std::move(record.row);
  return event;
}

Status ReadEvents(const SourceParts& parts, const FileSet& files, FilesPosition& position,
                  Page& page, std::stop_token stop) {
  size_t bytes = 0;
  TRUEUP_RETURN_IF_ERROR(
      WalkRecords(files, parts.settings, position, stop, [&](FileRecord& record) {
        bytes += record.row.bytes().size();
        page.events.push_back(ToEvent(parts, record));
        return page.events.size() < parts.limits.records && bytes < parts.limits.bytes;
      }));
  page.received = page.events.size();
  return {};
}

Result<std::vector<FieldInfo>> FirstFields(const FileSet& files, const FileObjectSettings& settings,
                                           std::stop_token stop) {
  std::vector<FieldInfo> fields;
  FilesPosition position;
  TRUEUP_RETURN_IF_ERROR(WalkRecords(files, settings, position, stop, [&](FileRecord& record) {
    for (const Field& field : record.row) fields.emplace_back().name = field.name;
    return false;
  }));
  return fields;
}

}  // namespace trueup::connectors::files
