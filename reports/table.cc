#include "reports/table.h"

#include <algorithm>

namespace trueup::reports {
namespace {

constexpr size_t kGap = 2;
constexpr size_t kNarrowest = 6;

bool StartsCharacter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

size_t Characters(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), StartsCharacter));
}

std::string CutTo(const std::string& text, size_t characters) {
  if (Characters(text) <= characters) return text;
  size_t end = 0;
  for (size_t seen = 0; end < text.size(); ++end) {
    if (StartsCharacter(text[end]) && seen++ == characters - 1) break;
  }
  return text.substr(0, end) + "…";
}

std::string OneLine(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }, ' ');
  return text;
}

std::vector<size_t> Widths(const Table& table, size_t width) {
  std::vector<size_t> widths;
  for (const auto& column : table.columns) widths.push_back(Characters(column.name));
  for (const auto& row : table.rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Characters(row[i]));
  }
  if (width == 0) return widths;
  size_t total = kGap * (widths.size() - 1);
  for (const size_t one : widths) total += one;
  for (; total > width; --total) {
    size_t* widest = nullptr;
    for (size_t i = 0; i < widths.size(); ++i) {
      if (!table.columns[i].whole && (widest == nullptr || widths[i] > *widest))
        widest = &widths[i];
    }
    if (widest == nullptr || *widest <= kNarrowest) break;
    --*widest;
  }
  return widths;
}

void AppendLine(const std::vector<std::string>& cells, const Table& table,
                const std::vector<size_t>& widths, std::string& out) {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) {
    const std::string cell = CutTo(OneLine(cells[i]), widths[i]);
    const std::string padding(widths[i] - Characters(cell), ' ');
    if (i > 0) line.append(kGap, ' ');
    line += table.columns[i].right ? padding + cell : cell + padding;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  out += line + "\n";
}

std::string CsvCell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + "\"";
}

void AppendCsv(const std::vector<std::string>& cells, std::string& out) {
  for (size_t i = 0; i < cells.size(); ++i) out += (i == 0 ? "" : ",") + CsvCell(cells[i]);
  out += "\r\n";
}

std::vector<std::string> Names(const Table& table) {
  std::vector<std::string> names;
  for (const auto& column : table.columns) names.push_back(column.name);
  return names;
}

}  // namespace

std::string ToText(const Table& table, size_t width) {
  const std::vector<size_t> widths = Widths(table, width);
  std::string out;
  AppendLine(Names(table), table, widths, out);
  for (const auto& row : table.rows) AppendLine(row, table, widths, out);
  return out;
}

std::string ToCsv(const Table& table) {
  std::string out;
  AppendCsv(Names(table), out);
  for (const auto& row : table.rows) AppendCsv(row, out);
  return out;
}

Table Without(const Table& table, const std::vector<std::string>& columns) {
  Table rest;
  rest.rows.resize(table.rows.size());
  for (size_t i = 0; i < table.columns.size(); ++i) {
    if (std::find(columns.begin(), columns.end(), table.columns[i].name) != columns.end()) continue;
    rest.columns.push_back(table.columns[i]);
    for (size_t row = 0; row < rest.rows.size(); ++row)
      rest.rows[row].push_back(table.rows[row][i]);
  }
  return rest;
}

std::string Join(const std::vector<std::string>& texts, std::string_view separator) {
  std::string joined;
  for (const std::string& text : texts) {
    if (!joined.empty()) joined += separator;
    joined += text;
  }
  return joined;
}

}  // namespace trueup::reports
