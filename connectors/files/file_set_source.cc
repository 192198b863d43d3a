#include <algorithm>
#include <utility>

#include "base/json.h"
#include "connectors/files/file_set.h"
#include "connectors/files/object_source.h"

namespace trueup::connectors::files {
namespace {

// How often a page is read again because its files changed meanwhile.
constexpr int kMaxChanges = 3;

// How far the files of one identity have been read.
struct FilesCursor {
  std::string identity;
  FilesPosition position;
  bool done = false;

  std::string ToJson() const {
    JsonWriter json;
    json.BeginObject().Member("identity", identity);
    json.Member("file", static_cast<int64_t>(position.file));
    json.Member("offset", static_cast<int64_t>(position.text.offset));
    json.Member("line", position.text.line).Key("done").Bool(done).EndObject();
    return json.Take();
  }

  // Nothing where the text is no cursor of ours.
  static std::optional<FilesCursor> FromJson(const std::string& text) {
    const auto parsed = JsonDocument::Parse(text);
    if (!parsed.ok()) return std::nullopt;
    const JsonValue root = parsed->root();
    const auto file = root["file"].integer();
    const auto offset = root["offset"].integer();
    const auto line = root["line"].integer();
    const bool sane = root["identity"].is_string() && file && offset && line && *file >= 0 &&
                      *offset >= 0 && *line >= 1;
    if (!sane) return std::nullopt;
    FilesCursor cursor;
    cursor.identity = root["identity"].text();
    cursor.position.file = static_cast<size_t>(*file);
    cursor.position.text = {static_cast<uint64_t>(*offset), static_cast<int>(*line)};
    cursor.done = root["done"].boolean();
    return cursor;
  }
};

class FileSetSource : public ObjectSource {
 public:
  explicit FileSetSource(SourceParts parts) : parts_(std::move(parts)) {}

  Result<std::vector<FieldInfo>> Describe(std::stop_token stop) override;
  Result<Page> Pull(const std::string& cursor, std::stop_token stop) override;
  Result<IdPage> ListIds(const std::string& next, std::stop_token stop) override;
  Result<uint64_t> Count(std::stop_token stop) override;
  Result<std::vector<ChangeEvent>> Fetch(const std::vector<std::string>& ids,
                                         std::stop_token stop) override;

 private:
  Result<FileSet> FindChecked(std::stop_token stop);
  Result<Page> ReadPage(const FileSet& files, FilesCursor cursor, std::stop_token stop);

  const SourceParts parts_;
  std::string checked_;  // the identity that was proved whole
  uint64_t records_ = 0;
};

// The files as they are now, read whole once per identity: nothing of a broken file is delivered.
Result<FileSet> FileSetSource::FindChecked(std::stop_token stop) {
  TRUEUP_ASSIGN(FileSet files, FindFiles(parts_.path, parts_.settings));
  if (checked_ == files.identity) return files;
  TRUEUP_ASSIGN(records_, CheckRecords(files, parts_.settings, stop));
  checked_ = files.identity;
  return files;
}

Result<std::vector<FieldInfo>> FileSetSource::Describe(std::stop_token stop) {
  TRUEUP_ASSIGN(const FileSet files, FindChecked(stop));
  return FirstFields(files, parts_.settings, stop);
}

Result<Page> FileSetSource::Pull(const std::string& text, std::stop_token stop) {
  FilesCursor cursor;
  if (!text.empty()) {
    auto parsed = FilesCursor::FromJson(text);
    if (!parsed) {
      Page page;
      page.gap = "the stored cursor cannot be read";
      return page;
    }
    cursor = *std::move(parsed);
  }
  for (int changes = 0; changes < kMaxChanges; ++changes) {
    TRUEUP_ASSIGN(const FileSet files, FindChecked(stop));
    // Other files than those the cursor knows are read from their beginning: that repeats rows, and
    // loses none.
    if (cursor.identity != files.identity) cursor = {files.identity, {}, false};
    auto page = ReadPage(files, cursor, stop);
    TRUEUP_ASSIGN(const FileSet after, FindFiles(parts_.path, parts_.settings));
    if (after.identity == files.identity) return page;
  }
  return Error(ErrorKind::kTransient, "the files change while they are read");
}

Result<Page> FileSetSource::ReadPage(const FileSet& files, FilesCursor cursor,
                                     std::stop_token stop) {
  Page page;
  if (!cursor.done) {
    TRUEUP_RETURN_IF_ERROR(ReadEvents(parts_, files, cursor.position, page, stop));
    cursor.done = cursor.position.file == files.paths.size();
  }
  page.done = cursor.done;
  page.next_cursor = cursor.ToJson();
  return page;
}

Result<IdPage> FileSetSource::ListIds(const std::string& next, std::stop_token stop) {
  TRUEUP_ASSIGN(const FileSet files, FindChecked(stop));
  FilesCursor cursor{files.identity, {}, false};
  if (!next.empty()) {
    const auto parsed = FilesCursor::FromJson(next);
    if (!parsed || parsed->identity != files.identity) {
      return Error(ErrorKind::kTransient, "the files changed since the page before");
    }
    cursor = *parsed;
  }
  IdPage page;
  TRUEUP_RETURN_IF_ERROR(
      WalkRecords(files, parts_.settings, cursor.position, stop, [&](FileRecord& record) {
        page.ids.push_back(std::move(record.id));
        return page.ids.size() < parts_.limits.records;
      }));
  if (cursor.position.file < files.paths.size()) page.next = cursor.ToJson();
  return page;
}

Result<uint64_t> FileSetSource::Count(std::stop_token stop) {
  TRUEUP_ASSIGN(const FileSet files, FindChecked(stop));
  static_cast<void>(files);  // counted while they were checked
  return records_;
}

Result<std::vector<ChangeEvent>> FileSetSource::Fetch(const std::vector<std::string>& ids,
                                                      std::stop_token stop) {
  TRUEUP_ASSIGN(const FileSet files, FindChecked(stop));
  const std::set<std::string> wanted(ids.begin(), ids.end());
  std::vector<ChangeEvent> events;
  FilesPosition position;
  TRUEUP_RETURN_IF_ERROR(
      WalkRecords(files, parts_.settings, position, stop, [&](FileRecord& record) {
        if (wanted.contains(record.id)) {
          events.push_back(ToEvent(parts_, record));
        }
        return events.size() < ids.size();
      }));
  return events;
}

}  // namespace

std::unique_ptr<ObjectSource> MakeFileSetSource(SourceParts parts) {
  return std::make_unique<FileSetSource>(std::move(parts));
}

}  // namespace trueup::connectors::files
