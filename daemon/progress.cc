#include "daemon/progress.h"

#include <unistd.h>

#include <cstdio>

#include "base/logging.h"

namespace trueup::daemon {
namespace {
constexpr std::chrono::seconds kOften{5};
constexpr std::chrono::seconds kSeldom{300};
}  // namespace

Progress::~Progress() {
  if (line_open_) std::fputc('\n', stderr);
}

void Progress::Show(const StatusBoard& board, bool often) {
  const std::string summary = board.Summary();
  if (often && ::isatty(STDERR_FILENO) == 1) {
    std::fprintf(stderr, "\r\033[K%s", summary.c_str());
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
