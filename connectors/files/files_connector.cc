#include "connectors/files/files_connector.h"

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "connectors/files/file_set.h"
#include "connectors/files/settings.h"

namespace trueup::connectors {
namespace files {
namespace {

constexpr size_t kPageRecords = 2000;
constexpr size_t kPageBytes = 4 << 20;
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

class FilesConnector : public Connector {
 public:
  FilesConnector(std::string system, FilesSettings settings)
      : system_(std::move(system)), path_(std::move(settings.path.path)) {
    for (auto& [name, object] : settings.objects) objects_[name].settings = std::move(object);
  }

  Result<std::vector<ObjectInfo>> Describe(std::stop_token stop) override;
  Result<Page> Pull(const std::string& object, const std::string& cursor,
                    std::stop_token stop) override;
  Result<IdPage> ListIds(const std::string& object, const std::string& next,
                         std::stop_token stop) override;
  Result<uint64_t> Count(const std::string& object, std::stop_token stop) override;
  Result<std::vector<ChangeEvent>> Fetch(const std::string& object,
                                         const std::vector<std::string>& ids,
                                         std::stop_token stop) override;
  ApiUsage Usage() const override { return {}; }

 private:
  // Touched by one call at a time: that of its object.
  struct Object {
    FileObjectSettings settings;
    std::string checked;  // the identity that was proved whole
    uint64_t records = 0;
  };

  Result<Object*> Find(const std::string& name);
  Result<FileSet> FindChecked(Object& object, std::stop_token stop);
  Result<Page> ReadPage(const std::string& name, Object& object, const FileSet& files,
                        FilesCursor cursor, std::stop_token stop);
  Result<Page> PullObject(const std::string& name, Object& object, const std::string& cursor,
                          std::stop_token stop);
  ChangeEvent ToEvent(const std::string& object, FileRecord& record) const;
  auto Named(const std::string& object, std::string_view doing) const {
    return system_ + "/" + object + ": " + std::string(doing);
  }

  const std::string system_;
  const std::string path_;
  std::map<std::string, Object> objects_;  // never changes its keys
};

Result<FilesConnector::Object*> FilesConnector::Find(const std::string& name) {
  const auto found = objects_.find(name);
  if (found != objects_.end()) return &found->second;
  return Error(ErrorKind::kInvalid, system_ + " has no object \"" + name + "\"");
}

// The files as they are now, read whole once per identity: nothing of a broken file is delivered.
Result<FileSet> FilesConnector::FindChecked(Object& object, std::stop_token stop) {
  TRUEUP_ASSIGN(FileSet files, FindFiles(path_, object.settings));
  if (object.checked == files.identity) return files;
  TRUEUP_ASSIGN(object.records, CheckRecords(files, object.settings, stop));
  object.checked = files.identity;
  return files;
}

ChangeEvent FilesConnector::ToEvent(const std::string& object, FileRecord& record) const {
  ChangeEvent event;
  event.ref = Ref(system_, object, record.id);
  event.modified = record.modified;
  event.created = record.created;
  event.row = std::move(record.row);
  return event;
}

Result<std::vector<ObjectInfo>> FilesConnector::Describe(std::stop_token stop) {
  std::vector<ObjectInfo> described;
  for (auto& [name, object] : objects_) {
    auto files = FindChecked(object, stop);
    if (!files.ok()) return std::move(files).error().In(Named(name, "describe"));
    ObjectInfo info{name, {}};
    FilesPosition position;
    auto status = WalkRecords(*files, object.settings, position, stop, [&](FileRecord& record) {
      for (const Field& field : record.row) info.fields.emplace_back().name = field.name;
      return false;
    });
    if (!status.ok()) return std::move(status).error().In(Named(name, "describe"));
    described.push_back(std::move(info));
  }
  return described;
}

Result<Page> FilesConnector::Pull(const std::string& object, const std::string& cursor,
                                  std::stop_token stop) {
  TRUEUP_ASSIGN(Object* const found, Find(object));
  auto page = PullObject(object, *found, cursor, stop);
  if (!page.ok()) return std::move(page).error().In(Named(object, "pull"));
  return page;
}

Result<Page> FilesConnector::PullObject(const std::string& name, Object& object,
                                        const std::string& text, std::stop_token stop) {
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
    TRUEUP_ASSIGN(const FileSet files, FindChecked(object, stop));
    // Other files than those the cursor knows are read from their beginning: that repeats rows, and
    // loses none.
    if (cursor.identity != files.identity) cursor = {files.identity, {}, false};
    auto page = ReadPage(name, object, files, cursor, stop);
    TRUEUP_ASSIGN(const FileSet after, FindFiles(path_, object.settings));
    if (after.identity == files.identity) return page;
  }
  return Error(ErrorKind::kTransient, "the files change while they are read");
}

Result<Page> FilesConnector::ReadPage(const std::string& name, Object& object, const FileSet& files,
                                      FilesCursor cursor, std::stop_token stop) {
  Page page;
  if (!cursor.done) {
    size_t bytes = 0;
    TRUEUP_RETURN_IF_ERROR(
        WalkRecords(files, object.settings, cursor.position, stop, [&](FileRecord& record) {
          bytes += record.row.bytes().size();
          page.events.push_back(ToEvent(name, record));
          return page.events.size() < kPageRecords && bytes < kPageBytes;
        }));
    cursor.done = cursor.position.file == files.paths.size();
  }
  page.received = page.events.size();
  page.done = cursor.done;
  page.next_cursor = cursor.ToJson();
  return page;
}

Result<IdPage> FilesConnector::ListIds(const std::string& object, const std::string& next,
                                       std::stop_token stop) {
  TRUEUP_ASSIGN(Object* const found, Find(object));
  auto files = FindChecked(*found, stop);
  if (!files.ok()) return std::move(files).error().In(Named(object, "list ids"));
  FilesCursor cursor{files->identity, {}, false};
  if (!next.empty()) {
    const auto parsed = FilesCursor::FromJson(next);
    if (!parsed || parsed->identity != files->identity) {
      return Error(ErrorKind::kTransient,
                   Named(object, "list ids: the files changed since the page before"));
    }
    cursor = *parsed;
  }
  IdPage page;
  auto status =
      WalkRecords(*files, found->settings, cursor.position, stop, [&](FileRecord& record) {
        page.ids.push_back(std::move(record.id));
        return page.ids.size() < kPageRecords;
      });
  if (!status.ok()) return std::move(status).error().In(Named(object, "list ids"));
  if (cursor.position.file < files->paths.size()) page.next = cursor.ToJson();
  return page;
}

Result<uint64_t> FilesConnector::Count(const std::string& object, std::stop_token stop) {
  TRUEUP_ASSIGN(Object* const found, Find(object));
  const auto files = FindChecked(*found, stop);
  if (!files.ok()) return Error(files.error()).In(Named(object, "count"));
  return found->records;
}

Result<std::vector<ChangeEvent>> FilesConnector::Fetch(const std::string& object,
                                                       const std::vector<std::string>& ids,
                                                       std::stop_token stop) {
  TRUEUP_ASSIGN(Object* const found, Find(object));
  auto files = FindChecked(*found, stop);
  if (!files.ok()) return std::move(files).error().In(Named(object, "fetch"));
  std::vector<ChangeEvent> events;
  FilesPosition position;
  auto status = WalkRecords(*files, found->settings, position, stop, [&](FileRecord& record) {
    if (std::find(ids.begin(), ids.end(), record.id) != ids.end()) {
      events.push_back(ToEvent(object, record));
    }
    return events.size() < ids.size();
  });
  if (!status.ok()) return std::move(status).error().In(Named(object, "fetch"));
  return events;
}

std::unique_ptr<Connector> Make(const ConnectorContext& context, Problems& problems) {
  const size_t before = problems.list().size();
  config::ParseContext parse{problems, *context.secrets, context.base_folder};
  FilesSettings settings;
  FilesSettings::Settings().Parse(context.settings, settings, parse);
  if (problems.list().size() != before) return nullptr;
  return std::make_unique<FilesConnector>(context.system, std::move(settings));
}

}  // namespace
}  // namespace files

ConnectorKind FilesKind() {
  using files::FilesSettings;
  return {"files", files::Make, [] { return FilesSettings::Settings().Schema(); },
          [] { return FilesSettings::Settings().Reference(); }};
}

}  // namespace trueup::connectors
