#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>

#include "base/clock.h"
#include "pipeline/log/log.h"
#include "pipeline/log/positions.h"
#include "pipeline/runtime/tasks/follower_log.h"
#include "pipeline/runtime/tasks/slot_opening.h"
#include "pipeline/runtime/tasks/slot_runner.h"

namespace trueup::pipeline {

// A warm copy of a slot that another instance owns: it is opened, then it follows the owner. Ends
// with the object, which leaves a state that the slot can be opened from.
struct Standby {
  std::unique_ptr<SlotOpening> opening;  // until it is open
  std::unique_ptr<SlotRunner> runner;    // from then on
};

// The standbys of one instance. What goes wrong with one of them concerns nobody else: it is said,
// and the standby begins again a while later. To be used by one thread.
class Standbys {
 public:
  // Opens a slot over the given log, in a thread of its own.
  using Open = std::function<Result<std::unique_ptr<Slot>>(
      int number, Log& log, CopyProgress& progress, const std::stop_token& stop)>;

  // Slots change hands now and then: a standby begins when nothing has for as long as `wait`.
  Standbys(Log& log, Positions& positions, std::shared_ptr<Clock> clock,
           std::chrono::milliseconds wait, Open open);

  // Follows the owners of these slots. To be called again and again.
  Status Follow(const std::set<int>& slots);

  // Gives up a slot's standby, which must have ended before the slot is opened. Null: there is
  // none.
  std::unique_ptr<Standby> Release(int number);

  // How many entries the copies are behind their owners, by slot; those that are being opened are
  // left out.
  std::map<int, uint64_t> behind() const;

 private:
  void Begin(int number);
  // Lets the standby work that is open by now. False: it is of no use any more.
  bool Advance(int number, Standby& standby);
  Status ShowWorkedOff();

  FollowerLog log_;
  Positions& positions_;
  const std::shared_ptr<Clock> clock_;
  const std::chrono::milliseconds wait_;
  const Open open_;
  std::map<int, Standby> standbys_;
  std::set<int> wanted_;
  std::chrono::microseconds changed_;
};

}  // namespace trueup::pipeline
