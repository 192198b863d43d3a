#include "connectors/netsuite/turns.h"

#include <algorithm>

namespace trueup::connectors::netsuite {
namespace {

// Growing costs others a refusal where there is no room, so it takes far longer than shrinking.
constexpr int kAnswersPerTurn = 50;

}  // namespace

void Turns::Limit(int most) {
  const std::lock_guard lock(mutex_);
  most_ = std::min(most_, most);
  allowed_ = std::min(allowed_, most_);
}

bool Turns::Take(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait(lock, stop, [&] { return taken_ < allowed_; })) return false;
  ++taken_;
  return true;
}

void Turns::Give() {
  const std::lock_guard lock(mutex_);
  --taken_;
  changed_.notify_one();
}

void Turns::Refused() {
  const std::lock_guard lock(mutex_);
  allowed_ = std::max(1, allowed_ / 2);
  answered_ = 0;
}

void Turns::Answered() {
  const std::lock_guard lock(mutex_);
  if (allowed_ == most_ || ++answered_ < kAnswersPerTurn) return;
  ++allowed_;
  answered_ = 0;
  changed_.notify_one();
}

int Turns::allowed() const {
  const std::lock_guard lock(mutex_);
  return allowed_;
}

}  // namespace trueup::connectors::netsuite
