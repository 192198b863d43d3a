#include "daemon/signals.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "base/logging.h"

namespace trueup::daemon {
namespace {

constexpr std::chrono::milliseconds kOften{50};

sigset_t Awaited() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

Signals::Signals() {
  const sigset_t set = Awaited();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

bool Signals::WaitForEnd(std::chrono::milliseconds timeout) const {
  const sigset_t set = Awaited();
  const timespec wait{timeout.count() / 1000, timeout.count() % 1000 * 1'000'000};
  return sigtimedwait(&set, nullptr, &wait) > 0;
}

EndAtOnce::EndAtOnce(const Signals& signals, int exit_code)
    : waiting_([&signals, exit_code](std::stop_token stop) {
        while (!stop.stop_requested()) {
          if (!signals.WaitForEnd(kOften)) continue;
          LogInfo("daemon", "stopped while it was starting");
          ::_exit(exit_code);
        }
      }) {}

}  // namespace trueup::daemon
