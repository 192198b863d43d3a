#pragma once

#include <string>

#include "base/clock.h"
#include "daemon/status_board.h"

namespace trueup::daemon {

// Shows how far a run is: one line that is rewritten on a terminal, a log line now and then
// elsewhere.
class Progress {
 public:
  explicit Progress(const Clock& clock) : clock_(clock), last_(clock.Elapsed()) {}
  ~Progress();

  // `often`: a person waits for the end of this run.
  void Show(const StatusBoard& board, bool often);

 private:
  const Clock& clock_;
  std::chrono::microseconds last_;
  bool line_open_ = false;
};

}  // namespace trueup::daemon
