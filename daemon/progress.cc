#include "daemon/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

#include "base/logging.h"

namespace trueup::daemon {
namespace {
constexpr std::chrono::seconds kOften{5};
constexpr std::chrono::seconds kSeldom{300};

// Columns of the terminal; a longer line would be wrapped, and then not be rewritten as a whole.
size_t Columns() {
  winsize size{};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}
}  // namespace

Progress::~Progress() {
  if (line_open_) std::fputc('\n', stderr);
}

void Progress::Show(const StatusBoard& board, bool often) {
  const std::string summary = board.Summary();
  if (often && ::isatty(STDERR_FILENO) == 1) {
    std::fprintf(stderr, "\r\033[K%s", summary.substr(0, Columns() - 1).c_str());
    std::fflush(stderr);
    line_open_ = true;
    return;
  }
  const auto now = clock_.Elapsed();
  if (now - last_ < (often ? kOften : kSeldom)) return;
  last_ = now;
  LogInfo("progress", summary);
}

}  // namespace trueup::daemon
