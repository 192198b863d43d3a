#include "base/clock.h"

namespace trueup {

Instant SystemClock::Now() const {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::chrono::microseconds SystemClock::Elapsed() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now().time_since_epoch());
}

bool SystemClock::Wait(std::chrono::microseconds duration, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  return !wake.wait_for(lock, stop, duration, [&stop] { return stop.stop_requested(); });
}

Instant ManualClock::Now() const {
  const std::lock_guard lock(mutex_);
  return now_;
}

std::chrono::microseconds ManualClock::Elapsed() const { return Now().time_since_epoch(); }

bool ManualClock::Wait(std::chrono::microseconds duration, std::stop_token stop) {
  if (stop.stop_requested()) return false;
  Advance(duration);
  return true;
}

void ManualClock::Advance(std::chrono::microseconds duration) {
  const std::lock_guard lock(mutex_);
  now_ += duration;
}

}  // namespace trueup
