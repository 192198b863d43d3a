#include "connectors/files/settings.h"

#include <fnmatch.h>

#include <filesystem>

namespace trueup::connectors::files {
namespace {

void CheckDelimiter(const FileObjectSettings& settings, const YamlNode& node, Problems& problems) {
  const std::string& delimiter = settings.delimiter;
  const bool usable = delimiter.size() == 1 && delimiter != "\"" && delimiter != "\n" &&
                      delimiter != "\r" && static_cast<unsigned char>(delimiter[0]) < 0x80;
  if (usable) return;
  problems.Add(node["delimiter"].place, "delimiter must be one ASCII character other than a quote",
               "a tab is written \"\\t\"");
}

std::filesystem::path Normal(const config::FilePath& folder) {
  const std::filesystem::path normal = std::filesystem::path(folder.path).lexically_normal();
  return normal.has_filename() && normal.filename() != "." ? normal : normal.parent_path();
}

// A file that went to the folder it came from, or to that of the other outcome, would be read
// again.
void CheckFolders(const FilesSettings& settings, const InboxSettings& inbox, const YamlNode& node,
                  Problems& problems) {
  if (inbox.done.empty() || inbox.rejected.empty()) return;  // said already
  const auto path = Normal(settings.path);
  if (Normal(inbox.done) == path) {
    problems.Add(node["done"].place, "\"done\" is the folder that is watched",
                 "a folder below it will do");
  }
  if (Normal(inbox.rejected) == path) {
    problems.Add(node["rejected"].place, "\"rejected\" is the folder that is watched",
                 "a folder below it will do");
  }
  if (Normal(inbox.done) == Normal(inbox.rejected)) {
    problems.Add(node["rejected"].place, "\"rejected\" and \"done\" are the same folder");
  }
}

// Whether one pattern takes all that the other takes, or both are the same.
bool Overlap(const std::string& a, const std::string& b) {
  return ::fnmatch(a.c_str(), b.c_str(), FNM_PERIOD) == 0 ||
         ::fnmatch(b.c_str(), a.c_str(), FNM_PERIOD) == 0;
}

// A file of an inbox is moved away by the object that takes it: another one would miss it.
void CheckTakers(const FilesSettings& settings, const YamlNode& node, Problems& problems) {
  const auto& objects = settings.objects;
  for (auto later = objects.begin(); later != objects.end(); ++later) {
    for (auto first = objects.begin(); first != later; ++first) {
      const bool moved =
          settings.InboxOf(first->second) != nullptr || settings.InboxOf(later->second) != nullptr;
      if (!moved || first->second.file.empty() || later->second.file.empty()) continue;
      if (!Overlap(first->second.file, later->second.file)) continue;
      problems.Add(node["objects"][later->first]["file"].place,
                   "object \"" + first->first + "\" takes the same files",
                   "a file of an inbox belongs to one object");
    }
  }
}

void CheckInboxes(const FilesSettings& settings, const YamlNode& node, Problems& problems) {
  if (settings.inbox) CheckFolders(settings, *settings.inbox, node["inbox"], problems);
  for (const auto& [name, object] : settings.objects) {
    const YamlNode& written = node["objects"][name];
    if (object.inbox) CheckFolders(settings, *object.inbox, written["inbox"], problems);
    if (settings.InboxOf(object) == nullptr || !object.file.empty()) continue;
    problems.Add(written.place, "object \"" + name + "\" has an inbox and no \"file\"",
                 "give the pattern of its files in the watched folder, such as \"*.csv\"");
  }
  CheckTakers(settings, node, problems);
}

}  // namespace

const InboxSettings* FilesSettings::InboxOf(const FileObjectSettings& object) const {
  if (object.inbox) return &*object.inbox;
  return inbox ? &*inbox : nullptr;
}

const config::Table<InboxSettings>& InboxSettings::Settings() {
  using Self = InboxSettings;
  static const auto table =
      config::Table<Self>()
          .Add("done", &Self::done,
               "Folder for files that were taken completely; keep them there: together they are "
               "the source.",
               config::Required())
          .Add("rejected", &Self::rejected,
               "Folder for files that cannot be read, each with `NAME.reason.txt` beside it.",
               config::Required())
          .Add("settle", &Self::settle,
               "How long a file must not have changed to be whole; one that was renamed into place "
               "is whole at once.");
  return table;
}

const config::Table<FileObjectSettings>& FileObjectSettings::Settings() {
  using Self = FileObjectSettings;
  static const auto table =
      config::Table<Self>()
          .Add("file", &Self::file,
               "Name of the file in `path`, or a pattern with `*` and `?`: all files that fit, in "
               "order of name, are one object.")
          .Add("format", &Self::format, "How the file is written; its text is UTF-8.",
               {{"csv", FileFormat::kCsv}, {"jsonl", FileFormat::kJsonLines}})
          .Add("id", &Self::id, "Column that names the record; unique over the object's files.",
               config::Required())
          .Add("modified", &Self::modified,
               "Column with the time of the last change (ISO 8601; UTC where it has no zone). "
               "Without it the newest observation wins.")
          .Add("created", &Self::created, "Column with the time of creation.")
          .Add("delimiter", &Self::delimiter, "What separates the cells of a CSV file.")
          .Add("inbox", &Self::inbox, "The object's own inbox; else that of the system, if any.")
          .Check(CheckDelimiter);
  return table;
}

const config::Table<FilesSettings>& FilesSettings::Settings() {
  using Self = FilesSettings;
  static const auto table =
      config::Table<Self>()
          .Add("path", &Self::path, "The folder of the files, or the one file.", config::Required())
          .Add("inbox", &Self::inbox,
               "Makes `path` a folder that is watched: each file is a delta, taken once and moved "
               "away. Without it the files stay where they are and are the whole truth.")
          .Add("objects", &Self::objects, "Per object name: its files and columns.",
               config::Required())
          .Check(CheckInboxes);
  return table;
}

}  // namespace trueup::connectors::files
