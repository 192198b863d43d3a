#include "daemon/contents_auditor.h"

#include <algorithm>
#include <utility>

#include "base/logging.h"
#include "pipeline/accounts/reconcile.h"

namespace trueup::daemon {
namespace {

// Between looks whether there is room again in the API budget.
constexpr std::chrono::minutes kNoRoom{15};

bool IsNew(const ContentsRecord& record) { return !record.proof && !record.pass && !record.next; }

std::string Rows(size_t count) { return std::to_string(count) + (count == 1 ? " row" : " rows"); }

}  // namespace

ContentsAuditor::ContentsAuditor(AuditParts parts, std::chrono::milliseconds interval)
    : parts_(std::move(parts)), interval_(interval) {}

Instant ContentsAuditor::NextPass(const ContentsRecord& record) const {
  return record.proof->begun + interval_;
}

// Whether rows are to be compared one after the other; else those that were delivered are looked
// at.
bool ContentsAuditor::IsForPass(const ContentsRecord& record) const {
  return record.pass || !record.proof || parts_.clock->Now() >= NextPass(record);
}

Status ContentsAuditor::Deliver(const std::string& object, std::vector<ChangeEvent> cures,
                                ContentsRecord& record) const {
  if (cures.empty()) return {};
  LogWarning("audit", parts_.system + "/" + object + ": " + Rows(cures.size()) +
                          " with other contents than the source's; fetched and delivered");
  for (const ChangeEvent& cure : cures) {
    if (record.delivered.size() == kRecordsRemembered) break;
    record.delivered[std::string(cure.ref.id())] = cure.ContentHash();
  }
  const auto added = parts_.intake.DeliverFetched(parts_.system, object, std::move(cures));
  return added.ok() ? Status() : Status(added.error());
}

Status ContentsAuditor::GoOn(connectors::Connector& connector, const std::string& object,
                             Instant as_of, size_t& rows, std::stop_token stop,
                             ContentsRecord& record) const {
  if (!record.pass) record.pass = ContentsPass{parts_.clock->Now(), "", {}};
  ContentsPass& pass = *record.pass;
  const size_t most = std::max(rows, connector.IdsPerFetch());
  std::vector<HeldContent> held;
  {
    TRUEUP_ASSIGN(const auto store, parts_.open_state());
    TRUEUP_ASSIGN(held, ReadContents(*store, parts_.system, object, pass.after, most));
  }
  ContentsFound found;
  Status compared = CompareContents(connector, object, held, as_of, std::move(stop), found);
  TRUEUP_RETURN_IF_ERROR(Deliver(object, std::move(found.cures), record));
  rows -= std::min<size_t>(rows, found.tally.compared + found.tally.set_aside);
  pass.tally += found.tally;
  if (!found.after.empty()) pass.after = found.after;
  record.waits = found.waits;
  record.next.reset();
  if (!compared.ok()) return compared;
  record.troubles = 0;
  if (!found.waits.empty()) {
    record.next = parts_.clock->Now() + kNoRoom;
  } else if (held.size() < most) {
    record.proof = ContentsProof{pass.begun, parts_.clock->Now(), pass.tally};
    record.pass.reset();
    if (record.delivered.empty()) record.next = NextPass(record);
  }
  return {};
}

// Of the rows that were delivered, those that are held otherwise.
Result<std::vector<HeldContent>> ContentsAuditor::NotHeld(const std::string& object,
                                                          const ContentsRecord& record) const {
  TRUEUP_ASSIGN(const auto store, parts_.open_state());
  std::vector<HeldContent> rows;
  for (const auto& [id, delivered] : record.delivered) {
    TRUEUP_ASSIGN(const auto content, FindContent(*store, Ref(parts_.system, object, id).text()));
    if (content && *content != delivered) rows.push_back({id, *content});
  }
  return rows;
}

ContentsAuditor::Gaps ContentsAuditor::GapsOf(const std::vector<ChangeEvent>& cures) const {
  std::string reason = "its contents here are other ones, although it was fetched and delivered";
  if (cures.size() > 1) reason += " (one of " + std::to_string(cures.size()) + " such records)";
  Gaps gaps;
  for (const ChangeEvent& cure : cures) {
    if (gaps.size() == kRecordsRemembered) break;
    gaps.push_back(pipeline::SyncGapCondition(cure.ref, reason, *parts_.catalog));
  }
  return gaps;
}

// A row that changed again since is not one that was not cured: so what the source has now counts,
// not what was delivered.
Status ContentsAuditor::LookAgain(connectors::Connector& connector, const std::string& object,
                                  Instant as_of, std::stop_token stop, ContentsRecord& record,
                                  std::optional<Gaps>& gaps) const {
  TRUEUP_ASSIGN(const auto rows, NotHeld(object, record));
  ContentsFound found;
  TRUEUP_RETURN_IF_ERROR(CompareContents(connector, object, rows, as_of, std::move(stop), found));
  record.waits = found.waits;
  record.next = parts_.clock->Now() + kNoRoom;
  if (!found.waits.empty()) return {};
  gaps = GapsOf(found.cures);
  record.delivered.clear();
  TRUEUP_RETURN_IF_ERROR(Deliver(object, std::move(found.cures), record));
  record.troubles = gaps->empty() ? 0 : record.troubles + 1;
  record.next = NextPass(record);
  if (!gaps->empty()) {
    const Instant soon = parts_.clock->Now() + WaitBehindTrouble(record.troubles, {}, interval_);
    record.next = std::min(soon, *record.next);
  }
  return {};
}

// Takes what there is to be told; what it could not be asked for is noted as well.
Status ContentsAuditor::Settle(const std::string& object, Status audited, ContentsRecord record,
                               const std::optional<Gaps>& gaps) {
  const bool cancelled = !audited.ok() && audited.error().kind() == ErrorKind::kCancelled;
  record.error = audited.ok() || cancelled ? "" : audited.error().message();
  if (!record.error.empty()) {
    ++record.troubles;
    record.next = parts_.clock->Now() + WaitBehindTrouble(record.troubles, audited, interval_);
  }
  TRUEUP_RETURN_IF_ERROR(gaps ? ledger().State(parts_.system, object, std::move(record), *gaps)
                              : ledger().Note(parts_.system, object, record));
  if (audited.ok()) return {};
  return std::move(audited).error().In("audit of the contents of " + parts_.system + "/" + object);
}

Status ContentsAuditor::Run(connectors::Connector& connector, const std::string& object,
                            Instant as_of, size_t& rows, std::stop_token stop) {
  TRUEUP_ASSIGN(ContentsRecord record, ledger().Find(parts_.system, object));
  const Instant now = parts_.clock->Now();
  const bool calm = record.troubles == 0 && record.waits.empty();
  // Also where the interval is shorter than it was.
  if (IsNew(record) || (calm && record.next && *record.next > now + interval_)) {
    record.next = now + interval_;
    return ledger().Note(parts_.system, object, record);
  }
  if (record.next && now < *record.next) return {};
  std::optional<Gaps> gaps;
  Status audited;
  if (!IsForPass(record)) {
    audited = LookAgain(connector, object, as_of, stop, record, gaps);
  } else if (rows > 0) {
    audited = GoOn(connector, object, as_of, rows, stop, record);
  } else {
    return {};
  }
  return Settle(object, std::move(audited), std::move(record), gaps);
}

}  // namespace trueup::daemon
