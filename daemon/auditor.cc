#include "daemon/auditor.h"

#include <utility>

#include "base/logging.h"
#include "daemon/object_audit.h"

namespace trueup::daemon {
namespace {

// Fewer are always believed to be gone; of more, only while they are less than this share of what
// is held.
constexpr size_t kFew = 100;
constexpr size_t kShareThatIsTooMuch = 5;  // a fifth

// A source that shows nothing any more has rather lost a permission than its customers.
Status CheckRetirement(const Difference& difference, const HeldRecords& held) {
  const size_t gone = difference.extra.size();
  if (gone <= kFew || gone < held.size() / kShareThatIsTooMuch) return {};
  return Error(ErrorKind::kRejected,
               std::to_string(gone) + " of " + std::to_string(held.size()) +
                   " records are gone from the source, which looks like a lost permission; they "
                   "stay, and so does all that differs. If they are really gone, stop the daemon "
                   "and run \"trueup audit --repair\"");
}

}  // namespace

Auditor::Auditor(std::string system, Intake& intake, OpenState open_state,
                 std::shared_ptr<Clock> clock, std::chrono::milliseconds interval)
    : system_(std::move(system)),
      intake_(intake),
      open_state_(std::move(open_state)),
      clock_(std::move(clock)),
      interval_(interval) {}

Result<bool> Auditor::IsDue(const std::string& object) const {
  TRUEUP_ASSIGN(const auto last, intake_.LastAudit(system_, object));
  return !last || last->missing + last->extra > 0 || clock_->Now() - last->at >= interval_;
}

Status Auditor::RunOne(connectors::Connector& connector, const std::string& object, Instant as_of,
                       std::stop_token stop) {
  TRUEUP_ASSIGN(const auto store, open_state_());
  TRUEUP_ASSIGN(const HeldRecords held, ReadHeld(*store, system_, object));
  TRUEUP_ASSIGN(Difference difference, CompareIds(connector, system_, object, held, as_of, stop));
  if (Status checked = CheckRetirement(difference, held); !checked.ok()) {
    return std::move(checked).error().In(system_ + "/" + object);
  }
  if (!difference.none()) {
    LogWarning("audit", system_ + "/" + object + ": " + std::to_string(difference.missing.size()) +
                            " rows missing here and " + std::to_string(difference.extra.size()) +
                            " gone from the source; fetched and delivered");
    std::vector<ChangeEvent> events;
    for (auto& [id, event] : difference.cures) events.push_back(std::move(event));
    TRUEUP_ASSIGN(const IntakeCounts added,
                  intake_.DeliverFetched(system_, object, std::move(events)));
    (void)added;
  }
  // Only now: an audit whose cures were not delivered is made again.
  return intake_.NoteAudit(
      system_, object,
      {clock_->Now(), difference.listed, difference.missing.size(), difference.extra.size()});
}

Status Auditor::RunDue(connectors::Connector& connector, const std::vector<std::string>& objects,
                       Instant as_of, std::stop_token stop) {
  Status first;
  for (const std::string& object : objects) {
    if (stop.stop_requested()) break;
    TRUEUP_ASSIGN(const bool due, IsDue(object));
    if (!due) continue;
    Status audited = RunOne(connector, object, as_of, stop);
    if (audited.ok()) continue;
    const bool denied = audited.error().kind() == ErrorKind::kDenied;
    if (audited.error().kind() != ErrorKind::kCancelled) {
      LogError("audit", audited.error().message());
    }
    if (first.ok()) first = std::move(audited);
    if (denied) break;
  }
  return first;
}

}  // namespace trueup::daemon
