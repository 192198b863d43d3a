#include "connectors/files/record_reader.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/csv.h"
#include "base/json.h"
#include "connectors/files/file_bytes.h"

namespace trueup::connectors::files {
namespace {

constexpr size_t kNone = static_cast<size_t>(-1);

// Reads "2026-01-31T09:00:00Z", the same without a zone (then UTC), or "2026-01-31".
Result<Instant> ParseStamp(std::string_view text, std::string_view column, const Place& place) {
  if (const auto zoned = ParseInstant(text); zoned.ok()) return zoned->at;
  if (auto local = ParseLocalInstant(text); local.ok()) return local;
  if (const auto date = ParseDate(text); date.ok()) return Instant(*date);
  return TextError(place, "column \"" + std::string(column) + "\" holds \"" + std::string(text) +
                              "\", which is no ISO 8601 time");
}

class CsvRecords : public RecordReader {
 public:
  CsvRecords(CsvReader reader, const FileObjectSettings& settings)
      : reader_(std::move(reader)), settings_(settings) {}

  // Reads the header. REQUIRES: the reader stands at the file's beginning.
  Status ReadHeader(const std::string& path) {
    TRUEUP_ASSIGN(const bool any, reader_.Next(record_));
    if (!any) return TextError({path, 1, 1}, "the file is empty: it has no header");
    for (size_t i = 0; i < record_.size(); ++i) {
      const std::string name(record_[i]);
      if (name.empty()) return TextError(record_.place(i), "a column of the header has no name");
      if (std::find(names_.begin(), names_.end(), name) != names_.end()) {
        return TextError(record_.place(i), "column \"" + name + "\" is twice in the header");
      }
      names_.push_back(name);
    }
    TRUEUP_ASSIGN(id_, Column(settings_.id));
    TRUEUP_ASSIGN(modified_, Column(settings_.modified));
    TRUEUP_ASSIGN(created_, Column(settings_.created));
    return {};
  }

  void GoTo(CsvReader reader) { reader_ = std::move(reader); }

  Result<bool> Next(FileRecord& out) override {
    TRUEUP_ASSIGN(const bool any, reader_.Next(record_));
    if (!any) return false;
    if (record_.size() != names_.size()) {
      return TextError(record_.place(0), "the record has " + std::to_string(record_.size()) +
                                             " cells, the header " + std::to_string(names_.size()));
    }
    if (record_[id_].empty()) {
      return TextError(record_.place(id_), "the id column \"" + names_[id_] + "\" is empty");
    }
    out.place = record_.place(id_);
    out.id = record_[id_];
    TRUEUP_ASSIGN(const auto modified, Stamp(modified_));
    out.modified = modified.value_or(Instant());
    TRUEUP_ASSIGN(out.created, Stamp(created_));
    out.row = Row();
    for (size_t i = 0; i < record_.size(); ++i) {
      const FieldKind kind = record_[i].empty() ? FieldKind::kNull : FieldKind::kText;
      out.row.Add(names_[i], kind, record_[i]);
    }
    return true;
  }

  TextPosition position() const override { return reader_.position(); }

 private:
  Result<size_t> Column(const std::string& name) const {
    if (name.empty()) return kNone;
    const auto found = std::find(names_.begin(), names_.end(), name);
    if (found != names_.end()) return static_cast<size_t>(found - names_.begin());
    const std::string hint = DidYouMean(name, names_);
    return TextError(record_.place(0), "the header has no column \"" + name + "\"" +
                                           (hint.empty() ? "" : "; " + hint));
  }

  Result<std::optional<Instant>> Stamp(size_t column) const {
    if (column == kNone || record_[column].empty()) return std::optional<Instant>();
    TRUEUP_ASSIGN(const Instant at,
                  ParseStamp(record_[column], names_[column], record_.place(column)));
    return std::optional<Instant>(at);
  }

  CsvReader reader_;
  const FileObjectSettings& settings_;
  CsvRecord record_;
  std::vector<std::string> names_;
  size_t id_ = kNone;
  size_t modified_ = kNone;
  size_t created_ = kNone;
};

class JsonLines : public RecordReader {
 public:
  JsonLines(TextInput input, const FileObjectSettings& settings)
      : input_(std::move(input)), settings_(settings) {}

  Result<bool> Next(FileRecord& out) override {
    TRUEUP_ASSIGN(const bool any, ReadLine(out.place));
    if (!any) return false;
    auto parsed = JsonDocument::Parse(line_);
    if (!parsed.ok()) return TextError(out.place, "the line is " + parsed.error().message());
    if (!parsed->root().is_object()) {
      return TextError(out.place, "the line holds no JSON object");
    }
    out.row = Row();
    AddJsonFields(parsed->root(), out.row);
    TRUEUP_RETURN_IF_ERROR(CheckNames(out));
    const auto id = out.row.Find(settings_.id);
    if (!id || id->text.empty()) {
      return TextError(out.place, "the id member \"" + settings_.id + "\" is missing or empty");
    }
    out.id = id->text;
    TRUEUP_ASSIGN(const auto modified, Stamp(out, settings_.modified));
    out.modified = modified.value_or(Instant());
    TRUEUP_ASSIGN(out.created, Stamp(out, settings_.created));
    return true;
  }

  TextPosition position() const override { return input_.position(); }

 private:
  // The next line that is not blank.
  Result<bool> ReadLine(Place& place) {
    for (;;) {
      line_.clear();
      TRUEUP_ASSIGN(const int first, input_.Peek());
      if (first < 0) return false;
      place = input_.place();
      TRUEUP_ASSIGN(const int stop, input_.TakeUntil("\n", line_));
      if (stop >= 0) input_.Take();
      const size_t bad = FirstBadByte(line_);
      if (bad != std::string::npos) {
        place.column += static_cast<int>(bad);
        return TextError(place, DescribeBadByte(line_[bad]));
      }
      if (line_.find_first_not_of(" \t\r") != std::string::npos) return true;
    }
  }

  // A name that comes twice, also as "a.b" beside {"a": {"b": ...}}, would hide one of the two
  // values.
  Status CheckNames(const FileRecord& record) {
    seen_.clear();
    for (const Field& field : record.row) seen_.push_back(field.name);
    std::sort(seen_.begin(), seen_.end());
    const auto twice = std::adjacent_find(seen_.begin(), seen_.end());
    if (twice == seen_.end()) return {};
    return TextError(record.place, "member \"" + std::string(*twice) + "\" comes twice");
  }

  static Result<std::optional<Instant>> Stamp(const FileRecord& record, const std::string& name) {
    const auto field = name.empty() ? std::nullopt : record.row.Find(name);
    if (!field || field->text.empty()) return std::optional<Instant>();
    TRUEUP_ASSIGN(const Instant at, ParseStamp(field->text, name, record.place));
    return std::optional<Instant>(at);
  }

  TextInput input_;
  const FileObjectSettings& settings_;
  std::string line_;
  std::vector<std::string_view> seen_;
};

}  // namespace

Result<std::unique_ptr<RecordReader>> OpenRecords(const std::string& path,
                                                  const FileObjectSettings& settings,
                                                  TextPosition start) {
  using Reader = std::unique_ptr<RecordReader>;
  if (settings.format == FileFormat::kJsonLines) {
    TRUEUP_ASSIGN(ByteSource lines, OpenFile(path, start.offset));
    return Reader(std::make_unique<JsonLines>(TextInput(std::move(lines), path, start), settings));
  }
  const char delimiter = settings.delimiter[0];
  TRUEUP_ASSIGN(ByteSource beginning, OpenFile(path, 0));
  auto records =
      std::make_unique<CsvRecords>(CsvReader(std::move(beginning), path, delimiter), settings);
  TRUEUP_RETURN_IF_ERROR(records->ReadHeader(path));
  if (start.offset > 0) {
    TRUEUP_ASSIGN(ByteSource rest, OpenFile(path, start.offset));
    records->GoTo(CsvReader(std::move(rest), path, delimiter, start));
  }
  return Reader(std::move(records));
}

}  // namespace trueup::connectors::files
