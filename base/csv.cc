#include "base/csv.h"

#include <algorithm>
#include <utility>

namespace trueup {
CsvReader::CsvReader(ByteSource source, std::string name, char delimiter, TextPosition start)
    : input_(std::move(source), std::move(name), start),
      delimiter_(delimiter),
      stops_({delimiter, '\n', '\r'}) {}

Result<bool> CsvReader::Next(CsvRecord& record) {
  record.text_.clear();
  record.ends_.clear();
  record.starts_.clear();
  record.file_ = input_.name();
  TRUEUP_RETURN_IF_ERROR(SkipBlankLines());
  TRUEUP_ASSIGN(const int first, input_.Peek());
  if (first < 0) return false;
  for (;;) {
    TRUEUP_ASSIGN(const CellEnd end, ReadCell(record));
    if (end == CellEnd::kRecord) return true;
  }
}

Status CsvReader::SkipBlankLines() {
  for (;;) {
    TRUEUP_ASSIGN(const int next, input_.Peek());
    if (next != '\n' && next != '\r') return {};
    input_.Take();
  }
}

Result<CsvReader::CellEnd> CsvReader::ReadCell(CsvRecord& record) {
  record.starts_.push_back({input_.line(), input_.column()});
  if (const auto end = TakeWholeCell(record)) return *end;
  TRUEUP_ASSIGN(const int first, input_.Peek());
  const bool quoted = first == '"';
  TRUEUP_RETURN_IF_ERROR(quoted ? ReadQuoted(record) : ReadPlain(record));
  record.ends_.push_back(record.text_.size());
  TRUEUP_RETURN_IF_ERROR(CheckText(record, quoted));
  return EndCell();
}

// A cell that is at hand together with what ends it, and has nothing special about it, as nearly
// all are: at a glance instead of byte by byte. Nothing is taken otherwise.
std::optional<CsvReader::CellEnd> CsvReader::TakeWholeCell(CsvRecord& record) {
  const std::string_view text = input_.at_hand();
  const bool quoted = text.starts_with('"');
  const size_t end = quoted ? text.find('"', 1) : FindAnyOf(text, stops_);
  const size_t behind = quoted ? end + 1 : end;
  if (end == std::string_view::npos || behind >= text.size()) return std::nullopt;
  if (text[behind] != delimiter_ && text[behind] != '\n') return std::nullopt;
  const std::string_view cell = quoted ? text.substr(1, end - 1) : text.substr(0, end);
  if (record.text_.size() + cell.size() > TextInput::kMaxRecordBytes) return std::nullopt;
  if (FirstBadByte(cell) != std::string_view::npos) return std::nullopt;
  record.text_.append(cell);
  record.ends_.push_back(record.text_.size());
  const bool last = text[behind] == '\n';
  input_.Take(behind + 1);
  return last ? CellEnd::kRecord : CellEnd::kCell;
}

Status CsvReader::ReadPlain(CsvRecord& record) {
  TRUEUP_ASSIGN(const int stop, input_.TakeUntil(stops_, record.text_));
  static_cast<void>(stop);  // EndCell looks at it
  return {};
}

Status CsvReader::ReadQuoted(CsvRecord& record) {
  const Place opened = record.place(record.starts_.size() - 1);
  input_.Take();
  for (;;) {
    TRUEUP_ASSIGN(const int stop, input_.TakeUntil("\"", record.text_));
    if (stop < 0) return TextError(opened, "this quote is never closed");
    input_.Take();
    TRUEUP_ASSIGN(const int after, input_.Peek());
    if (after != '"') return {};
    record.text_.push_back('"');
    input_.Take();
  }
}

// Takes what stands behind a cell: a delimiter, the end of the line, or the end of the text.
Result<CsvReader::CellEnd> CsvReader::EndCell() {
  const Place place = input_.place();
  TRUEUP_ASSIGN(int next, input_.Peek());
  if (next < 0) return CellEnd::kRecord;
  if (next == static_cast<unsigned char>(delimiter_)) {
    input_.Take();
    return CellEnd::kCell;
  }
  if (next == '\r') {
    input_.Take();
    TRUEUP_ASSIGN(next, input_.Peek());
    if (next < 0) return CellEnd::kRecord;
  }
  if (next == '\n') {
    input_.Take();
    return CellEnd::kRecord;
  }
  return TextError(place, "a cell ends here, but neither the delimiter nor a line end follows");
}

Status CsvReader::CheckText(const CsvRecord& record, bool quoted) const {
  const std::string_view cell = record[record.size() - 1];
  const size_t bad = FirstBadByte(cell);
  if (bad == std::string_view::npos) return {};
  const std::string_view before = cell.substr(0, bad);
  Place place = record.place(record.size() - 1);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  place.line += static_cast<int>(lines);
  const std::string_view in_line = before.substr(before.rfind('\n') + 1);
  size_t column = in_line.size() + (lines == 0 ? static_cast<size_t>(place.column) : 1);
  // In the file, each quote inside a quoted cell stands twice, and the first line begins with one.
  if (quoted) {
    column += static_cast<size_t>(std::count(in_line.begin(), in_line.end(), '"'));
    if (lines == 0) ++column;
  }
  place.column = static_cast<int>(column);
  return TextError(place, DescribeBadByte(cell[bad]));
}

}  // namespace trueup
