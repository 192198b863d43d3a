#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace trueup::reports {

// A listing as people and spreadsheets read it.
struct Table {
  struct Column {
    std::string name;
    bool right = false;  // numbers
    bool whole = false;  // never cut: ids and refs, which people copy
  };
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;  // as many cells as columns
};

// Aligned columns under their names. `width` is the terminal's: the widest columns give way, cut
// off with an ellipsis, but for those that are to stay whole; 0 cuts nothing. Line breaks in cells
// become spaces.
std::string ToText(const Table& table, size_t width);

// RFC 4180: a header line, CRLF, quotes where needed.
std::string ToCsv(const Table& table);

// The table without some of its columns.
Table Without(const Table& table, const std::vector<std::string>& columns);

// Texts behind each other: "a, b".
std::string Join(const std::vector<std::string>& texts, std::string_view separator);

}  // namespace trueup::reports
