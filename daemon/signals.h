#pragma once

#include <chrono>
#include <thread>

#include "base/error.h"

namespace trueup::daemon {

// Takes SIGTERM and SIGINT out of the way of every thread that is started after it; they are then
// waited for in one place. SIGPIPE is ignored: a peer that hangs up is an error value, not the end.
class Signals {
 public:
  Signals();
  // Waits at most `timeout`; true where SIGTERM or SIGINT came.
  bool WaitForEnd(std::chrono::milliseconds timeout) const;
};

// For as long as it lives, SIGTERM and SIGINT end the process at once: for the start, which cannot
// be stopped in its middle (a new generation may take minutes), and which even SIGKILL does not
// harm.
class EndAtOnce {
 public:
  EndAtOnce(const Signals& signals, int exit_code);

 private:
  std::jthread waiting_;
};

}  // namespace trueup::daemon
