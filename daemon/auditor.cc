#include "daemon/auditor.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/logging.h"
#include "daemon/object_audit.h"
#include "pipeline/accounts/reconcile.h"

namespace trueup::daemon {
namespace {

// Fewer are always believed to be gone; of more, only while they are less than this share of what
// is held.
constexpr size_t kFew = 100;
constexpr size_t kShareThatIsTooMuch = 5;  // a fifth

// A source that shows nothing any more has rather lost a permission than its customers.
Status CheckRetirement(const Difference& difference, size_t held) {
  const size_t gone = difference.extra.size();
  if (gone <= kFew || gone < held / kShareThatIsTooMuch) return {};
  return Error(ErrorKind::kRejected,
               std::to_string(gone) + " of " + std::to_string(held) +
                   " records are gone from the source, which looks like a lost permission; they "
                   "stay, and so does all that differs. If they are really gone, stop the daemon "
                   "and run \"trueup audit --repair\"");
}

std::vector<std::string> FirstOf(const std::vector<std::string>& ids) {
  const size_t count = std::min(ids.size(), kRecordsRemembered);
  return {ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(count)};
}

std::vector<std::string> InBoth(const std::vector<std::string>& a,
                                const std::vector<std::string>& b) {
  std::vector<std::string> both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both;
}

std::vector<std::string> Merged(const std::vector<std::string>& a,
                                const std::vector<std::string>& b) {
  std::vector<std::string> all;
  std::merge(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(all));
  return all;
}

// An id that is listed again and again and never shown was not gone in between.
void CountNeverShown(const AuditRecord& before, Difference& difference) {
  const auto never_shown = InBoth(before.missing, difference.not_shown);
  difference.missing = Merged(difference.missing, never_shown);
  difference.listed += never_shown.size();
  difference.set_aside -= never_shown.size();
}

}  // namespace

Auditor::Auditor(AuditParts parts, const config::AuditSettings& settings)
    : parts_(parts),
      interval_(settings.ids),
      counts_(parts, settings.counts),
      contents_(std::move(parts), settings.contents) {}

bool Auditor::IsDue(const AuditRecord& record) const {
  const Instant now = parts_.clock->Now();
  if (!record.next || now >= *record.next) return true;
  // The interval is shorter than it was.
  return record.troubles == 0 && record.proof && now - record.proof->at >= interval_;
}

std::vector<pipeline::Condition> Auditor::GapsOf(const std::string& object,
                                                 const AuditRecord& before,
                                                 const AuditRecord& now) const {
  std::vector<pipeline::Condition> gaps;
  const auto add = [&](const std::vector<std::string>& ids, uint64_t all, const char* why) {
    std::string reason = why;
    if (all > 1) reason += " (one of " + std::to_string(all) + " such records)";
    for (const std::string& id : ids) {
      gaps.push_back(
          pipeline::SyncGapCondition(Ref(parts_.system, object, id), reason, *parts_.catalog));
    }
  };
  add(InBoth(before.missing, now.missing), now.proof->missing,
      "the source lists it, and it is not here although it was asked for");
  add(InBoth(before.extra, now.extra), now.proof->extra,
      "it is here, and the source no longer has it although its deletion was delivered");
  return gaps;
}

// Compares, delivers what differs, and fills `record` and `gaps` with what was found. Where it
// comes to nothing, `record` holds as much as is known.
Status Auditor::Audit(connectors::Connector& connector, const std::string& object, Instant as_of,
                      std::stop_token stop, AuditRecord& record,
                      std::vector<pipeline::Condition>& gaps) const {
  HeldRecords held;
  {
    TRUEUP_ASSIGN(const auto store, parts_.open_state());
    TRUEUP_ASSIGN(held, ReadHeld(*store, parts_.system, object));
  }
  TRUEUP_ASSIGN(Difference difference,
                CompareIds(connector, parts_.system, object, held, as_of, stop));
  const AuditRecord before = record;
  CountNeverShown(before, difference);
  record.proof = IdProof{parts_.clock->Now(),
                         as_of,
                         held.size(),
                         difference.listed,
                         difference.missing.size(),
                         difference.extra.size(),
                         difference.set_aside};
  TRUEUP_RETURN_IF_ERROR(CheckRetirement(difference, held.size()));
  if (!difference.cures.empty()) {
    LogWarning("audit", parts_.system + "/" + object + ": " +
                            std::to_string(difference.missing.size()) + " rows missing here and " +
                            std::to_string(difference.extra.size()) +
                            " gone from the source; fetched and delivered");
    std::vector<ChangeEvent> events;
    for (auto& [id, event] : difference.cures) events.push_back(std::move(event));
    TRUEUP_ASSIGN(const IntakeCounts added,
                  parts_.intake.DeliverFetched(parts_.system, object, std::move(events)));
    (void)added;
  }
  record.missing = FirstOf(difference.missing);
  record.extra = FirstOf(difference.extra);
  gaps = GapsOf(object, before, record);
  // Those that were set aside now are suspects from the next time on.
  for (const std::string& id : FirstOf(difference.not_shown)) record.missing.push_back(id);
  std::sort(record.missing.begin(), record.missing.end());
  const auto end = std::unique(record.missing.begin(), record.missing.end());
  record.missing.erase(end, record.missing.end());
  return {};
}

Status Auditor::RunOne(connectors::Connector& connector, const std::string& object, Instant as_of,
                       std::stop_token stop) {
  const std::string& system = parts_.system;
  AuditLedger& ledger = parts_.intake.audits();
  TRUEUP_ASSIGN(AuditRecord record, ledger.Find(system, object));
  if (!IsDue(record)) return {};
  std::vector<pipeline::Condition> gaps;
  Status audited = Audit(connector, object, as_of, stop, record, gaps);
  if (!audited.ok() && audited.error().kind() == ErrorKind::kCancelled) return audited;
  const bool settled = audited.ok() && record.missing.empty() && record.extra.empty();
  record.troubles = settled ? 0 : record.troubles + 1;
  record.error = audited.ok() ? "" : audited.error().message();
  record.next = parts_.clock->Now() +
                (settled ? interval_ : WaitBehindTrouble(record.troubles, audited, interval_));
  if (!audited.ok()) {
    TRUEUP_RETURN_IF_ERROR(ledger.Note(system, object, record));
    return std::move(audited).error().In("audit of " + system + "/" + object);
  }
  return ledger.State(system, object, std::move(record), gaps);
}

Status Auditor::RunCounts(connectors::Connector& connector, const std::string& object,
                          Instant as_of, std::stop_token stop) {
  auto differ = counts_.Run(connector, object, as_of, stop);
  if (!differ.ok()) {
    return std::move(differ).error().In("audit of the counts of " + parts_.system + "/" + object);
  }
  if (!*differ) return {};
  TRUEUP_RETURN_IF_ERROR(parts_.intake.audits().MakeDue(parts_.system, object));
  return RunOne(connector, object, as_of, stop);
}

Status Auditor::RunDue(connectors::Connector& connector, const std::vector<std::string>& objects,
                       Instant as_of, std::stop_token stop) {
  Status first;
  size_t rows = ContentsAuditor::kRowsPerCycle;
  for (const std::string& object : objects) {
    if (stop.stop_requested()) break;
    Status audited = RunOne(connector, object, as_of, stop);
    if (audited.ok()) audited = RunCounts(connector, object, as_of, stop);
    if (audited.ok()) audited = contents_.Run(connector, object, as_of, rows, stop);
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
