#include "connectors/files/settings.h"

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

}  // namespace

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
          .Check(CheckDelimiter);
  return table;
}

const config::Table<FilesSettings>& FilesSettings::Settings() {
  using Self = FilesSettings;
  static const auto table =
      config::Table<Self>()
          .Add("path", &Self::path, "The folder of the files, or the one file.", config::Required())
          .Add("objects", &Self::objects, "Per object name: its files and columns.",
               config::Required());
  return table;
}

}  // namespace trueup::connectors::files
