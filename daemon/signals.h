#pragma once

#include <chrono>

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

}  // namespace trueup::daemon
