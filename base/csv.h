#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text_input.h"

namespace trueup {

// One record: its cells without quotes, and where each begins. The cells are views into the record.
class CsvRecord {
 public:
  size_t size() const { return ends_.size(); }
  std::string_view operator[](size_t cell) const {
    const size_t begin = cell == 0 ? 0 : ends_[cell - 1];
    return std::string_view(text_).substr(begin, ends_[cell] - begin);
  }
  Place place(size_t cell) const { return {file_, starts_[cell].line, starts_[cell].column}; }

 private:
  friend class CsvReader;
  std::string text_;
  std::vector<size_t> ends_;
  struct Start {
    int line = 0;
    int column = 0;
  };
  std::string file_;
  std::vector<Start> starts_;
};

// Reads CSV as RFC 4180 has it, streaming: quotes, doubled quotes, newlines and delimiters inside
// quotes, LF or CRLF, a byte order mark. Blank lines are skipped. A quote inside an unquoted cell
// is text, because real files hold inches. Broken text is kInvalid with "name:line:column" (columns
// in bytes): an unclosed quote, text behind a closing quote, a NUL, bytes that are not UTF-8, a
// record of more than 16 MiB.
class CsvReader {
 public:
  CsvReader(ByteSource source, std::string name, char delimiter = ',', TextPosition start = {});

  // The next record; false at the end.
  Result<bool> Next(CsvRecord& record);
  // Behind the last record: a reader that starts there goes on with the next one.
  TextPosition position() const { return input_.position(); }

 private:
  enum class CellEnd { kCell, kRecord };
  Status SkipBlankLines();
  Result<CellEnd> ReadCell(CsvRecord& record);
  std::optional<CellEnd> TakeWholeCell(CsvRecord& record);
  Status ReadPlain(CsvRecord& record);
  Status ReadQuoted(CsvRecord& record);
  Result<CellEnd> EndCell();
  Status CheckText(const CsvRecord& record, bool quoted) const;

  TextInput input_;
  char delimiter_;
  std::string stops_;
};

}  // namespace trueup
