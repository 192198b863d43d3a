#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

#include "base/instant.h"

namespace trueup {

// Time, and waiting for it. The only way to either: nothing else reads a clock or sleeps.
class Clock {
 public:
  virtual ~Clock() = default;
  // The calendar's time.
  virtual Instant Now() const = 0;
  // Time that never jumps, from an arbitrary start: for measuring durations.
  virtual std::chrono::microseconds Elapsed() const = 0;
  // Waits; false where `stop` was requested before the time was over.
  virtual bool Wait(std::chrono::microseconds duration, std::stop_token stop) = 0;
};

// The machine's clock. Safe from any thread.
class SystemClock : public Clock {
 public:
  Instant Now() const override;
  std::chrono::microseconds Elapsed() const override;
  bool Wait(std::chrono::microseconds duration, std::stop_token stop) override;
};

// A clock that a test drives: Wait moves it forward at once. Safe from any thread.
class ManualClock : public Clock {
 public:
  explicit ManualClock(Instant start) : now_(start) {}
  Instant Now() const override;
  std::chrono::microseconds Elapsed() const override;
  bool Wait(std::chrono::microseconds duration, std::stop_token stop) override;
  void Advance(std::chrono::microseconds duration);

 private:
  mutable std::mutex mutex_;
  Instant now_;
};

}  // namespace trueup
