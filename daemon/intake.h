#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/connector.h"
#include "daemon/audit_ledger.h"
#include "daemon/shared_map.h"
#include "pipeline/log/log.h"
#include "pipeline/runtime/topics.h"
#include "pipeline/state/store.h"

namespace trueup::daemon {

// What was delivered of one object, ever. Conservation (promise 1): received = published + repeats.
struct IntakeCounts {
  uint64_t received = 0;
  uint64_t published = 0;
  uint64_t repeats = 0;  // versions that the log holds already

  friend bool operator==(const IntakeCounts&, const IntakeCounts&) = default;
};

// The durable side of pulling: brings pages into the log, drops repeats by content, and keeps the
// cursors. A cursor moves only when the log has acknowledged the page before it (promise 3): a
// crash in between repeats a page, and repeats do no harm. Safe from several threads, one per
// object.
class Intake {
 public:
  // Whose the log is. Where several instances share it, change events lie in it as other programs
  // read them, not as is fastest, and cursors and the records of audits lie there too, so that they
  // move with the pulling.
  enum class Sharing { kAlone, kCluster };

  // Opens `folder`. Cursors and seen versions of another log are forgotten: everything is then
  // pulled anew.
  static Result<std::unique_ptr<Intake>> Open(const std::string& folder, pipeline::Log& log,
                                              Sharing sharing = Sharing::kAlone);

  // Where to go on with an object; empty: from the beginning.
  Result<std::string> CursorOf(const std::string& system, const std::string& object);
  Result<IntakeCounts> CountsOf(const std::string& system, const std::string& object) const;

  // Appends the page's new versions to the system's source topic, waits until they are durable,
  // then moves the cursor. What this page added to the counts.
  Result<IntakeCounts> Deliver(const std::string& system, const std::string& object,
                               const connectors::Page& page);

  // The same for records that were fetched by their ids: no cursor moves.
  Result<IntakeCounts> DeliverFetched(const std::string& system, const std::string& object,
                                      std::vector<ChangeEvent> events);

  // How the audits stand: of ids, and of contents.
  AuditLedger& audits() { return audits_; }
  ContentsLedger& contents() { return contents_; }

  // Why nothing can be delivered any more, until the daemon is started anew; nothing: it can.
  std::optional<Error> failure() const { return store_->failure(); }

  // Forgets all cursors, so that the next cycle reads everything again and publishes what is not in
  // the log yet.
  Status ForgetCursors();
  // Forgets seen versions and audits too, so that the next cycle publishes everything again. What
  // instances share stays: it is the log's, and gone with it.
  Status Forget();

 private:
  // What all instances see.
  struct Shared {
    explicit Shared(pipeline::Log& log)
        : cursors(log, pipeline::kCursorsTopic), audits(log, pipeline::kAuditRecordsTopic) {}
    SharedMap cursors;
    SharedMap audits;
  };

  Status Clear(pipeline::FamilyId family);
  Status Publish(const std::string& topic, std::vector<pipeline::LogEntry> entries);
  // Appends the news; what is to be remembered of them, and the counts, go to `batch`.
  Result<IntakeCounts> Append(const std::string& system, const std::string& object,
                              const connectors::Page& page, pipeline::StoreBatch& batch);
  Intake(std::unique_ptr<pipeline::Store> store, pipeline::Log& log, Sharing sharing);

  std::unique_ptr<pipeline::Store> store_;
  pipeline::Log& log_;
  const std::unique_ptr<Shared> shared_;  // null: not in a cluster
  AuditLedger audits_;
  ContentsLedger contents_;
};

}  // namespace trueup::daemon
