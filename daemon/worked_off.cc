#include "daemon/worked_off.h"

namespace trueup::daemon {

void WorkedOff::Look(const std::optional<Instant>& caught_up, uint64_t idle_rounds) {
  if (followed_ && idle_rounds >= begun_at_ + 2) {
    at_ = followed_;
    followed_.reset();
  }
  if (followed_ || caught_up == at_) return;
  followed_ = caught_up;
  begun_at_ = idle_rounds;
}

}  // namespace trueup::daemon
