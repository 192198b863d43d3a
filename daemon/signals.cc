#include "daemon/signals.h"

#include <pthread.h>
#include <signal.h>

namespace trueup::daemon {
namespace {

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

}  // namespace trueup::daemon
