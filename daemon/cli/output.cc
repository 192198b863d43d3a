#include "daemon/cli/output.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

namespace trueup::daemon {
namespace {

std::string ArrayOf(const std::vector<std::string>& items) {
  std::string json = "[";
  for (size_t i = 0; i < items.size(); ++i) json += (i == 0 ? "\n" : ",\n") + items[i];
  return json + "\n]\n";
}

}  // namespace

void AppendSection(std::string& text, const std::string& title, const reports::Table& table,
                   size_t width) {
  if (!table.rows.empty()) text += "\n" + title + "\n\n" + reports::ToText(table, width);
}

std::string Grouped(uint64_t number) {
  std::string text = std::to_string(number);
  for (size_t at = text.size(); at > 3; text.insert(at, 1, ',')) at -= 3;
  return text;
}

std::string Moment(Instant at) {
  std::string text = FormatSecond(at);
  std::replace(text.begin(), text.end(), 'T', ' ');
  return text;
}

std::string Render(const Shown& shown, Format format, size_t width) {
  switch (format) {
    case Format::kText:
      return shown.text.empty() ? reports::ToText(shown.table, width) : shown.text;
    case Format::kJson: return shown.json.empty() ? ArrayOf(shown.items) : shown.json + "\n";
    case Format::kJsonl: {
      std::string lines;
      for (const std::string& item : shown.items) lines += item + "\n";
      return lines;
    }
    case Format::kCsv: return reports::ToCsv(shown.table);
    case Format::kHtml: return shown.html;
  }
  return {};
}

size_t OutputWidth() {
  winsize size{};
  if (::isatty(STDOUT_FILENO) != 1 || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

}  // namespace trueup::daemon
